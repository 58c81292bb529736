//! Years that are counted from the beginning of an era: 平成30年 is 2018, 民國108年 2019, พ.ศ. 2562 the same.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The era of years that don't name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Era {
    /// 民國, the Republic of China's: 108年 is 2019.
    Minguo,
    /// 令和, Japan's from 2019: 2年 is 2020.
    Reiwa,
    /// 平成, Japan's from 1989: 30年 is 2018.
    Heisei,
    /// 昭和, Japan's from 1926: 60年 is 1985.
    Showa,
    /// 大正, Japan's from 1912: 9年 is 1920.
    Taisho,
    /// 明治, Japan's from 1868: 40年 is 1907.
    Meiji,
    /// Thailand's Buddhist era, since 1941 from January on: 2562 is 2019.
    Buddhist,
}

impl Era {
    const ALL: [Era; 7] =
        [Era::Minguo, Era::Reiwa, Era::Heisei, Era::Showa, Era::Taisho, Era::Meiji, Era::Buddhist];

    /// What a manifest calls it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Era::Minguo => "minguo",
            Era::Reiwa => "reiwa",
            Era::Heisei => "heisei",
            Era::Showa => "showa",
            Era::Taisho => "taisho",
            Era::Meiji => "meiji",
            Era::Buddhist => "buddhist",
        }
    }

    /// What is added to its years.
    const fn before(self) -> i32 {
        match self {
            Era::Minguo => 1911,
            Era::Reiwa => 2018,
            Era::Heisei => 1988,
            Era::Showa => 1925,
            Era::Taisho => 1911,
            Era::Meiji => 1867,
            Era::Buddhist => -543,
        }
    }

    /// The first and the last of its years that statistics are likely to be of.
    const fn years(self) -> (i32, i32) {
        match self {
            Era::Minguo => (1, 150),
            Era::Reiwa => (1, 50),
            Era::Heisei => (1, 40),
            Era::Showa => (1, 64),
            Era::Taisho => (1, 15),
            Era::Meiji => (1, 45),
            Era::Buddhist => (2440, 2650),
        }
    }

    /// How many digits its years have.
    fn has_digits(self, count: usize) -> bool {
        if self == Era::Buddhist { count == 4 } else { (1..=3).contains(&count) }
    }

    /// The year of the common calendar that one of its years is; none where no year of it has so many digits, as 2019
    /// among years of the Republic.
    pub(crate) fn year(self, own: i32) -> Option<i32> {
        let digits = if own > 0 { own.to_string().len() } else { 0 };
        self.has_digits(digits).then(|| own + self.before())
    }
}

/// Names of eras as they stand before a year.
const NAMED: [(&str, Era); 13] = [
    ("令和", Era::Reiwa),
    ("平成", Era::Heisei),
    ("昭和", Era::Showa),
    ("大正", Era::Taisho),
    ("明治", Era::Meiji),
    ("中華民國", Era::Minguo),
    ("中华民国", Era::Minguo),
    ("民國", Era::Minguo),
    ("民国", Era::Minguo),
    ("พ.ศ.", Era::Buddhist),
    ("พ.ศ", Era::Buddhist),
    ("พศ", Era::Buddhist),
    ("B.E.", Era::Buddhist),
];

/// A folded text with the year of an era at its beginning written as one of the common calendar: 2018年4月 for 平成30年4月,
/// and 2019年 for 108年 where that era is declared. None where no year of an era is there.
pub(crate) fn in_common_years(folded: &str, declared: Option<Era>) -> Option<String> {
    let named = NAMED.iter().find_map(|(name, era)| Some((folded.strip_prefix(name)?, *era)));
    let (rest, era) = named.or_else(|| Some((folded, declared?)))?;
    let rest = rest.trim_start_matches(' ');
    if let Some(after) = rest.strip_prefix('元')
        && (after.is_empty() || after.starts_with('年'))
    {
        return Some(format!("{}{after}", era.before() + 1));
    }
    let digits = rest.find(|character: char| !character.is_ascii_digit()).unwrap_or(rest.len());
    let (own, after) = rest.split_at_checked(digits)?;
    let year = era.year(own.parse().ok()?).filter(|_| era.has_digits(own.len()))?;
    // A fraction is no part of a year.
    let is_number = after.starts_with(['.', ',']) && named.is_none();
    (!is_number).then(|| format!("{year}{after}"))
}

/// The year of an era that a text writes without naming it: 108 of 108年. None where it may be no such year.
pub(crate) fn unnamed(folded: &str) -> Option<i32> {
    let (own, after) = folded.split_once('年')?;
    let own = own.trim_end_matches(' ');
    let digits = (1..=3).contains(&own.len()) && own.bytes().all(|byte| byte.is_ascii_digit());
    let rest = ["", "度", "末", "底"].contains(&after) || after.ends_with(['月', '季', '度', '年']);
    own.parse().ok().filter(|year| digits && rest && *year > 0)
}

/// The eras that a year without a name may be of, each with the year that it is then.
pub(crate) fn may_be_of(own: i32) -> Vec<(Era, i32)> {
    let within = |era: &Era| (era.years().0..=era.years().1).contains(&own);
    Era::ALL.into_iter().filter(within).filter_map(|era| Some((era, era.year(own)?))).collect()
}

/// What the years of an era may be, in words: "2018 (`era: heisei`), 1955 (`era: showa`)".
pub(crate) fn readings_in_words(own: i32) -> String {
    let readings = may_be_of(own);
    let told: Vec<String> =
        readings.iter().map(|(era, year)| format!("{year} (`era: {}`)", era.name())).collect();
    match told.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "a year of no era that is known here".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_eras_are_written_as_common_ones() {
        for (text, declared, common) in [
            ("平成30年4月", None, Some("2018年4月")),
            ("令和元年", None, Some("2019年")),
            ("พ.ศ. 2562", None, Some("2019")),
            ("民國109年第1季", None, Some("2020年第1季")),
            ("108年", None, None),
            ("108年", Some(Era::Minguo), Some("2019年")),
            ("108/01", Some(Era::Minguo), Some("2019/01")),
            ("2019年", Some(Era::Minguo), None),
            ("30", Some(Era::Showa), Some("1955")),
            ("2562", Some(Era::Buddhist), Some("2019")),
            ("元年", Some(Era::Reiwa), Some("2019年")),
            ("10.5", Some(Era::Minguo), None),
            ("平成", None, None),
            ("平成1234年", None, None),
            ("平成0年", None, None),
        ] {
            assert_eq!(in_common_years(text, declared).as_deref(), common, "{text}");
        }
    }

    #[test]
    fn a_year_without_its_era_is_told_with_what_it_may_be() {
        assert_eq!(
            (unnamed("108年"), unnamed("30年度"), unnamed("109年1月")),
            (Some(108), Some(30), Some(109))
        );
        assert_eq!(
            (unnamed("2019年"), unnamed("年"), unnamed("0年"), unnamed("12个月")),
            (None, None, None, None)
        );
        assert_eq!(readings_in_words(108), "2019 (`era: minguo`)");
        assert_eq!(
            readings_in_words(30),
            "1941 (`era: minguo`), 2048 (`era: reiwa`), 2018 (`era: heisei`), 1955 (`era: showa`) or 1897 (`era: meiji`)"
        );
    }
}
