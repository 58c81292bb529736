//! What headers say by their words: marks, areas, ids.

use crate::fold::fold;

/// Whether one of the words of a header is among `words`, or it has one of the `parts` in it, as a text without blanks between
/// its words may.
pub(super) fn says(header: &str, words: &[&str], parts: &[&str]) -> bool {
    let lower = fold(header).to_lowercase();
    let mut own = lower.split(|character: char| !character.is_alphanumeric());
    own.any(|word| words.contains(&word)) || parts.iter().any(|part| lower.contains(part))
}

/// Whether a header says that what stands under it are marks of values.
pub(super) fn says_flag(header: &str) -> bool {
    const MARKS: [&str; 10] = [
        "flag",
        "flags",
        "status",
        "symbol",
        "note",
        "notes",
        "footnote",
        "footnotes",
        "marking",
        "markings",
    ];
    says(header, &MARKS, &[])
}

/// Whether a header says that what stands under it are marks of values, numbers of rows, or sexes.
pub(super) fn says_mark(header: &str) -> bool {
    const SEXES: [&str; 4] = ["sex", "gender", "sexe", "geschlecht"];
    const NUMBERS: [&str; 9] =
        ["s.no", "s. no", "sl.no", "sl. no", "sl no", "sr.no", "sr. no", "序号", "№ п/п"];
    let lower = fold(header).to_lowercase();
    says_flag(header) || says(header, &SEXES, &[]) || NUMBERS.iter().any(|number| lower.starts_with(number))
}

/// Whether a header says that what stands under it are areas.
pub(super) fn says_area(header: &str) -> bool {
    const AREAS: [&str; 26] = [
        "area",
        "geo",
        "geography",
        "country",
        "countries",
        "region",
        "location",
        "state",
        "province",
        "county",
        "city",
        "municipality",
        "district",
        "territory",
        "territorio",
        "itter107",
        "land",
        "bundesland",
        "kanton",
        "pays",
        "pais",
        "país",
        "provincia",
        "provincias",
        "entidad",
        "iso3",
    ];
    const PARTS: [&str; 10] =
        ["地区", "地區", "城市", "省份", "国家", "國家", "地域", "都道府県", "縣市", "行政区"];
    says(header, &AREAS, &PARTS)
}

/// Words that call numbers ids wherever they stand in a header.
const IDS: [&str; 32] = [
    "hs",
    "hs2",
    "hs4",
    "hs6",
    "sitc",
    "cpc",
    "statefips",
    "stfips",
    "countyfips",
    "cmdcode",
    "id",
    "ids",
    "code",
    "fips",
    "gvkey",
    "permno",
    "permco",
    "cusip",
    "isin",
    "cik",
    "secid",
    "ticker",
    "isic",
    "sic",
    "naics",
    "pid",
    "hhid",
    "key",
    "zip",
    "zipcode",
    "postcode",
    "plz",
];

/// What numbers under a header are ids of that is nothing else: `firm` and `firm 2`, but not `firm size`.
const OWNERS: [&str; 47] = [
    "exporter",
    "importer",
    "reporter",
    "partner",
    "origin",
    "orig",
    "destination",
    "dest",
    "product",
    "commodity",
    "industry",
    "sector",
    "occupation",
    "firm",
    "person",
    "country",
    "county",
    "state",
    "region",
    "city",
    "district",
    "municipality",
    "province",
    "village",
    "ward",
    "tract",
    "precinct",
    "plant",
    "bank",
    "school",
    "hospital",
    "store",
    "branch",
    "farm",
    "i",
    "panel",
    "unit",
    "worker",
    "individual",
    "household",
    "hh",
    "subject",
    "student",
    "patient",
    "street",
    "house",
    "station",
];

/// Words that say a number is one of counting, where nothing follows them: `house no`, but not `no rooms` or
/// `number of rooms`.
const COUNTERS: [&str; 5] = ["no", "nr", "number", "num", "nummer"];

/// Beginnings and ends of words that are ids, and words of which they aren't a part: a grid, a covid case.
const PARTS: [&str; 5] = ["id", "naics", "isic", "nace", "cusip"];
const OTHERS: [&str; 36] = [
    "covid", "paid", "unpaid", "prepaid", "repaid", "grid", "acid", "solid", "liquid", "hybrid", "humid",
    "arid", "rapid", "valid", "invalid", "void", "avoid", "said", "laid", "raid", "fluid", "rigid",
    "medicaid", "ideal", "ideology", "idle", "idea", "ideas", "idleness", "thyroid", "steroid", "amid",
    "android", "orchid", "pyramid", "idade",
];

/// Whether a header says that numbers under it are ids.
pub(super) fn says_id(header: &str) -> bool {
    let lower = fold(header).to_lowercase();
    let words: Vec<&str> =
        lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_part = |word: &str| {
        let has = |part: &&str| word.ends_with(*part) || word.starts_with(*part);
        word.len() > 3 && !OTHERS.contains(&word) && PARTS.iter().any(has)
    };
    let is_owner = |word: &&str| OWNERS.contains(word) || word.bytes().all(|byte| byte.is_ascii_digit());
    let counts = |word: &&str| COUNTERS.contains(word);
    words.iter().any(|word| IDS.contains(word) || is_part(word))
        || (words.iter().all(|word| is_owner(word) || counts(word))
            && words.iter().any(|word| OWNERS.contains(word)))
        || words.last().is_some_and(counts)
        || ["代码", "编码", "编号", "号码"].iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_owners_are_no_ids() {
        for header in [
            "id",
            "PERMNO",
            "firm",
            "firm_id",
            "idcode",
            "County FIPS",
            "house no",
            "no",
            "Reporter Code",
            "hs6",
        ] {
            assert!(says_id(header), "{header}");
        }
        for header in [
            "flow",
            "firm_size",
            "number of rooms",
            "covid cases",
            "paid",
            "school enrollment",
            "area_sqmi",
            "2010",
        ] {
            assert!(!says_id(header), "{header}");
        }
    }
}
