//! What to do about years of two digits.

use vintner_panel::{Frequency, PeriodReading};

use crate::period_text::period_text;

/// The years that those of two digits may be declared to lie in, for an example.
const FIRST: i32 = 1950;

/// The line that declares their century, with all else that is declared of the periods.
pub(crate) fn century_cure(declared: Option<PeriodReading>) -> String {
    let years = PeriodReading { frequency: Some(Frequency::Year), ..PeriodReading::default() };
    let with = PeriodReading { century: Some(FIRST), ..declared.unwrap_or(years) };
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
            order: Some(vintner_panel::DateOrder::DayFirst),
            ..PeriodReading::default()
        };
        let cure = century_cure(Some(declared));
        assert!(cure.contains("`period: {frequency: quarter, century: 1950, order: day-first}`"), "{cure}");
        let cure = century_cure(None);
        assert!(cure.contains("`period: {frequency: year, century: 1950}`"), "{cure}");
    }
}
