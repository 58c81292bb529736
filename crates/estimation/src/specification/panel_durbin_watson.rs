//! Durbin-Watson statistics of the within residuals of a panel.

use super::auxiliary::plain;
use super::measure::Measure;
use crate::models::Model;
use crate::outcome::Reason;
use crate::sample::Sample;

/// Bhargava, Franzini and Narendranathan (1982), for panels with gaps as modified by Baltagi and Wu (1999): the sum
/// of squared differences of within residuals over their sum of squares, where a residual after a gap counts by
/// itself. plm's `pbnftest(test = "bnf")`. Its distribution is tabulated by the authors for few N and T; values
/// near 2 speak against serial correlation.
///
/// # Errors
/// Where the within model can't be estimated, or fits perfectly.
pub fn bhargava_franzini_narendranathan(sample: &Sample) -> Result<Measure, Reason> {
    plain(sample)?;
    let parts = Parts::new(sample)?;
    Measure::new(
        "Bhargava-Franzini-Narendranathan statistic",
        "near 2 without serial correlation, below 2 with a positive one",
        parts.differences,
    )
}

/// The locally best invariant statistic of Baltagi and Wu (1999, Econometric Theory 15): the former with the residuals
/// before gaps, the first and the last ones added. plm's `pbnftest(test = "lbi")`, Stata's `xtregar, lbi`.
///
/// # Errors
/// As [`bhargava_franzini_narendranathan`].
pub fn baltagi_wu(sample: &Sample) -> Result<Measure, Reason> {
    plain(sample)?;
    let parts = Parts::new(sample)?;
    Measure::new(
        "Baltagi-Wu LBI statistic",
        "near 2 without serial correlation, below 2 with a positive one",
        parts.differences + parts.before_gaps + parts.first + parts.last,
    )
}

/// Parts of the statistics, each over the sum of squares.
struct Parts {
    differences: f64,
    before_gaps: f64,
    first: f64,
    last: f64,
}

impl Parts {
    fn new(sample: &Sample) -> Result<Self, Reason> {
        let within = Model::Within.estimate(sample)?;
        if within.is_perfect() {
            return Err(Reason::PerfectFit);
        }
        let (sample, residuals) = (within.sample(), within.residuals());
        let mut parts = Self { differences: 0.0, before_gaps: 0.0, first: 0.0, last: 0.0 };
        for group in sample.groups() {
            for row in group.clone().skip(1) {
                let (before, now) = (residuals[row - 1], residuals[row]);
                if sample.times()[row - 1].checked_add(1) == Some(sample.times()[row]) {
                    parts.differences += (now - before).powi(2);
                } else {
                    parts.differences += now * now;
                    parts.before_gaps += before * before;
                }
            }
            parts.first += residuals[group.start].powi(2);
            parts.last += residuals[group.end - 1].powi(2);
        }
        let total = within.rss();
        for part in [&mut parts.differences, &mut parts.before_gaps, &mut parts.first, &mut parts.last] {
            *part /= total;
        }
        Ok(parts)
    }
}
