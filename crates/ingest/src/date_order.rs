//! What to do about dates that don't say whether their day, their month or their year comes first.

use std::collections::BTreeSet;

use vintner_panel::{DateOrder, PeriodReading};

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
            known.insert(period).then(|| format!("`period: {}` makes it {period}", period_text(with)))
        })
        .collect();
    (readings.len() > 1).then(|| format!("declare which in vintage.yaml: {}", readings.join(", ")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use vintner_panel::Frequency;

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
            cure.contains("order: day-first}` makes it 1990-02-01, ") && !cure.contains("year-first"),
            "{cure}"
        );
        assert_eq!(orders_cure(days, "1990-01-02"), None);
    }
}
