//! MacKinnon's (1996) response surfaces, read from a file that the user makes.
//!
//! The tables may not be incorporated into a program without their author's consent, so that this project doesn't hold
//! them. docs/methods/unit_roots.md has the R script that writes the file from an installation of urca.

use std::str::FromStr;
use std::sync::Arc;

use super::super::deterministic::Deterministic;
use crate::outcome::EstimationError;

/// The first line of the file.
const HEADER: [&str; 8] = ["terms", "probability", "normal_quantile", "b0", "b1", "b2", "b3", "std_error"];

/// Fewer rows than the local regression takes in make no table.
const FEWEST: usize = 9;

/// One probability's quantile as a cubic in 1/n.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SurfacePoint {
    pub(super) probability: f64,
    pub(super) normal_quantile: f64,
    pub(super) cubic: [f64; 4],
    pub(super) std_error: f64,
}

/// MacKinnon's (1996) response surfaces of the quantiles of the Dickey-Fuller t statistic: without deterministic terms,
/// with an intercept, with a trend.
#[derive(Debug, Clone, PartialEq)]
pub struct MackinnonTables {
    surfaces: [Vec<SurfacePoint>; 3],
}

// No number in them is NaN: what isn't finite is refused in reading.
impl Eq for MackinnonTables {}

/// The tables may be given or not; without them the p-values that need them are refused with
/// [`Reason::NeedsTables`](crate::Reason::NeedsTables).
pub type GivenTables = Option<Arc<MackinnonTables>>;

fn place(deterministic: Deterministic) -> usize {
    match deterministic {
        Deterministic::None => 0,
        Deterministic::Intercept => 1,
        Deterministic::Trend => 2,
    }
}

fn fault(line: usize, column: usize, message: impl Into<String>) -> EstimationError {
    EstimationError::MackinnonTables { line, column, message: message.into() }
}

/// The fields of a line with the columns, counted in characters from 1, where they begin.
fn fields(line: &str) -> Vec<(usize, &str)> {
    let mut column = 1;
    line.split(',')
        .map(|field| {
            let at = column + field.chars().take_while(|character| character.is_whitespace()).count();
            column += field.chars().count() + 1;
            (at, field.trim())
        })
        .collect()
}

impl MackinnonTables {
    /// Reads the tables: comma-separated values with the header
    /// `terms,probability,normal_quantile,b0,b1,b2,b3,std_error`, where `terms` is `none`, `intercept` or `trend`, the
    /// quantile at that probability of a regression with n rows is b0 + b1/n + b2/n^2 + b3/n^3, and `std_error` is the
    /// quantile's own. Rows stand in order of probability within each of the three, at least nine in each; empty
    /// lines and lines that begin with `#` are passed over.
    ///
    /// # Errors
    /// [`EstimationError::MackinnonTables`] with the line and the column of the first fault.
    pub fn parse(text: &str) -> Result<Self, EstimationError> {
        // Spreadsheets like to put a byte order mark before the first column.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut surfaces: [Vec<SurfacePoint>; 3] = Default::default();
        let mut header = false;
        let mut last = 0;
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            last = number;
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            let fields = fields(line);
            if !header {
                let named: Vec<&str> = fields.iter().map(|(_, field)| *field).collect();
                if named != HEADER {
                    return Err(fault(number, 1, format!("the header isn't `{}`", HEADER.join(","))));
                }
                header = true;
                continue;
            }
            if fields.len() != HEADER.len() {
                let message = format!("{} fields where there should be {}", fields.len(), HEADER.len());
                return Err(fault(number, 1, message));
            }
            let surface = match fields[0].1 {
                "none" => 0,
                "intercept" => 1,
                "trend" => 2,
                other => {
                    let message = format!("`{other}` is neither `none` nor `intercept` nor `trend`");
                    return Err(fault(number, fields[0].0, message));
                }
            };
            let mut numbers = [0.0; 7];
            for (value, (column, field)) in numbers.iter_mut().zip(&fields[1..]) {
                *value = f64::from_str(field)
                    .ok()
                    .filter(|value| value.is_finite())
                    .ok_or_else(|| fault(number, *column, format!("`{field}` isn't a number")))?;
            }
            let [probability, normal_quantile, b0, b1, b2, b3, std_error] = numbers;
            let rows = &mut surfaces[surface];
            let before = rows.last().map_or(0.0, |row: &SurfacePoint| row.probability);
            if probability >= 1.0 || probability <= before {
                let message = format!("{probability} doesn't lie between {before}, the one before, and 1");
                return Err(fault(number, fields[1].0, message));
            }
            if std_error <= 0.0 {
                return Err(fault(number, fields[7].0, format!("a standard error of {std_error}")));
            }
            rows.push(SurfacePoint { probability, normal_quantile, cubic: [b0, b1, b2, b3], std_error });
        }
        if !header {
            return Err(fault(last.max(1), 1, format!("no header `{}`", HEADER.join(","))));
        }
        for (name, rows) in ["none", "intercept", "trend"].iter().zip(&surfaces) {
            if rows.len() < FEWEST {
                let message = format!("{} rows for `{name}`, of which {FEWEST} are needed", rows.len());
                return Err(fault(last, 1, message));
            }
        }
        Ok(Self { surfaces })
    }

    pub(super) fn surface(&self, deterministic: Deterministic) -> &[SurfacePoint] {
        &self.surfaces[place(deterministic)]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::p_values::PValues;
    use super::*;
    use crate::numerics::normal_lower;
    use crate::numerics::normal_quantile;

    /// A table of our own, in which the statistic is a normal one with mean -1 and, in n, 1/n more.
    pub(crate) fn normal_table() -> String {
        let mut text = format!("# made up\n{}\n", HEADER.join(","));
        for terms in ["none", "intercept", "trend"] {
            for step in 1..100 {
                let probability = f64::from(step) / 100.0;
                let quantile = normal_quantile(probability);
                text += &format!("{terms},{probability},{quantile},{},1,0,0,0.001\n", quantile - 1.0);
            }
        }
        text
    }

    #[test]
    fn p_values_of_a_normal_table_are_the_normals() {
        let tables = Arc::new(MackinnonTables::parse(&normal_table()).unwrap());
        for step in -12..4 {
            let t = f64::from(step) / 4.0 + 0.03;
            let asymptotic =
                PValues::Mackinnon1996.p_value(t, Deterministic::Trend, 20, Some(&tables)).unwrap();
            assert!((asymptotic - normal_lower(t + 1.0)).abs() < 1e-7, "{t}: {asymptotic}");
            let finite =
                PValues::Mackinnon1996Finite.p_value(t, Deterministic::None, 20, Some(&tables)).unwrap();
            assert!((finite - normal_lower(t + 0.95)).abs() < 1e-7, "{t}: {finite}");
        }
        assert_eq!(
            PValues::Mackinnon1996.p_value(-2.0, Deterministic::Trend, 20, None),
            Err(crate::outcome::Reason::NeedsTables)
        );
    }

    #[test]
    fn faults_stand_at_their_place() {
        let place = |text: &str| match MackinnonTables::parse(text) {
            Err(EstimationError::MackinnonTables { line, column, .. }) => (line, column),
            other => (usize::from(other.is_ok()), 0),
        };
        let good = normal_table();
        assert_eq!(place(&good), (1, 0));
        assert_eq!(place(&format!("\u{feff}{}", good.replace('\n', "\r\n"))), (1, 0));
        assert_eq!(place(""), (1, 1));
        assert_eq!(place("a,b\n"), (1, 1));
        assert_eq!(place(&good.replacen("none,0.02,", "some,0.02,", 1)), (4, 1));
        assert_eq!(place(&good.replacen("none,0.02,", "none,0.0O2,", 1)), (4, 6));
        assert_eq!(place(&good.replacen("none,0.02,", "none, NaN,", 1)), (4, 7));
        assert_eq!(place(&good.replacen("none,0.02,", "none,0.01,", 1)), (4, 6));
        assert_eq!(place(&good.replacen("none,0.02,", "none,", 1)), (4, 1));
        assert_eq!(place(&good.replacen(",0.001\n", ",0\n", 1)).0, 3);
        let short: String = good.lines().take(150).map(|line| format!("{line}\n")).collect();
        assert_eq!(place(&short), (150, 1));
    }
}
