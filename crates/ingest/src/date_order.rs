//! What to do about dates that don't say whether their day, their month or their year comes first.

use std::collections::BTreeSet;

use vintner_panel::{DateOrder, Frequency, Numbered, PanelError, Period, PeriodReading};

use crate::period_text::period_text;

/// The lines that declare each of the orders by which a text is a period, and which it then is; nothing where an order
/// doesn't decide.
pub(crate) fn orders_cure(declared: PeriodReading, text: &str) -> Option<String> {
    let orders = [DateOrder::DayFirst, DateOrder::MonthFirst, DateOrder::YearFirst];
    let mut known = BTreeSet::new();
    let readings: Vec<String> = orders
        .into_iter()
        .filter_map(|order| {
            let with = PeriodReading { order: Some(order), ..declared };
            let period = with.read(text).ok()?;
            // A day that begins or ends a month is most often the month.
            let month = PeriodReading { frequency: Some(Frequency::Month), ..with }.read(text);
            let month = month.ok().filter(|_| declared.frequency == Some(Frequency::Day));
            let of_month =
                month.map_or_else(String::new, |month| format!(" (or {month}, by `frequency: month`)"));
            known
                .insert(period)
                .then(|| format!("`period: {}` makes it {period}{of_month}", period_text(with)))
        })
        .collect();
    (readings.len() > 1).then(|| format!("declare which in vintage.yaml: {}", readings.join(", ")))
}

/// The lines that declare each of the lengths by which a number beside a year, 1990.1, is a period, and which it then is;
/// nothing of other texts.
pub(crate) fn lengths_cure(declared: Option<PeriodReading>, text: &str) -> Option<String> {
    let any = PeriodReading { frequency: None, ..declared.unwrap_or_default() };
    // By months alone, too, 1990.1 may be the first or the tenth.
    if !matches!(any.read(text), Err(PanelError::AmbiguousPeriod { .. })) {
        return None;
    }
    let tried = [Frequency::Month, Frequency::Quarter, Frequency::HalfYear].into_iter();
    let readings: Vec<String> = tried
        .filter_map(|frequency| {
            let with = PeriodReading { frequency: Some(frequency), ..any };
            let counted = PeriodReading { number: Some(Numbered::Period), ..with };
            let with = if with.read(text).is_ok() { with } else { counted };
            let period: Period = with.read(text).ok()?;
            Some(format!("`period: {}` makes it {period}", period_text(with)))
        })
        .collect();
    (!readings.is_empty())
        .then(|| format!("declare what is counted in vintage.yaml: {}", readings.join(", ")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn each_order_that_reads_a_text_is_told_with_what_it_makes_of_it() {
        let days = PeriodReading { frequency: Some(Frequency::Day), ..PeriodReading::default() };
        let century = PeriodReading { century: Some(1950), ..days };
        assert_eq!(
            orders_cure(century, "02-Jan-20").unwrap(),
            "declare which in vintage.yaml: `period: {frequency: day, century: 1950, order: day-first}` makes it \
             2020-01-02, `period: {frequency: day, century: 1950, order: year-first}` makes it 2002-01-20"
        );
        let cure = orders_cure(days, "01/02/1990").unwrap();
        assert!(
            cure.contains("order: day-first}` makes it 1990-02-01 (or 1990-02, by `frequency: month`), ")
                && !cure.contains("year-first"),
            "{cure}"
        );
        assert_eq!(orders_cure(days, "1990-01-02"), None);
    }

    #[test]
    fn each_length_that_reads_a_number_beside_a_year_is_told() {
        let of = |frequency| Some(PeriodReading { frequency: Some(frequency), ..PeriodReading::default() });
        assert_eq!(
            lengths_cure(of(Frequency::Month), "2000.1").unwrap(),
            "declare what is counted in vintage.yaml: `period: {frequency: month, number: period}` makes it 2000-01, \
             `period: {frequency: quarter}` makes it 2000Q1, `period: {frequency: half-year}` makes it 2000H1"
        );
        let cure = lengths_cure(None, "2000-3").unwrap();
        assert!(cure.contains("makes it 2000-03") && cure.contains("makes it 2000Q3"), "{cure}");
        for text in ["2000-05", "01/02/1990", "2000Q1", "x"] {
            assert_eq!(lengths_cure(None, text), None, "{text}");
        }
    }
}
