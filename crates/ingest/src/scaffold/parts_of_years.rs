//! Columns of a year's months, quarters or halves, in tables whose rows are years.

use std::collections::BTreeSet;

use vintner_panel::Frequency;

use super::sheet_view::{SheetView, ViewColumn};
use crate::cell::Cell;
use crate::fold::fold;
use crate::grid::GridRow;
use crate::part_of_year::part_of_year;

/// The columns, and what they divide a year into.
pub(super) struct SeenParts {
    pub(super) frequency: Frequency,
    pub(super) columns: Vec<ViewColumn>,
}

/// Columns beside a year that divide it.
#[derive(Clone)]
pub(super) struct SeenWithin {
    pub(super) frequency: Frequency,
    pub(super) columns: Vec<ViewColumn>,
    /// Texts in them that stand for the year as a whole.
    pub(super) not_times: Vec<String>,
}

/// A column of texts that may be names or parts of a year, `Q1` to `Q4` of incomes, with one of them and what it would be.
#[derive(Debug, Clone)]
pub(super) struct DoubtfulPart {
    pub(super) column: String,
    pub(super) text: String,
    pub(super) frequency: Frequency,
    pub(super) part: u32,
}

/// Texts that offices write in a column of months or quarters for the year as a whole.
const WHOLE_YEARS: [&str; 22] = [
    "m13",
    "q05",
    "s03",
    "a01",
    "annual",
    "annual average",
    "average",
    "year",
    "total",
    "yearly",
    "mean",
    "jahr",
    "insgesamt",
    "année",
    "annuel",
    "moyenne",
    "anual",
    "media",
    "promedio",
    "全年",
    "合计",
    "年平均",
];

/// Whether a header calls what stands under it a part of a year.
pub(super) fn says_part(header: &str) -> bool {
    const PARTS: [&str; 9] = ["period", "quarter", "qtr", "month", "trimestre", "mois", "monat", "季", "月"];
    let lower = header.to_lowercase();
    PARTS.iter().any(|part| lower.contains(part))
}

/// What a header says is counted under it.
fn says(header: &str) -> Option<Frequency> {
    const WORDS: [(Frequency, &[&str]); 5] = [
        (
            Frequency::Month,
            &[
                "month",
                "mo",
                "mon",
                "mth",
                "mois",
                "mes",
                "mês",
                "monat",
                "mese",
                "maand",
                "månad",
                "måned",
                "miesiąc",
                "месяц",
                "ay",
            ],
        ),
        (
            Frequency::Quarter,
            &[
                "quarter",
                "qtr",
                "q",
                "quartal",
                "trimestre",
                "trimester",
                "kwartał",
                "kwartaal",
                "kvartal",
                "квартал",
            ],
        ),
        (Frequency::HalfYear, &["half", "halfyear", "semestre", "semester", "halbjahr"]),
        (Frequency::Week, &["week", "wk", "woche", "semaine", "semana", "settimana", "kw"]),
        (Frequency::Day, &["day", "dy", "tag", "jour", "dia", "día", "giorno", "dag", "dzień"]),
    ];
    const PARTS: [(Frequency, &[&str]); 5] = [
        (Frequency::Quarter, &["季", "四半期", "분기"]),
        (Frequency::HalfYear, &["半年", "반기"]),
        (Frequency::Month, &["月", "월"]),
        (Frequency::Week, &["周", "週"]),
        (Frequency::Day, &["日", "일"]),
    ];
    let lower = fold(header).to_lowercase();
    let words: Vec<&str> = lower.split(|character: char| !character.is_alphanumeric()).collect();
    let by_word = WORDS.iter().find(|(_, own)| words.iter().any(|word| own.contains(word)));
    let by_part = || PARTS.iter().find(|(_, own)| own.iter().any(|part| lower.contains(part)));
    by_word.map(|(own, _)| *own).or_else(|| by_part().map(|(own, _)| *own))
}

/// Whether a text, of a header or under one, has a word for a part of a year.
fn names_time(text: &str) -> bool {
    const STEMS: [&str; 13] = [
        "month", "quarter", "period", "périod", "half", "semest", "season", "saison", "zeit", "time", "date",
        "datum", "fecha",
    ];
    let lower = fold(text).to_lowercase();
    let mut words = lower.split(|character: char| !character.is_alphanumeric());
    says_part(text)
        || says(text).is_some()
        || lower.contains('期')
        || words.any(|word| STEMS.iter().any(|stem| word.starts_with(stem)))
}

/// Whether the texts of a column that look like parts of a year may be names as well: neither its header nor one of them says
/// what they are, nor are all months there by their names.
pub(super) fn may_be_names(column: &ViewColumn, texts: &[String]) -> bool {
    let months = texts.iter().filter(|text| !text.contains(|character: char| character.is_ascii_digit()));
    let months: BTreeSet<u32> = months.filter_map(|text| part_of_year(text, Frequency::Month)).collect();
    column.is_headed
        && !names_time(&column.name)
        && !texts.iter().any(|text| names_time(text))
        && months.len() < 12
}

/// The columns among some that may be names or parts of years.
pub(super) fn doubtful_parts(columns: &[&ViewColumn], data: &[&GridRow]) -> Vec<DoubtfulPart> {
    let doubtful = columns.iter().filter_map(|column| {
        let found = divides(column, data).filter(|found| may_be_names(column, &found.parts))?;
        let text = found.parts.into_iter().next()?;
        let part = part_of_year(&text, found.frequency)?;
        Some(DoubtfulPart { column: column.name.clone(), text, frequency: found.frequency, part })
    });
    doubtful.collect()
}

/// The columns among some that say which part of its year each row is of: all cells of one are months, quarters or
/// halves by their texts, or numbers under a header that says so. Days stand beside their month. What may be names is left out.
pub(super) fn within_years(columns: &[&ViewColumn], data: &[&GridRow]) -> Option<SeenWithin> {
    let tried = columns.iter().filter(|column| {
        let filled = data.iter().all(|row| !column.cell(row).is_blank());
        filled && !data.is_empty()
    });
    let found: Vec<(Frequency, &ViewColumn, Vec<String>)> = tried
        .filter_map(|column| {
            let found = divides(column, data).filter(|found| !may_be_names(column, &found.parts))?;
            Some((found.frequency, *column, found.not_times))
        })
        .collect();
    let month = found.iter().find(|(own, ..)| *own == Frequency::Month);
    let day = found.iter().find(|(own, ..)| *own == Frequency::Day);
    if let (Some((_, month, none)), Some((_, day, no_day))) = (month, day)
        && none.is_empty()
        && no_day.is_empty()
    {
        let columns = vec![(*month).clone(), (*day).clone()];
        return Some(SeenWithin { frequency: Frequency::Day, columns, not_times: Vec::new() });
    }
    let mut whole = found.iter().filter(|(own, ..)| *own != Frequency::Day);
    let (frequency, column, not_times) = whole.next()?;
    // The month beside its quarter is the finer of the two.
    let (frequency, column, not_times) = match month {
        Some((own, column, not_times)) => (own, column, not_times),
        None => (frequency, column, not_times),
    };
    Some(SeenWithin { frequency: *frequency, columns: vec![(*column).clone()], not_times: not_times.clone() })
}

/// What a column divides years into, its texts that are parts of one, and those that stand for whole years.
struct Divided {
    frequency: Frequency,
    parts: Vec<String>,
    not_times: Vec<String>,
}

fn divides(column: &ViewColumn, data: &[&GridRow]) -> Option<Divided> {
    let mut texts: Vec<String> = Vec::new();
    for row in data {
        let text = whole(column.cell(row));
        if !texts.contains(&text) {
            texts.push(text);
        }
        // Weeks and days are the most that a year is divided into here.
        if texts.len() > 60 {
            return None;
        }
    }
    let is_whole_year = |text: &&String| WHOLE_YEARS.contains(&fold(text).to_lowercase().as_str());
    // BLS has halves beside months.
    let is_month = |text: &String| part_of_year(text, Frequency::Month).is_some();
    let has_months = texts.iter().any(|text| text.starts_with(char::is_alphabetic) && is_month(text));
    let is_half =
        |text: &&String| has_months && !is_month(text) && part_of_year(text, Frequency::HalfYear).is_some();
    let (not_times, parts): (Vec<&String>, Vec<&String>) =
        texts.iter().partition(|text| is_whole_year(text) || is_half(text));
    let plain = |text: &&&String| {
        text.bytes().all(|byte| byte.is_ascii_digit())
            || text.chars().all(|character| "IVX".contains(character))
    };
    let said = says(&column.name);
    // Numbers may be anything.
    if parts.iter().any(|text| plain(&text)) && said.is_none() {
        return None;
    }
    let frequencies = match said {
        Some(own) => vec![own],
        None => vec![Frequency::Month, Frequency::Quarter, Frequency::HalfYear],
    };
    let is_part = |text: &str, frequency: Frequency| match frequency {
        Frequency::Day => text.parse().is_ok_and(|day: u32| (1..=31).contains(&day)),
        Frequency::Week => {
            text.trim_start_matches(['W', 'w']).parse().is_ok_and(|week: u32| (1..=53).contains(&week))
        }
        _ => part_of_year(text, frequency).is_some(),
    };
    let fits = |frequency: &Frequency| parts.iter().all(|text| is_part(text, *frequency));
    let frequency = frequencies.into_iter().find(fits).filter(|_| parts.len() > 1)?;
    let owned = |texts: Vec<&String>| texts.into_iter().cloned().collect();
    Some(Divided { frequency, parts: owned(parts), not_times: owned(not_times) })
}

/// A cell's text, whole numbers without a fraction.
fn whole(cell: Cell<'_>) -> String {
    let raw = cell.raw();
    match raw.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|byte| byte == b'0') => {
            whole.to_owned()
        }
        _ => raw.into_owned(),
    }
}

/// The columns that are headed by all parts of a year, each once; numbers alone are months only where they are 1 to 12.
pub(super) fn parts_of_years(view: &SheetView<'_>) -> Option<SeenParts> {
    if view.header_rows > 1 {
        return None;
    }
    let tried = [Frequency::Month, Frequency::Quarter, Frequency::HalfYear];
    tried.into_iter().find_map(|frequency| {
        let is_number = |column: &&ViewColumn| column.name.bytes().all(|byte| byte.is_ascii_digit());
        let may_be = |column: &&ViewColumn| frequency == Frequency::Month || !is_number(column);
        let headed = view.columns.iter().filter(|column| column.is_headed).filter(may_be);
        let found: Vec<(u32, &ViewColumn)> =
            headed.filter_map(|column| Some((part_of_year(&column.name, frequency)?, column))).collect();
        let parts: BTreeSet<u32> = found.iter().map(|(part, _)| *part).collect();
        let all = frequency.in_a_year().and_then(|parts| usize::try_from(parts).ok())?;
        (parts.len() == all && found.len() == all).then(|| SeenParts {
            frequency,
            columns: found.into_iter().map(|(_, column)| column.clone()).collect(),
        })
    })
}
