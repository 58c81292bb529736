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

/// Beyond what types hold, as programs write it where nothing was measured: of whole numbers; Stata's missing values of its
/// types `int`, `long`, `float` and `double`; SPSS's; single and double precision's largest; netCDF's.
const ENDS_OF_TYPES: [f64; 13] = [
    -32_768.0,
    32_767.0,
    32_741.0,
    -2_147_483_648.0,
    2_147_483_647.0,
    2_147_483_621.0,
    170_141_183_460_469_230_000_000_000_000_000_000_000.0,
    8.988_465_674_311_58e307,
    f64::MIN,
    f64::MAX,
    f32::MAX as f64,
    f32::MIN as f64,
    9.969_209_968_386_869e36,
];

/// Codes of surveys that are numbers like others, too: they are told beside others, or where nothing else is below zero.
const WEAK: [f64; 6] = [-1.0, -2.0, -3.0, -4.0, -5.0, -10.0];

/// From as many different of these on they are numbers like others.
const WEAK_TOGETHER: usize = 3;

/// From so large a number on a scale has no numbers just below zero.
const WIDE_SCALE: f64 = 100.0;

/// So often a number comes again that isn't one by chance.
const OFTEN: usize = 3;

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
    /// How many there are, their mean, and the sum of squares about it.
    count: usize,
    mean: f64,
    squares: f64,
    /// Whether some are no whole numbers.
    has_fractions: bool,
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
        Self {
            low: f64::INFINITY,
            high: f64::NEG_INFINITY,
            count: 0,
            mean: 0.0,
            squares: 0.0,
            has_fractions: false,
            codes: BTreeMap::new(),
        }
    }
}

impl CodesSeen {
    /// Looks at a number as the file has it.
    pub(crate) fn see(&mut self, number: f64, row: u32, column: u32) {
        let is_kept = (is_code(number) || WEAK.contains(&number))
            && (self.codes.len() < KEPT || self.codes.contains_key(&number.to_bits()));
        if !is_kept {
            return self.widen(number, 1);
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
        self.has_fractions |= other.has_fractions;
        self.add(other.count, other.mean, other.squares);
        for (bits, met) in other.codes {
            let own = self.codes.entry(bits).or_default();
            own.count += met.count;
            let room = CELLS.saturating_sub(own.cells.len());
            own.cells.extend(met.cells.into_iter().take(room));
        }
    }

    /// Takes a number that is one of the others, so many times.
    fn widen(&mut self, number: f64, times: usize) {
        if number.is_finite() {
            self.low = self.low.min(number);
            self.high = self.high.max(number);
            self.has_fractions |= number.fract() != 0.0;
            self.add(times, number, 0.0);
        }
    }

    /// Adds so many numbers by their mean and the sum of squares about it.
    fn add(&mut self, count: usize, mean: f64, squares: f64) {
        if count == 0 {
            return;
        }
        let (own, other) = (self.count as f64, count as f64);
        let step = mean - self.mean;
        self.mean += step * other / (own + other);
        self.squares += squares + step * step * own * other / (own + other);
        self.count += count;
    }

    /// Those that stand far outside of the others, unless the declared range has a bound on that side.
    pub(crate) fn doubtful(self, column: &ValueColumn) -> Vec<MissingCode> {
        let cell = |(row, column): &(u32, u32)| {
            CellAddress { file: String::new(), sheet: None, row: *row, column: *column }.cell()
        };
        let found = self.codes_among(column.range.unwrap_or_default()).into_iter();
        found
            .map(|(number, met, others)| MissingCode {
                variable: column.variable.clone(),
                number,
                count: met.count,
                cells: met.cells.iter().map(cell).collect(),
                others,
            })
            .collect()
    }

    /// The numbers alone.
    pub(crate) fn doubtful_numbers(self) -> Vec<f64> {
        self.codes_among([None, None]).into_iter().map(|(number, ..)| number).collect()
    }

    fn codes_among(mut self, [least, most]: [Option<f64>; 2]) -> Vec<(f64, Met, [f64; 2])> {
        let codes = std::mem::take(&mut self.codes).into_iter();
        let (weak, mut codes): (Vec<_>, Vec<_>) = codes
            .map(|(bits, met)| (f64::from_bits(bits), met))
            .partition(|(number, _)| WEAK.contains(number));
        // -1 to -5 go on from zero.
        let (apart, natural): (Vec<_>, Vec<_>) = match weak.len() {
            1..WEAK_TOGETHER if self.low >= 0.0 && weak.iter().any(|(number, _)| *number > -10.0) => {
                (weak, Vec::new())
            }
            _ => (Vec::new(), weak),
        };
        natural.into_iter().for_each(|(number, met)| self.widen(number, met.count));
        // From the middle outward: 99 among 1 to 98 is one of them, and 999 is far from that.
        codes.sort_by(|one, other| one.0.abs().total_cmp(&other.0.abs()));
        let mut found: Vec<(f64, Met)> = Vec::new();
        for (number, met) in codes {
            let is_declared = if number < self.low { least.is_some() } else { most.is_some() };
            let is_code = if self.count == 0 {
                number <= -LARGE || ENDS_OF_TYPES.contains(&number)
            } else {
                self.is_far(number, met.count, !found.is_empty() || !apart.is_empty())
            };
            if is_declared || !is_code {
                self.widen(number, met.count);
            } else {
                found.push((number, met));
            }
        }
        let beside = found.iter().any(|(number, _)| *number < 0.0);
        for (number, met) in apart {
            let alone = !self.has_fractions && self.high >= WIDE_SCALE && met.count > 1 && number >= -2.0;
            if least.is_none() && self.low >= 0.0 && (beside || alone) {
                found.push((number, met));
            }
        }
        found.sort_by(|one, other| one.0.abs().total_cmp(&other.0.abs()));
        // Where there are no others.
        let others = if self.count == 0 { None } else { Some([self.low, self.high]) };
        found.into_iter().map(|(number, met)| (number, met, others.unwrap_or([number, number]))).collect()
    }

    /// Whether a number that comes so often is far from the others. A small one counts where it comes again, or another code
    /// is there.
    fn is_far(&self, number: f64, times: usize, has_company: bool) -> bool {
        if (self.low..=self.high).contains(&number) || !(has_company || times > 1 || number.abs() >= LARGE) {
            return false;
        }
        // The only numbers below zero.
        if number < 0.0 && self.low >= 0.0 {
            return true;
        }
        let gap = if number < self.low { self.low - number } else { number - self.high };
        let range = self.high - self.low;
        // Of a share that most have reached 99 is no code.
        if number > 0.0 && times > self.count {
            return range > 0.0 && gap >= 3.0 * range;
        }
        let size = self.low.abs().max(self.high.abs());
        let spread = (self.squares / self.count.max(1) as f64).sqrt();
        let spreads = if number.abs() >= LEAST_WITH_FRACTION { 1.0 } else { 3.0 };
        let is_often = times >= OFTEN && self.count >= OFTEN;
        gap >= range.max(size / 2.0) || (is_often && gap >= (spreads * spread).max(size / 10.0))
    }
}

/// Whether a number is such a code: nines, or nines with another digit from 6 behind them, or one of these digits over and
/// over, with up to two digits behind the point (-99.9). Above zero two digits are due.
fn is_code(number: f64) -> bool {
    let size = number.abs();
    if ENDS_OF_TYPES.contains(&number) {
        return true;
    }
    if !(6.0..1e10).contains(&size) {
        return false;
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
    // Of 991 to 999 the surveys of ageing have 993, too.
    let least = if whole >= 990 { 3 } else { 6 };
    if last < least || (number > 0.0 && whole < 10) {
        return false;
    }
    let is_power = |mut number: u64| {
        while number.is_multiple_of(10) && number > 1 {
            number /= 10;
        }
        number == 1
    };
    // 99, 98, 997; 88, 777.
    is_power(whole - last + 10)
        || last >= 6 && (whole.is_multiple_of(last) && is_power(9 * (whole / last) + 1))
}

/// What is said of each.
pub(crate) fn warning(code: &MissingCode) -> String {
    let MissingCode { variable, number, count, cells, others: [low, high] } = code;
    let number = shortest_decimal(*number);
    let more = count.saturating_sub(cells.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let times = if *count == 1 { "1 cell".to_owned() } else { format!("{count} cells") };
    if code.others == [code.number; 2] {
        return format!(
            "`{variable}` is {number} in {times} ({}{more}), and no other number: if that stands for a missing value, write `missing: \
             [\"{number}\"]` at its column in vintage.yaml; if it is right, a `range` that has it",
            cells.join(", ")
        );
    }
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

    /// Numbers that are all of one kind, so many of each.
    fn column(parts: &[(f64, usize)]) -> Vec<f64> {
        parts.iter().flat_map(|(number, times)| std::iter::repeat_n(*number, *times)).collect()
    }

    /// `from` to `to` in steps.
    fn steps(from: f64, to: f64, step: f64) -> Vec<f64> {
        let count = ((to - from) / step).round() as usize;
        (0..=count).map(|at| ((from + step * at as f64) * 1000.0).round() / 1000.0).collect()
    }

    #[test]
    fn columns_of_real_numbers_have_no_codes() {
        let with = |mut numbers: Vec<f64>, more: &[(f64, usize)]| {
            numbers.extend(column(more));
            numbers
        };
        for (what, numbers) in [
            ("a cold month", with(steps(-8.6, -7.2, 0.1), &[(-9.0, 3)])),
            ("a winter", with(steps(-12.4, 3.1, 0.3), &[(-9.0, 4), (-8.0, 2), (-7.0, 3)])),
            ("whole degrees", with(steps(-6.0, 31.0, 1.0), &[(-7.0, 2), (-8.0, 1), (-9.0, 2)])),
            ("mild winters", with(steps(0.0, 31.0, 1.0), &[(-1.0, 4), (-2.0, 2), (-3.0, 3), (-6.0, 2)])),
            ("frost", with(steps(0.0, 24.0, 1.0), &[(-1.0, 4), (-2.0, 2)])),
            ("growth", with(steps(-3.2, 8.5, 0.4), &[(-9.0, 2)])),
            ("a crisis", with(steps(-14.7, 6.3, 0.7), &[(-9.0, 1), (-8.0, 2), (-66.6, 1)])),
            ("z scores", steps(-3.4, 3.1, 0.13)),
            ("z scores with an outlier", with(steps(-3.4, 3.1, 0.13), &[(-6.0, 1)])),
            ("ages", with(steps(18.0, 96.0, 1.0), &[(97.0, 3), (98.0, 2), (99.0, 4)])),
            ("ages of many", with(steps(0.0, 94.0, 1.0), &[(98.0, 2), (99.0, 3)])),
            ("literacy", with(steps(58.2, 97.6, 0.9), &[(99.0, 25)])),
            ("most have it", with(vec![96.5, 97.25, 95.0], &[(99.0, 9), (98.0, 4)])),
            ("none has it", with(vec![0.0], &[(99.0, 9)])),
            ("prices", with(steps(0.5, 120.0, 3.0), &[(99.0, 8), (9.0, 3), (99.99, 5)])),
            ("shop prices", with(steps(100.0, 950.0, 25.0), &[(999.0, 4)])),
            ("votes", column(&[(-1.0, 40), (0.0, 12), (1.0, 60)])),
            ("changes of rank", with(steps(0.0, 12.0, 1.0), &[(-1.0, 5), (-2.0, 3), (-3.0, 1)])),
            ("longitudes", steps(-99.0, 20.0, 7.0)),
            ("profits", with(steps(-250.0, 900.0, 35.0), &[(-99.0, 2), (-9.0, 2), (-88.0, 1)])),
            ("years", steps(1990.0, 2020.0, 1.0)),
            ("pressures", with(steps(990.0, 1025.0, 2.5), &[(999.0, 4), (998.0, 3)])),
            ("hours", column(&[(40.0, 900), (38.0, 50), (35.0, 20), (80.0, 3), (60.0, 9), (99.0, 2)])),
        ] {
            assert_eq!(doubtful(&numbers, None), [], "{what}");
        }
    }

    #[test]
    fn codes_of_surveys_and_programs_are_doubtful() {
        let with = |mut numbers: Vec<f64>, more: &[(f64, usize)]| {
            numbers.extend(column(more));
            numbers
        };
        let scale = || column(&[(1.0, 9), (2.0, 20), (3.0, 14), (4.0, 6), (5.0, 3)]);
        let many = || steps(0.0, 400.0, 25.0);
        for (what, numbers, codes) in [
            (
                "CFPS",
                with(scale(), &[(-1.0, 4), (-2.0, 3), (-8.0, 30), (-9.0, 2)]),
                vec![-1.0, -2.0, -8.0, -9.0],
            ),
            ("CFPS, one of each", with(scale(), &[(-1.0, 1), (-8.0, 1)]), vec![-1.0, -8.0]),
            ("CFPS, income", with(many(), &[(-1.0, 4), (-2.0, 2)]), vec![-1.0, -2.0]),
            ("SOEP", with(many(), &[(-2.0, 4), (-8.0, 50)]), vec![-2.0, -8.0]),
            (
                "ESS",
                with(scale(), &[(66.0, 4), (77.0, 2), (88.0, 9), (99.0, 1)]),
                vec![66.0, 77.0, 88.0, 99.0],
            ),
            (
                "ESS, hours",
                with(steps(0.0, 80.0, 5.0), &[(666.0, 9), (777.0, 1), (888.0, 4)]),
                vec![666.0, 777.0, 888.0],
            ),
            ("PISA", with(scale(), &[(97.0, 30), (98.0, 2), (99.0, 7)]), vec![97.0, 98.0, 99.0]),
            ("PISA, weights", with(steps(3.5, 61.0, 1.5), &[(997.0, 2), (999.0, 5)]), vec![997.0, 999.0]),
            ("CHARLS", with(steps(120.0, 190.0, 2.5), &[(993.0, 3), (999.0, 4)]), vec![993.0, 999.0]),
            ("CHARLS, spending", with(many(), &[(9999.0, 3)]), vec![9999.0]),
            ("ages", with(steps(18.0, 79.0, 1.0), &[(99.0, 14)]), vec![99.0]),
            ("rain", with(steps(0.0, 40.5, 1.5), &[(-9.0, 12)]), vec![-9.0]),
            ("temperatures", with(steps(-40.0, 35.0, 2.5), &[(-99.0, 40)]), vec![-99.0]),
            ("temperatures, tenths", with(steps(-12.3, 31.4, 2.3), &[(-99.9, 1)]), vec![-99.9]),
            ("z scores", with(steps(-2.5, 2.5, 0.2), &[(-9.0, 5)]), vec![-9.0]),
            ("growth", with(steps(-4.0, 9.0, 0.5), &[(-999.0, 1)]), vec![-999.0]),
            ("in most cells", with(scale(), &[(-9.0, 400)]), vec![-9.0]),
            ("nines in most cells", with(scale(), &[(99.0, 400)]), vec![99.0]),
            ("in most cells of temperatures", with(steps(-12.0, 30.0, 3.0), &[(-999.0, 400)]), vec![-999.0]),
            ("in all cells", column(&[(-999.0, 12)]), vec![-999.0]),
            (
                "Stata's double",
                with(scale(), &[(8.988_465_674_311_58e307, 2)]),
                vec![8.988_465_674_311_58e307],
            ),
            ("Stata's int", with(scale(), &[(32_741.0, 2)]), vec![32_741.0]),
            ("SPSS", with(many(), &[(f64::MIN, 1)]), vec![f64::MIN]),
        ] {
            let found: Vec<f64> = doubtful(&numbers, None).into_iter().map(|(number, _)| number).collect();
            assert_eq!(found, codes, "{what}");
        }
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
