//! What to do about years of two digits.

use vintner_panel::{DateOrder, Frequency, PeriodReading};

use crate::period_text::period_text;

/// The years that those of two digits may be declared to lie in, for an example.
const FIRST: i32 = 1950;

/// The line that declares their century, with all else that is declared of the periods; where nothing is, how long that
/// of the text is.
pub(crate) fn century_cure(declared: Option<PeriodReading>, text: &str) -> String {
    let century = PeriodReading { century: Some(FIRST), ..PeriodReading::default() };
    let orders = [None, Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst)];
    let own = || orders.into_iter().find_map(|order| PeriodReading { order, ..century }.read(text).ok());
    let with = declared.unwrap_or_else(|| PeriodReading {
        frequency: Some(own().map_or(Frequency::Year, |period| period.frequency())),
        ..PeriodReading::default()
    });
    let with = PeriodReading { century: Some(FIRST), ..with };
    format!(
        "declare in vintage.yaml in which hundred years it lies: `period: {}` makes 90 the year 1990 and 10 the year 2010",
        period_text(with)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cure_keeps_what_is_declared() {
        let declared = PeriodReading {
            frequency: Some(Frequency::Quarter),
            order: Some(DateOrder::DayFirst),
            ..PeriodReading::default()
        };
        let cure = century_cure(Some(declared), "Q1 90");
        assert!(cure.contains("`period: {frequency: quarter, century: 1950, order: day-first}`"), "{cure}");
        for (text, own) in [("90", "year"), ("02-Jan-20", "day"), ("Jan-90", "month")] {
            let cure = century_cure(None, text);
            assert!(cure.contains(&format!("`period: {{frequency: {own}, century: 1950}}`")), "{cure}");
        }
    }
}
