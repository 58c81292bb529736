//! Years as tables write them.

use crate::cell::Cell;
use crate::fold::fold;
use crate::number::parse_number;
use crate::shown::Shown;

/// The years taken for years where a source doesn't say which it covers.
pub(crate) const PLAUSIBLE_YEARS: [i32; 2] = [1000, 2999];

/// Why a cell isn't a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum YearProblem {
    /// A date.
    Date,
    /// A number with a fraction, or beyond any calendar.
    NotWhole,
    /// Anything else.
    Text,
}

impl YearProblem {
    /// What is wrong, given the text in the cell.
    pub(crate) fn message(&self, raw: &str) -> String {
        match self {
            YearProblem::Date => format!("a date where a year is due: {raw}"),
            YearProblem::NotWhole => format!("{raw} is not a year"),
            YearProblem::Text => format!("text where a year is due: {raw:?}"),
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> &'static str {
        match self {
            YearProblem::Date => {
                "give the column the number format `General`, or add a column that holds the year alone"
            }
            YearProblem::NotWhole => "mend the cell; a year is a whole number such as 2008",
            YearProblem::Text => "mend the cell; 2008, \"2008\" and 2008年 are years",
        }
    }
}

/// The year that a cell holds: a whole number (2008, 2008.0), or text that writes one, with or
/// without 年 after it. Which years are plausible is for the caller to say.
pub(crate) fn parse_year(cell: Cell<'_>) -> Result<i32, YearProblem> {
    match cell {
        Cell::Number(number) => whole_year(number),
        Cell::Whole(whole) => whole_year(whole as f64),
        Cell::Text(text) => {
            // How nearly all tables write them.
            if text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
                return text.parse().map_err(|_| YearProblem::Text);
            }
            let folded = fold(text);
            let digits = folded.strip_suffix('年').unwrap_or(&folded).trim_end();
            // A grouped number (2,008) isn't how anyone writes a year.
            match parse_number(digits) {
                Ok(number) if !digits.contains(',') => whole_year(number),
                _ if looks_like_a_date(&folded) => Err(YearProblem::Date),
                _ => Err(YearProblem::Text),
            }
        }
        Cell::Shown(Shown::Formatted { number, .. }) => whole_year(*number),
        Cell::Shown(Shown::Noted { text, .. }) => parse_year(Cell::Text(text)),
        Cell::Date(_) => Err(YearProblem::Date),
        _ => Err(YearProblem::Text),
    }
}

fn whole_year(number: f64) -> Result<i32, YearProblem> {
    if number.fract() == 0.0 && number.abs() < 1e6 {
        // Whole and below a million, so the conversion is exact.
        Ok(number as i32)
    } else {
        Err(YearProblem::NotWhole)
    }
}

fn looks_like_a_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月', '日']).filter(|p| !p.is_empty()).collect();
    parts.len() >= 2
        && parts.len() <= 3
        && parts.iter().all(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_and_what_looks_like_them() {
        let text = |text: &str| parse_year(Cell::Text(text));
        for year in ["2008", " 2008 ", "2008年", "２００８年", "2008.0", "2008 年"] {
            assert_eq!(text(year), Ok(2008), "{year}");
        }
        assert_eq!(parse_year(Cell::Number(2008.0)), Ok(2008));
        assert_eq!(parse_year(Cell::Number(2008.5)), Err(YearProblem::NotWhole));
        assert_eq!(parse_year(Cell::Number(1e300)), Err(YearProblem::NotWhole));
        assert_eq!(parse_year(Cell::Date("2008-01-01")), Err(YearProblem::Date));
        assert_eq!(text("2008-01-01"), Err(YearProblem::Date));
        assert_eq!(text("2008年12月"), Err(YearProblem::Date));
        assert_eq!(text("2,008"), Err(YearProblem::Text));
        assert_eq!(text("total"), Err(YearProblem::Text));
        assert_eq!(parse_year(Cell::Boolean(true)), Err(YearProblem::Text));
    }
}
