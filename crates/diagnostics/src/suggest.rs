//! Suggestions for misspelt names.

use crate::bounds::cut;

/// Names longer than so many bytes aren't compared.
const LONGEST: usize = 200;

/// So many names are compared.
const COMPARED: usize = 2_000;

/// The name among `known` that `found` was probably meant to be, if one is near enough.
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // To compare takes as long as both names are, multiplied: nobody misspells a text.
    if found.len() > LONGEST {
        return None;
    }
    let lower = found.to_lowercase();
    known
        .into_iter()
        .take(COMPARED)
        .filter(|name| name.len() <= LONGEST)
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            let length = found.chars().count().max(name.chars().count());
            *distance <= 1 + length / 4 && *distance < length
        })
        .min()
        .map(|(_, name)| name)
}

/// The likeliest of `known` addresses, whose parts slashes divide. Each part has to be near: `table/1/dits` is `table/1/log(dist)`,
/// by a word of its last part, and not `table/1/n_obs`. Of addresses with other numbers of parts the whole is compared.
pub fn nearest_address<'a>(found: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    if found.len() > LONGEST {
        return None;
    }
    let parts = lower_parts(found);
    let distance = |address: &str| {
        let own = lower_parts(address);
        let far = own.len() != parts.len();
        let each = parts.iter().zip(&own).map(|(found, own)| part_distance(found, own));
        if far { None } else { each.sum::<Option<usize>>() }
    };
    let some = || known.clone().into_iter().take(COMPARED).filter(|address| address.len() <= LONGEST);
    let near = some().filter_map(|address| Some((distance(address)?, address))).min();
    let alike = |address: &&str| lower_parts(address).len() != parts.len();
    near.map(|(_, address)| address).or_else(|| did_you_mean(found, some().filter(alike)))
}

fn lower_parts(address: &str) -> Vec<String> {
    address.split('/').map(|part| part.trim().to_lowercase()).collect()
}

/// How far a part of an address is from another, as a whole or from one of its words; nothing where it isn't near.
fn part_distance(found: &str, own: &str) -> Option<usize> {
    let words = own.split(|character: char| !(character.is_alphanumeric() || character == '_'));
    // A word that goes on is the same word.
    let begins = |word: &str| {
        let (shorter, longer) = if word.len() < found.len() { (word, found) } else { (found, word) };
        shorter.chars().count() > 2 && longer.starts_with(shorter)
    };
    let near = |word: &str| {
        let length = found.chars().count().max(word.chars().count());
        let distance = strsim::damerau_levenshtein(found, word);
        match distance <= 1 + length / 4 && distance < length {
            true => Some(distance),
            false => begins(word).then_some(1 + length / 4),
        }
    };
    // A whole part is nearer than a word of one.
    let of_words = words.filter_map(near).min().map(|distance| 2 * distance + 1);
    if found == own {
        Some(0)
    } else {
        near(own).map(|distance| 2 * distance).into_iter().chain(of_words).min()
    }
}

/// So many names are listed; more are no longer read.
const MOST: usize = 40;

/// A hint that names the likeliest of `known`, or lists them.
pub fn one_of<'a>(found: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(name) = did_you_mean(found, known.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let names: Vec<String> =
        known.clone().into_iter().take(MOST).map(|name| format!("`{}`", cut(name.to_owned()))).collect();
    let listed = names.join(", ");
    let more = known.into_iter().count().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("there are: {listed}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["deflator", "population", "op"];
        assert_eq!(did_you_mean("deflater", known), Some("deflator"));
        assert_eq!(did_you_mean("Population", known), Some("population"));
        assert_eq!(did_you_mean("weights", known), None);
        assert_eq!(did_you_mean("po", known), Some("op"));
        assert_eq!(one_of("xyz", ["a1", "b1"]), Some("there are: `a1`, `b1`".into()));
        let addresses = ["table/1/n_obs", "table/1/log(dist)", "table/2/dist", "main/1/r2", "1/pooled/lnEG"];
        for (found, near) in [
            ("table/1/dits", Some("table/1/log(dist)")),
            ("table/1/n_osb", Some("table/1/n_obs")),
            ("tabel/1/Dist", Some("table/1/log(dist)")),
            ("table/1/distance", Some("table/1/log(dist)")),
            ("table/1/union", None),
            ("1/pooled/lnEQ", Some("1/pooled/lnEG")),
            ("1/pooled/lnEG/p", Some("1/pooled/lnEG")),
        ] {
            assert_eq!(nearest_address(found, addresses), near, "{found}");
        }
        let many: Vec<String> = (1000..1050).map(|number| number.to_string()).collect();
        let hint = one_of("xyz", many.iter().map(String::as_str)).unwrap_or_default();
        assert!(hint.starts_with("there are: `1000`, ") && hint.ends_with("`1039` and 10 more"), "{hint}");
    }
}
