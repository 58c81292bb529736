//! Numbers that are codes for missing values most often (-9, -99, -999, 9999) and are read as numbers, as nothing declares
//! them.

use std::collections::BTreeMap;

use serde::Serialize;
use vintner_panel::{CellAddress, shortest_decimal};

use crate::source::ValueColumn;

/// So many cells are named of each.
const CELLS: usize = 3;

/// So many such numbers are kept apart; a column that has more is of other numbers.
const KEPT: usize = 64;

/// Beyond what small types hold, as programs write it where nothing was measured.
const ENDS_OF_TYPES: [f64; 4] = [-32_768.0, 32_767.0, -2_147_483_648.0, 2_147_483_647.0];

/// From this size on a code may have digits behind the point.
const LEAST_WITH_FRACTION: f64 = 90.0;

/// From this size on one such number alone is told.
const LARGE: f64 = 99.0;

/// A number that stands far outside of the others of its variable and is such a code.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MissingCode {
    /// The variable.
    pub variable: String,
    /// The number as the file has it, before `scale`.
    pub number: f64,
    /// How many cells hold it.
    pub count: usize,
    /// The first of them.
    pub cells: Vec<String>,
    /// The least and the largest of the others.
    pub others: [f64; 2],
}

/// What was seen of one variable's numbers.
#[derive(Debug, Clone)]
pub(crate) struct CodesSeen {
    low: f64,
    high: f64,
    /// By their bits.
    codes: BTreeMap<u64, Met>,
}

#[derive(Debug, Clone, Default)]
struct Met {
    count: usize,
    cells: Vec<(u32, u32)>,
}

impl Default for CodesSeen {
    fn default() -> Self {
        Self { low: f64::INFINITY, high: f64::NEG_INFINITY, codes: BTreeMap::new() }
    }
}

impl CodesSeen {
    /// Looks at a number as the file has it.
    pub(crate) fn see(&mut self, number: f64, row: u32, column: u32) {
        let is_kept =
            is_code(number) && (self.codes.len() < KEPT || self.codes.contains_key(&number.to_bits()));
        if !is_kept {
            return self.widen(number);
        }
        let met = self.codes.entry(number.to_bits()).or_default();
        met.count += 1;
        if met.cells.len() < CELLS {
            met.cells.push((row, column));
        }
    }

    /// Adds what was seen in a block that follows.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
        for (bits, met) in other.codes {
            let own = self.codes.entry(bits).or_default();
            own.count += met.count;
            let room = CELLS.saturating_sub(own.cells.len());
            own.cells.extend(met.cells.into_iter().take(room));
        }
    }

    fn widen(&mut self, number: f64) {
        self.low = self.low.min(number);
        self.high = self.high.max(number);
    }

    /// Those that stand far outside of the others, unless the declared range has a bound on that side.
    pub(crate) fn doubtful(mut self, column: &ValueColumn) -> Vec<MissingCode> {
        let mut found = Vec::new();
        let [least, most] = column.range.unwrap_or_default();
        let mut codes: Vec<(f64, Met)> = std::mem::take(&mut self.codes)
            .into_iter()
            .map(|(bits, met)| (f64::from_bits(bits), met))
            .collect();
        // From the middle outward: 99 among 1 to 98 is one of them, and 999 is far from that.
        codes.sort_by(|one, other| one.0.abs().total_cmp(&other.0.abs()));
        for (number, met) in codes {
            let is_declared = if number < self.low { least.is_some() } else { most.is_some() };
            if is_declared || self.low > self.high || !self.is_far(number, met.count > 1 || !found.is_empty())
            {
                self.widen(number);
                continue;
            }
            let cell = |(row, column): &(u32, u32)| {
                CellAddress { file: String::new(), sheet: None, row: *row, column: *column }.cell()
            };
            found.push(MissingCode {
                variable: column.variable.clone(),
                number,
                count: met.count,
                cells: met.cells.iter().map(cell).collect(),
                others: [self.low, self.high],
            });
        }
        found
    }

    /// Whether a number is far from the others; a small one counts where it comes again, or another code is there.
    fn is_far(&self, number: f64, has_company: bool) -> bool {
        if (self.low..=self.high).contains(&number) || !(has_company || number.abs() >= LARGE) {
            return false;
        }
        // The only numbers below zero.
        if number < 0.0 && self.low >= 0.0 {
            return true;
        }
        let distance = if number < self.low { self.low - number } else { number - self.high };
        distance >= (self.high - self.low).max(self.high.abs() / 2.0)
    }
}

/// Whether a number is such a code: nines, or nines with another digit from 6 behind them, or one of these digits over and
/// over, with up to two digits behind the point (-99.9). Above zero two digits are due.
fn is_code(number: f64) -> bool {
    let size = number.abs();
    if !(6.0..1e10).contains(&size) {
        return false;
    }
    if ENDS_OF_TYPES.contains(&number) {
        return true;
    }
    let whole = [1.0, 10.0, 100.0].iter().find_map(|scale| {
        // 9.9 is a number as others are.
        if *scale > 1.0 && size < LEAST_WITH_FRACTION {
            return None;
        }
        let scaled = size * scale;
        let rounded = scaled.round();
        ((scaled - rounded).abs() < 1e-6).then_some(rounded as u64)
    });
    let Some(whole) = whole else { return false };
    let last = whole % 10;
    if last < 6 || (number > 0.0 && whole < 10) {
        return false;
    }
    let is_power = |mut number: u64| {
        while number.is_multiple_of(10) && number > 1 {
            number /= 10;
        }
        number == 1
    };
    // 99, 98, 997; 88, 777.
    is_power(whole - last + 10) || (whole.is_multiple_of(last) && is_power(9 * (whole / last) + 1))
}

/// What is said of each.
pub(crate) fn warning(code: &MissingCode) -> String {
    let MissingCode { variable, number, count, cells, others: [low, high] } = code;
    let number = shortest_decimal(*number);
    let more = count.saturating_sub(cells.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let times = if *count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
    format!(
        "`{variable}` is {number} in {times} ({}{more}), far from its other numbers ({} to {}): if that stands for a missing value, \
         write `missing: [\"{number}\"]` at its column in vintage.yaml; if it is right, a `range` that has it",
        cells.join(", "),
        shortest_decimal(*low),
        shortest_decimal(*high)
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_other_numbers() {
        for code in [
            -9.0, -8.0, -7.0, -66.0, -77.0, -88.0, -98.0, -99.0, -99.9, -999.0, -99.99, 99.0, 97.0, 99.9,
            888.0, 998.0, 9999.0, 99_999.0, -32_768.0,
        ] {
            assert!(is_code(code), "{code}");
        }
        for number in [
            0.0,
            9.0,
            -1.0,
            -5.0,
            12.0,
            90.0,
            95.0,
            89.0,
            9.9,
            -6.6,
            979.0,
            1999.0,
            9.5,
            -10.0,
            100.0,
            9990.0,
            67.0,
            -12.25,
            f64::NAN,
            1e300,
        ] {
            assert!(!is_code(number), "{number}");
        }
    }

    fn doubtful(numbers: &[f64], range: Option<[Option<f64>; 2]>) -> Vec<(f64, usize)> {
        let column = serde_json::json!({"column": "x", "variable": "x", "range": range});
        let column: ValueColumn = serde_json::from_value(column).unwrap();
        let (first, second) = numbers.split_at(numbers.len() / 2);
        let mut seen = CodesSeen::default();
        first.iter().for_each(|number| seen.see(*number, 2, 3));
        let mut other = CodesSeen::default();
        second.iter().for_each(|number| other.see(*number, 9, 3));
        seen.absorb(other);
        seen.doubtful(&column).into_iter().map(|code| (code.number, code.count)).collect()
    }

    #[test]
    fn only_what_stands_far_outside_is_doubtful() {
        assert_eq!(doubtful(&[3.0, -999.0, 812.0, 5.0, -999.0], None), [(-999.0, 2)]);
        assert_eq!(doubtful(&[3.0, -9.0, 812.0, 5.0, -9.0], None), [(-9.0, 2)]);
        // Polity's scale and its codes.
        let polity = [-10.0, -9.0, -8.0, 5.0, 10.0, -66.0, -77.0, -88.0, -66.0];
        assert_eq!(doubtful(&polity, None), [(-66.0, 2), (-77.0, 1), (-88.0, 1)]);
        assert_eq!(doubtful(&[1.0, 5.0, 3.0, 99.0, 98.0, 99.0, 98.0], None), [(98.0, 2), (99.0, 2)]);
        assert_eq!(doubtful(&[3.5, 4.0, 99_999.0, 3.75], None), [(99_999.0, 1)]);
        // Others of its size, one alone, and what a range has.
        for (numbers, range) in [
            (&[50.0, 97.0, 99.0, 99.0, 20.0][..], None),
            (&[3.0, -9.0, 812.0, 5.0], None),
            (&[-12.0, -9.0, -9.0, 4.0], None),
            (&[99.0, 99.0], None),
            (&[900.0, 950.0, 998.0, 999.0, 999.0, 1000.0], None),
            (&[3.0, -999.0, 812.0, -999.0], Some([Some(-1000.0), None])),
        ] {
            assert_eq!(doubtful(numbers, range), [], "{numbers:?}");
        }
        assert_eq!(doubtful(&[3.0, -999.0, 812.0, -999.0], Some([None, Some(900.0)])), [(-999.0, 2)]);
    }

    #[test]
    fn the_warning_says_what_to_write() {
        let code = MissingCode {
            variable: "x".into(),
            number: -99.9,
            count: 5,
            cells: vec!["C2".into(), "C9".into()],
            others: [0.5, 20.0],
        };
        insta::assert_snapshot!(warning(&code), @r#"`x` is -99.9 in 5 cells (C2, C9 and 3 more), far from its other numbers (0.5 to 20): if that stands for a missing value, write `missing: ["-99.9"]` at its column in vintage.yaml; if it is right, a `range` that has it"#);
    }
}
