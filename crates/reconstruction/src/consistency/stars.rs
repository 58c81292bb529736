//! What stars say of a statistic, and what they can't say together.
//!
//! A t statistic is that of a partial correlation: t^2 = d r^2/(1 - r^2) with d degrees of freedom, and r is the same whichever of its two
//! variables is the dependent one, given the same others.

use super::combination::Row;
use super::conflict::{Argument, StatisticRange};
use super::interval::Interval;
use vintner_estimation::quantiles::student_t_two_sided_quantile;

/// A row with its stars.
#[derive(Debug, Clone)]
pub(super) struct StarredRow {
    pub(super) row: Row,
    pub(super) stars: Vec<usize>,
    pub(super) df: f64,
}

impl StarredRow {
    /// The |t| that a regressor's stars allow.
    fn range(&self, regressor: usize, levels: &[f64]) -> StatisticRange {
        let stars = self.stars[regressor];
        let critical = |level: f64| student_t_two_sided_quantile(level, self.df);
        StatisticRange {
            least: stars.checked_sub(1).and_then(|at| levels.get(at)).map_or(0.0, |level| critical(*level)),
            most: levels.get(stars).map(|level| critical(*level)),
        }
    }

    fn place(&self, variable: usize) -> Option<usize> {
        self.row.regressors.iter().position(|own| *own == variable)
    }

    fn variables(&self) -> Vec<usize> {
        let mut all = self.row.regressors.clone();
        all.push(self.row.dependent);
        all.sort_unstable();
        all
    }
}

/// What contradicts between two equations that explain one another's dependent variable: the places of the
/// regressors, and why.
pub(super) fn contradiction(
    first: &StarredRow,
    second: &StarredRow,
    levels: &[f64],
    classical: bool,
) -> Option<([Vec<usize>; 2], Argument)> {
    let (one, other) = (first.place(second.row.dependent)?, second.place(first.row.dependent)?);
    if first.variables() == second.variables() {
        return classical.then(|| same_variables(first, second, (one, other), levels)).flatten();
    }
    if !classical {
        return None;
    }
    if let Some(extra) = only_extra(first, second) {
        let extra = second.place(extra)?;
        return nested(first, second, (one, other, extra), levels)
            .map(|argument| ([vec![one], vec![other, extra]], argument));
    }
    let extra = first.place(only_extra(second, first)?)?;
    nested(second, first, (other, one, extra), levels)
        .map(|argument| ([vec![one, extra], vec![other]], argument))
}

/// The one variable that `wide` has beyond `narrow`, where there is exactly one.
fn only_extra(narrow: &StarredRow, wide: &StarredRow) -> Option<usize> {
    let (own, all) = (narrow.variables(), wide.variables());
    let mut beyond = all.iter().filter(|variable| !own.contains(variable));
    let extra = beyond.next()?;
    let nested = own.iter().all(|variable| all.contains(variable));
    (nested && beyond.next().is_none()).then_some(*extra)
}

/// With the same variables both statistics are of one partial correlation, whose square is the product of the coefficients.
fn same_variables(
    first: &StarredRow,
    second: &StarredRow,
    (one, other): (usize, usize),
    levels: &[f64],
) -> Option<([Vec<usize>; 2], Argument)> {
    let places = [vec![one], vec![other]];
    let (left, right) = (first.range(one, levels), second.range(other, levels));
    let apart = |low: &StatisticRange, high: &StatisticRange| low.most.is_some_and(|most| most <= high.least);
    if apart(&left, &right) || apart(&right, &left) {
        return Some((places, Argument::StarsOfOneStatistic { statistics: [left, right] }));
    }
    let product = first.row.coefficients[one] * second.row.coefficients[other];
    let square = |t: f64| t * t / (t * t + first.df);
    let (least, most) = (left.least.max(right.least), smaller(left.most, right.most));
    let beyond = product.high < square(least) * (1.0 - SLACK)
        || most.is_some_and(|most| product.low > square(most) * (1.0 + SLACK));
    beyond.then(|| {
        let argument = Argument::ProductAgainstStars {
            product: [product.low, product.high],
            r2: [square(least), most.map_or(1.0, square)],
        };
        (places, argument)
    })
}

/// Far more than the rounding of a quantile.
const SLACK: f64 = 1e-9;

fn smaller(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Leaving a regressor p out can't turn the sign of one whose statistic is larger (Leamer 1975, Annals of Statistics 3, 1335-1347), nor make it
/// arbitrarily small: with a and b the partial correlations of y and of p with x in the wide equation,
/// r^2 >= (a^2 - b^2)/(1 - b^2) in the narrow one, so that t^2 >= (d + 1)(t_y^2 - t_p^2)/(t_p^2 + d).
fn nested(
    narrow: &StarredRow,
    wide: &StarredRow,
    (in_narrow, in_wide, extra): (usize, usize, usize),
    levels: &[f64],
) -> Option<Argument> {
    let kept = wide.range(in_wide, levels);
    let left_out = wide.range(extra, levels);
    let most = left_out.most?;
    if kept.least < most {
        return None;
    }
    let sign = |coefficient: Interval| coefficient.sign();
    let signs = [sign(narrow.row.coefficients[in_narrow]), sign(wide.row.coefficients[in_wide])];
    if signs[0] * signs[1] < 0 {
        return Some(Argument::SignTurned { kept, left_out });
    }
    let range = narrow.range(in_narrow, levels);
    let least = (narrow.df * (kept.least.powi(2) - most.powi(2)) / (most.powi(2) + wide.df)).sqrt();
    (range.most? <= least * (1.0 - SLACK)).then_some(Argument::StrengthLost {
        kept,
        left_out,
        least,
        statistic: range,
    })
}
