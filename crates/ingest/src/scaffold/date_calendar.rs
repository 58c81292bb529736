//! Which order of days and months makes a calendar of dates that could be read by several.

use std::collections::BTreeSet;

use vintner_panel::{DateOrder, Frequency, Period, PeriodReading};

/// So many dates are a calendar, and no fewer.
const LEAST: usize = 3;

/// What dates make that follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calendar {
    Days,
    /// Months, quarters or halves by their first or last day, and whether they are all months of whole years.
    Parts(bool),
}

/// The one order, among those by which all texts are dates, that makes a calendar of them, where the others have gaps; also
/// where these make no more of twelve months than the first days of one. Nothing where no order decides.
pub(super) fn order_of_calendar(orders: &[PeriodReading], texts: &[String]) -> Option<DateOrder> {
    let found: Vec<(DateOrder, Calendar)> =
        orders.iter().filter_map(|reading| Some((reading.order?, calendar(*reading, texts)?))).collect();
    let whole: Vec<&(DateOrder, Calendar)> =
        found.iter().filter(|(_, own)| *own == Calendar::Parts(true)).collect();
    match (found.as_slice(), whole.as_slice()) {
        ([(order, _)], _) => Some(*order),
        (several, [(order, _)]) if several.len() == 1 + of_days(&found) => Some(*order),
        ([], _) => closest(orders, texts),
        _ => None,
    }
}

/// Of a day and a year of two digits on the two sides of a month's name that for the day by which dates lie together,
/// where the other order spreads them over years.
fn closest(orders: &[PeriodReading], texts: &[String]) -> Option<DateOrder> {
    const TIMES: i32 = 20;
    let [one, other] = orders else { return None };
    if other.order != Some(DateOrder::YearFirst) {
        return None;
    }
    let span = |reading: &PeriodReading| {
        let days: Option<BTreeSet<i32>> =
            texts.iter().map(|text| reading.read(text).ok().map(Period::ordinal)).collect();
        let days = days.filter(|days| days.len() >= LEAST)?;
        Some(days.last()? - days.first()?)
    };
    let (first, second) = (span(one)?, span(other)?);
    if first.saturating_mul(TIMES) <= second {
        one.order
    } else if second.saturating_mul(TIMES) <= first {
        other.order
    } else {
        None
    }
}

fn of_days(found: &[(DateOrder, Calendar)]) -> usize {
    found.iter().filter(|(_, own)| *own == Calendar::Days).count()
}

fn calendar(reading: PeriodReading, texts: &[String]) -> Option<Calendar> {
    let under = |frequency: Frequency| -> Option<BTreeSet<i32>> {
        let reading = PeriodReading { frequency: Some(frequency), ..reading };
        texts.iter().map(|text| reading.read(text).ok().map(Period::ordinal)).collect()
    };
    if let Some(months) = under(Frequency::Month) {
        let step = step_of(&months)?;
        let begins = months.first().is_some_and(|first| first.rem_euclid(12) == 0);
        return Some(Calendar::Parts(step == 1 && begins && months.len().is_multiple_of(12)));
    }
    follow_one_another(&under(Frequency::Day)?).then_some(Calendar::Days)
}

/// By how many months periods follow one another, of which one in ten may be missing.
fn step_of(months: &BTreeSet<i32>) -> Option<i32> {
    let (first, last) = (*months.first()?, *months.last()?);
    [6, 3, 1].into_iter().find(|step| {
        let all = (last - first) / step + 1;
        months.len() >= LEAST
            && months.iter().all(|month| (month - first) % step == 0)
            && usize::try_from(all).is_ok_and(|all| months.len() * 10 >= all * 9)
    })
}

/// Whether days follow one another, but for the ends of weeks and one weekday in eight.
fn follow_one_another(days: &BTreeSet<i32>) -> bool {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return false };
    let is_weekday = |day: i32| {
        let monday = Period::week_day(2000, 1, 1).map_or(0, Period::ordinal);
        (day - monday).rem_euclid(7) < 5
    };
    let most = i32::try_from(days.len()).unwrap_or(i32::MAX).saturating_mul(3);
    if days.len() < LEAST || last - first > most {
        return false;
    }
    let missing = (*first..=*last).filter(|day| is_weekday(*day) && !days.contains(day)).count();
    missing * 8 <= days.len()
}

/// Whether days are one of each month from the first to the last, as the last days of trading are.
pub(super) fn is_one_a_month(days: &BTreeSet<i32>) -> bool {
    let of = |day: &i32| Period::from_ordinal(Frequency::Day, *day);
    let months: BTreeSet<i32> = days
        .iter()
        .filter_map(|day| {
            let text = of(day)?.to_string();
            let month: Period = text.get(..7)?.parse().ok()?;
            Some(month.ordinal())
        })
        .collect();
    months.len() == days.len() && is_regular(Frequency::Month, &months)
}

/// Whether periods of a length are all that there are from the first to the last, but for one in five; of days, weekdays.
pub(super) fn is_regular(frequency: Frequency, ordinals: &BTreeSet<i32>) -> bool {
    let (Some(first), Some(last)) = (ordinals.first(), ordinals.last()) else { return false };
    // Of seven days two may be those of a week's end, and of those left some holidays.
    let (share, of) = if frequency == Frequency::Day { (7, 4) } else { (5, 4) };
    let all = usize::try_from(last - first + 1).unwrap_or(usize::MAX);
    ordinals.len() >= LEAST && ordinals.len().saturating_mul(share) >= all.saturating_mul(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(texts: &[&str]) -> Option<DateOrder> {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        let orders = [DateOrder::DayFirst, DateOrder::MonthFirst].map(|order| PeriodReading {
            frequency: Some(Frequency::Day),
            order: Some(order),
            ..PeriodReading::default()
        });
        order_of_calendar(&orders, &texts)
    }

    #[test]
    fn the_order_is_that_of_a_calendar_without_gaps() {
        let (day, month) = (Some(DateOrder::DayFirst), Some(DateOrder::MonthFirst));
        let all = |pattern: &str, years: &[i32]| -> Vec<String> {
            let of = |year: &i32| {
                let year = year.to_string();
                (1..=12).map(move |month| (month, year.clone()))
            };
            let texts = years.iter().flat_map(of);
            texts.map(|(month, year)| pattern.replace('m', &month.to_string()).replace('y', &year)).collect()
        };
        let of = |texts: &[String]| order(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(of(&all("m/1/y", &[2018, 2019])), month);
        assert_eq!(of(&all("01/m/y", &[2018, 2019])), day);
        // A year's months are as many as they can be; the days would end by chance on the twelfth.
        assert_eq!(of(&all("m/1/y", &[2018])), month);
        assert_eq!(of(&all("1.m.y", &[2018])), day);
        // Six months or six days.
        assert_eq!(of(&all("m/1/y", &[2018])[..6]), None);
        assert_eq!(order(&["1/1/2018", "4/1/2018", "7/1/2018", "10/1/2018"]), month);
        assert_eq!(order(&["1/1/2018", "7/1/2018", "1/1/2019", "7/1/2019"]), month);
        // The third to the tenth of January 2020, without its Saturday and Sunday.
        assert_eq!(order(&["01/03/2020", "01/06/2020", "01/07/2020", "01/08/2020"]), month);
        assert_eq!(order(&["03/01/2020", "06/01/2020", "07/01/2020", "08/01/2020"]), day);
        assert_eq!(order(&["01/02/2020", "02/02/2020", "03/02/2020"]), day);
        assert_eq!(order(&["05/03/2018", "09/07/2018", "02/11/2018"]), None);
        assert_eq!(order(&["1/1/2018", "2/1/2018"]), None);
    }

    #[test]
    fn a_day_and_a_year_of_two_digits_are_told_by_how_close_they_lie() {
        let orders = [DateOrder::DayFirst, DateOrder::YearFirst].map(|order| PeriodReading {
            frequency: Some(Frequency::Day),
            order: Some(order),
            century: Some(1940),
            ..PeriodReading::default()
        });
        let order = |texts: [&str; 3]| order_of_calendar(&orders, &texts.map(str::to_owned));
        assert_eq!(order(["02 Jan 20", "13 Jan 20", "28 Feb 20"]), Some(DateOrder::DayFirst));
        assert_eq!(order(["20 Jan 02", "20 Jan 13", "20 Feb 28"]), Some(DateOrder::YearFirst));
        assert_eq!(order(["02 Jan 20", "03 Feb 04", "04 Mar 12"]), None);
    }

    #[test]
    fn days_of_trading_are_one_a_month() {
        let days = |texts: &[&str]| -> BTreeSet<i32> {
            texts.iter().filter_map(|text| Some(text.parse::<Period>().ok()?.ordinal())).collect()
        };
        assert!(is_one_a_month(&days(&["2018-01-31", "2018-02-28", "2018-03-29", "2018-04-30"])));
        assert!(!is_one_a_month(&days(&["2018-01-31", "2018-02-28", "2018-03-28", "2018-03-29"])));
        assert!(!is_one_a_month(&days(&["2018-01-31", "2018-05-28", "2018-09-29"])));
    }

    #[test]
    fn a_calendar_of_one_length_has_nearly_all_of_it() {
        let months: BTreeSet<i32> = (0..24).filter(|month| month % 8 != 3).collect();
        assert!(is_regular(Frequency::Month, &months));
        assert!(!is_regular(Frequency::Month, &(0..24).step_by(2).collect()));
        let weekdays: BTreeSet<i32> = (0..70).filter(|day| day % 7 < 5).collect();
        assert!(is_regular(Frequency::Day, &weekdays));
        assert!(!is_regular(Frequency::Day, &(0..70).step_by(7).collect()));
    }
}
