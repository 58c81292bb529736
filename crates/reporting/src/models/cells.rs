//! Numbers of a table of models as they are printed.

use super::model_cell::ModelCell;
use super::results::{ModelResults, StatisticValue, TermResult};
use super::spec::{Below, Brackets};
use super::statistic::is_count;
use crate::number_format::{fixed, significant};
use crate::stars::StarLevels;

/// So many decimals; a number of which these would show nothing has its own four digits instead.
pub(crate) fn decimals(value: f64, digits: usize) -> String {
    let text = fixed(value, digits);
    if value == 0.0 || text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        // A zero has no sign.
        if value == 0.0 { fixed(0.0, digits) } else { text }
    } else {
        significant(value)
    }
}

/// A coefficient with its stars.
pub(crate) fn estimate(term: &TermResult, digits: usize, levels: &StarLevels) -> ModelCell {
    let Some(estimate) = term.estimate else { return ModelCell::dash() };
    let stars = term.p_value.map(|p_value| levels.stars(p_value).asterisks()).unwrap_or_default();
    ModelCell { text: decimals(estimate, digits), stars, value: Some(estimate), ..ModelCell::default() }
}

/// What stands below a coefficient; a dash where it isn't known.
pub(crate) fn below(term: &TermResult, below: Below, brackets: Brackets, digits: usize) -> ModelCell {
    if term.estimate.is_none() {
        return ModelCell::default();
    }
    let (open, close) = match brackets {
        Brackets::Parentheses => ("(", ")"),
        Brackets::Square => ("[", "]"),
        Brackets::None => ("", ""),
    };
    let one = |value: Option<f64>| match value {
        Some(value) => ModelCell {
            text: decimals(value, digits),
            open: open.into(),
            close: close.into(),
            value: Some(value),
            ..ModelCell::default()
        },
        None => ModelCell::dash(),
    };
    match below {
        Below::StdError => one(term.std_error),
        Below::Statistic => one(term.statistic),
        Below::PValue => match term.p_value {
            Some(p_value) if p_value > 0.0 && p_value < 10f64.powi(-(digits.min(300) as i32)) => ModelCell {
                text: format!("<{}", fixed(10f64.powi(-(digits.min(300) as i32)), digits)),
                open: open.into(),
                close: close.into(),
                is_words: true,
                ..ModelCell::default()
            },
            Some(p_value) => ModelCell {
                text: fixed(p_value, digits),
                open: open.into(),
                close: close.into(),
                value: Some(p_value),
                ..ModelCell::default()
            },
            None => ModelCell::dash(),
        },
        Below::Interval => match (term.conf_low, term.conf_high) {
            (Some(low), Some(high)) => ModelCell {
                text: format!("{}, {}", decimals(low, digits), decimals(high, digits)),
                open: open.into(),
                close: close.into(),
                is_words: true,
                ..ModelCell::default()
            },
            _ => ModelCell::dash(),
        },
        Below::None => ModelCell::default(),
    }
}

/// A statistic of a model; empty where it hasn't got it.
pub(crate) fn statistic(model: &ModelResults, name: &str, digits: usize) -> ModelCell {
    match model.statistics.get(name) {
        Some(StatisticValue::Number(number)) => {
            let is_whole = number.fract() == 0.0 && (is_count(name) || number.abs() >= 1e6);
            let text = match is_whole {
                true => fixed(*number, 0),
                // A share of nothing is zero.
                false if name.ends_with("p_value") || name.starts_with("r_squared") => fixed(*number, digits),
                false => decimals(*number, digits),
            };
            // A count stands in the middle: it has no point to be aligned at.
            ModelCell { text, is_words: is_whole, value: Some(*number), ..ModelCell::default() }
        }
        Some(StatisticValue::Text(text)) => ModelCell::words(text),
        None => ModelCell::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_never_looks_like_nothing() {
        assert_eq!(decimals(0.1234, 3), "0.123");
        assert_eq!(decimals(-0.000_12, 3), "-0.0001200");
        assert_eq!(decimals(-0.0, 2), "0.00");
        assert_eq!(decimals(1e-9, 3), "1.000e-9");
    }

    #[test]
    fn what_stands_below_is_what_was_asked_for() {
        let term = TermResult {
            estimate: Some(1.0),
            std_error: Some(0.25),
            statistic: Some(4.0),
            p_value: Some(0.000_2),
            conf_low: Some(0.5),
            conf_high: Some(1.5),
            ..TermResult::default()
        };
        let shown = |what, brackets| below(&term, what, brackets, 2).plain();
        assert_eq!(shown(Below::StdError, Brackets::Parentheses), "(0.25)");
        assert_eq!(shown(Below::Statistic, Brackets::Square), "[4.00]");
        assert_eq!(shown(Below::PValue, Brackets::Square), "[<0.01]");
        assert_eq!(shown(Below::Interval, Brackets::Square), "[0.50, 1.50]");
        assert_eq!(shown(Below::None, Brackets::Square), "");
        let unknown = TermResult { estimate: Some(1.0), ..TermResult::default() };
        assert_eq!(below(&unknown, Below::StdError, Brackets::Parentheses, 2).plain(), "–");
        assert_eq!(below(&TermResult::default(), Below::StdError, Brackets::Parentheses, 2).plain(), "");
        assert_eq!(estimate(&term, 2, &StarLevels::default()).plain(), "1.00***");
        assert_eq!(estimate(&term, 2, &StarLevels(Vec::new())).plain(), "1.00");
    }
}
