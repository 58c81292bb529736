//! The times of a source, in lines of a manifest.

use vintner_panel::{Frequency, PanelError, PeriodReading};

use super::described::LISTED;
use super::manifest_writer::Lines;
use super::names::{examples, one_line, quoted, slug, told};
use super::period_line::period_line;
use super::table_guess::TableGuess;
use crate::century::century_cure;
use crate::era;
use crate::source::{TIME_WITHIN, ValueKind};
use crate::year::{YearSpan, names_a_year};

/// Why names, or headers of values, in a table without times seem to be times that can't be read.
pub(super) fn unread_times(guess: &TableGuess) -> Option<String> {
    if !guess.times.years.is_empty() {
        return None;
    }
    // Why a text is no period where it seems to be one; nothing of one that is, other than a year.
    let seen = |text: &str| match PeriodReading::default().read(text) {
        Ok(period) => (period.frequency() != Frequency::Year).then_some(None),
        Err(PanelError::NotAPeriod { .. } | PanelError::NoSuchPeriod { .. }) => None,
        Err(problem) => {
            // Numbers without a year may be anything.
            let may_be = text.chars().any(char::is_alphabetic) || names_a_year(text);
            let cure = match &problem {
                PanelError::NoCentury { .. } => format!("; {}", century_cure(None, text)),
                _ => String::new(),
            };
            may_be.then(|| Some(format!("{problem}{cure}")))
        }
    };
    let names: Vec<&str> = guess.entity.iter().flat_map(|entity| &entity.names).map(String::as_str).collect();
    let headers: Vec<&str> = guess.values.iter().filter_map(|value| value.header.as_deref()).collect();
    [names, headers].into_iter().find_map(|texts| {
        let all: Vec<Option<String>> = texts.iter().filter_map(|text| seen(text)).collect();
        let most = all.len() > 1 && all.len() * 2 > texts.len();
        all.into_iter().flatten().next().filter(|_| most)
    })
}

/// Whether years are of an era that nothing tells, so that it has to be asked for.
pub(super) fn era_is_open(guess: &TableGuess) -> bool {
    own_years(guess)
        .is_some_and(|(first, last)| era::may_be_of(first).len() > 1 && era::may_be_of(last).len() > 1)
}

/// The first and the last year as they are counted in the era that is guessed.
fn own_years(guess: &TableGuess) -> Option<(i32, i32)> {
    let era = guess.times.reading.era?;
    let own = |year: i32| (0..=2_700).find(|own| era.year(*own) == Some(year));
    let years = &guess.times.years;
    Some((own(*years.first()?)?, own(*years.last()?)?))
}

/// That headers seem to be of years, and how to say so.
fn two_digit_line(guess: &TableGuess, lines: &mut Lines) {
    let Some((patterns, century)) = &guess.two_digits else { return };
    let columns: Vec<String> = patterns
        .iter()
        .take(LISTED)
        .map(|pattern| {
            format!("{{column: {}, variable: {}}}", quoted(pattern), slug(&pattern.replace(TIME_WITHIN, "")))
        })
        .collect();
    let more = if patterns.len() > LISTED { ", …" } else { "" };
    lines.review(
        "    ",
        &one_line(&format!(
            "headers seem to end in years of two digits, and each is read as a variable of its own; for a panel write \
             `layout: wide`, `period: {{frequency: year, century: {century}}}` and `columns: [{}{more}]`",
            columns.join(", ")
        )),
    );
}

pub(super) fn time_lines(guess: &TableGuess, lines: &mut Lines) {
    two_digit_line(guess, lines);
    let (reading, seen) = (guess.times.reading, examples(&guess.times.examples));
    if let Some(time) = &guess.time {
        let line = format!("    time: {}", quoted(time));
        if reading.waves {
            let dated = guess.values.iter().filter(|value| value.kind == ValueKind::Text);
            let dated: Vec<String> = dated.filter_map(|value| value.header.as_deref().map(told)).collect();
            let beside =
                if dated.is_empty() { String::new() } else { format!("; beside it: {}", dated.join(", ")) };
            let years = "; years of two digits are `period: {frequency: year, century: 2000}`";
            lines.review(
                &line,
                &one_line(&format!("waves by number, or does another column say when{beside}?{years}")),
            );
        } else if reading.declared && reading.period.is_none() {
            lines.review(
                &line,
                &one_line(&format!(
                    "the file's `xtset` calls it its time; as whole numbers they are counted by one. If they are quarters \
                     from 1960, `period: {{frequency: quarter, zero: 1960Q1}}` (months from `1960-01`) makes dates of them; {seen}"
                )),
            );
        } else {
            lines.guess(&line, &seen);
        }
    }
    if !guess.within.is_empty() {
        let columns: Vec<String> = guess.within.iter().map(|name| quoted(name)).collect();
        let line = format!("    within_year: [{}]", columns.join(", "));
        lines.guess(&line, "with the year they tell when");
    }
    if !guess.not_times.is_empty() {
        let texts: Vec<String> = guess.not_times.iter().map(|text| quoted(text)).collect();
        let line = format!("    not_times: [{}]", texts.join(", "));
        lines.review(&line, "rows of whole years beside their parts, which are left out: is that right?");
    }
    period_line(guess, lines);
    if reading.span == Some(YearSpan::First) {
        let line = "    year_span: first";
        lines.review(line, "or `last`: which of the two years counts?");
    }
    if let (Some(era), Some((_, last))) = (reading.era, own_years(guess)) {
        let readings = era::readings_in_words(last);
        if era_is_open(guess) {
            lines.review("    ", &format!("years name no era: write which it is; {last} may be {readings}"));
        } else {
            let question = format!("years name no era, and {last} may be {readings}: is that so? {seen}");
            lines.review(&format!("    era: {}", era.name()), &one_line(&question));
        }
    }
}
