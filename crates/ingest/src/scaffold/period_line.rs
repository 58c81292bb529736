//! How long a source's periods are, in a line of a manifest, and what a person has to say about it.

use vintner_panel::{DateOrder, Frequency, PeriodReading};

use super::manifest_writer::Lines;
use super::names::{examples, one_line, told};
use super::numbered_parts::NumberedParts;
use super::table_guess::TableGuess;
use super::times_seen::{Orders, TimesSeen};
use crate::period_text::period_text;

pub(super) fn period_line(guess: &TableGuess, lines: &mut Lines) {
    let (times, is_within) = (&guess.times, !guess.within.is_empty());
    let reading = times.reading;
    let period = reading.period.or_else(|| {
        let century = Some(reading.century?);
        Some(PeriodReading { frequency: Some(Frequency::Year), century, ..PeriodReading::default() })
    });
    let Some(period) = period else { return };
    let questions = questions(times, period, is_within);
    let seen = examples(&times.examples);
    let line = format!("    period: {}", period_text(period));
    if questions.is_empty() {
        return if is_within { lines.line(&line) } else { lines.guess(&line, &seen) };
    }
    let asked = one_line(&questions.join("; "));
    match &times.numbered {
        // Without a length numbers beside years are refused.
        Some(own) if own.frequency.is_none() => lines.review("    ", &asked),
        _ if times.orders.is_open => {
            let open = PeriodReading { frequency: Some(Frequency::Day), order: None, ..period };
            lines.review(&format!("    period: {}", period_text(open)), &asked);
        }
        _ => lines.review(
            &line,
            &format!("{asked}{}{}", if asked.ends_with('?') { " " } else { "; " }, one_line(&seen)),
        ),
    }
}

/// What isn't sure about how periods are read.
fn questions(times: &TimesSeen, period: PeriodReading, is_within: bool) -> Vec<String> {
    let mut questions = Vec::new();
    let reading = times.reading;
    if let Some(century) = reading.century {
        let last = century + 99;
        questions.push(format!("years of two digits, taken for those from {century} to {last}: are they?"));
    }
    if period.zero.is_some() {
        questions.push(
            "whole numbers under a name that says so, counted from 1960 as Stata does: are they?".to_owned(),
        );
    }
    if is_within {
        return questions;
    }
    questions.extend(order_question(&times.orders, period));
    questions.extend(times.numbered.as_ref().and_then(numbered_question));
    if times.one_a_month {
        questions.push(
            "each month has one of these days, as its last of trading: as days they don't follow one another, and lags find \
             nothing; where each stands for its month, write that (1990-03) in a copy of the file"
                .to_owned(),
        );
    }
    let beside = times.beside.iter().filter(|(own, _)| *own != Frequency::Year);
    let beside: Vec<String> = beside.map(|(own, count)| format!("{count} of a {own}")).collect();
    if !beside.is_empty() {
        questions.push(format!(
            "times of other lengths stand in the column, too ({}), and are refused: leave them out with `where` or \
             `not_times`",
            beside.join(", ")
        ));
    }
    if times.every_third {
        questions.push(
            "only every third month is there: `period: {frequency: quarter, number: month}` where each stands for the \
             quarter that it is in"
                .to_owned(),
        );
    } else if times.by_last_month {
        let (nth, parts) = match period.frequency {
            Some(Frequency::HalfYear) => ("sixth", "halves"),
            _ => ("third", "quarters"),
        };
        questions.push(format!(
            "or `month`: only every {nth} month is there, as where {parts} are called by their last"
        ));
    }
    questions
}

/// Which order dates have, where they could be read by several.
fn order_question(orders: &Orders, period: PeriodReading) -> Option<String> {
    let told_other = |(own, _, read): &(PeriodReading, String, String)| {
        format!("{read} by `period: {}`", period_text(*own))
    };
    let (_, text, _) = orders.others.first()?;
    let others: Vec<String> = orders.others.iter().map(told_other).collect();
    if orders.is_open {
        return Some(format!(
            "nothing in these dates decides what comes first: {} is {}: write which",
            told(text),
            others.join(" or ")
        ));
    }
    let read = period.read(text).ok()?;
    let first = match period.order? {
        DateOrder::DayFirst => "days",
        DateOrder::MonthFirst => "months",
        DateOrder::YearFirst => "years",
    };
    Some(format!(
        "{first} for what comes first, by which these dates leave the fewest gaps: {} is {read}, or {}?",
        told(text),
        others.join(" or ")
    ))
}

/// What numbers beside years count, where that could be several things.
fn numbered_question(numbered: &NumberedParts) -> Option<String> {
    let word = |frequency: Frequency| {
        period_text(PeriodReading { frequency: Some(frequency), ..PeriodReading::default() })
    };
    let others: Vec<String> =
        numbered.others.iter().map(|(own, read)| format!("{read} by `period: {}`", word(*own))).collect();
    let (text, read) = &numbered.example;
    match numbered.frequency {
        _ if others.is_empty() => None,
        Some(Frequency::HalfYear) => Some(format!(
            "no number beside a year is above two, so halves: {} is {read}, or {}?",
            told(text),
            others.join(" or ")
        )),
        Some(_) => Some(format!(
            "no number beside a year is above four, so quarters: {} is {read}, or {}?",
            told(text),
            others.join(" or ")
        )),
        None => Some(format!(
            "numbers beside years may count several things: {} is {}: write which",
            told(text),
            others.join(" or ")
        )),
    }
}
