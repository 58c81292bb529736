//! The covariance under errors that are correlated between entities at a time, in the same way at every time.

use faer::Mat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::covariance_matrix::CovarianceMatrix;
use super::ingredients::{Ingredients, time_codes, too_large};
use super::leverage::Leverage;
use super::residual_type::ResidualType;
use super::sandwich::{around, sizes_around};
use super::small_sample::SmallSample;
use super::test_distribution::TestDistribution;
use crate::outcome::Reason;

/// What shares one covariance of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PanelCorrectedBy {
    /// Times: errors of different entities are correlated. Beck and Katz's, plm's `cluster = "time"`.
    #[default]
    Time,
    /// Entities: errors of different times are correlated. plm's `cluster = "group"`, its default.
    Entity,
}

/// V = c B (sum over times t of X_t' S X_t) B with S_ij the mean of u_it u_jt over times (Beck and Katz 1995,
/// American Political Science Review 89, eq. 8): panel-corrected standard errors.
///
/// plm's `vcovBK(cluster = "time")`, sandwich's `vcovPC`, Stata's `xtpcse`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PanelCorrectedCovariance {
    /// What shares S.
    pub by: PanelCorrectedBy,
    /// Whether errors of different entities are taken to be uncorrelated.
    pub diagonal: bool,
    /// Whether S_ij is taken over the times that both have (plm, sandwich's and Stata's `pairwise`; Bailey and
    /// Katz 2011), or S over the times that all have (Stata's `casewise`, its default).
    pub pairwise: bool,
    /// How leverage is taken into account.
    #[serde(rename = "type")]
    pub residuals: ResidualType,
    /// What has leverage, and counts in `hc1`.
    pub leverage: Leverage,
    /// The factor c, for which what shares S is a cluster.
    pub small_sample: SmallSample,
    /// The distribution that tests refer to; t with the residual degrees of freedom by default.
    pub test: TestDistribution,
}

impl Default for PanelCorrectedCovariance {
    fn default() -> Self {
        Self {
            by: PanelCorrectedBy::default(),
            diagonal: false,
            pairwise: true,
            residuals: ResidualType::Hc0,
            leverage: Leverage::default(),
            small_sample: SmallSample::None,
            test: TestDistribution::Residual,
        }
    }
}

/// The covariance.
pub(super) fn matrix(
    options: &PanelCorrectedCovariance,
    ingredients: &Ingredients<'_>,
) -> Result<CovarianceMatrix, Reason> {
    let mut entities = vec![0; ingredients.residuals.len()];
    for (code, group) in ingredients.groups.iter().enumerate() {
        entities[group.clone()].fill(code);
    }
    let (times, periods) = time_codes(ingredients.times);
    let (occasions, units, count, size) = match options.by {
        PanelCorrectedBy::Time => (&times, &entities, periods, ingredients.groups.len()),
        PanelCorrectedBy::Entity => (&entities, &times, ingredients.groups.len(), periods),
    };
    if options.by == PanelCorrectedBy::Time && periods < 2 {
        return Err(Reason::TooFewPeriods { periods });
    }
    let unit = if options.by == PanelCorrectedBy::Time { "entities" } else { "times" };
    too_large(unit, size)?;
    let counts = ingredients.counts(count, &[]);
    let residuals = options.residuals.residuals(ingredients, &counts, options.leverage)?;
    let mut members = vec![Vec::new(); count];
    occasions.iter().enumerate().for_each(|(row, occasion)| members[*occasion].push(row));

    let mut sums: Mat<f64> = Mat::zeros(size, size);
    let mut shared: Mat<f64> = Mat::zeros(size, size);
    let counted = |rows: &&Vec<usize>| options.pairwise || rows.len() == size;
    for rows in members.iter().filter(counted) {
        for &row in rows {
            for &other in rows {
                if !options.diagonal || row == other {
                    sums[(units[row], units[other])] += residuals[row] * residuals[other];
                    shared[(units[row], units[other])] += 1.0;
                }
            }
        }
    }
    if !options.pairwise && members.iter().all(|rows| rows.len() < size) {
        return Err(Reason::NoCompletePeriod);
    }
    let errors =
        Mat::from_fn(
            size,
            size,
            |i, j| {
                if shared[(i, j)] > 0.0 { sums[(i, j)] / shared[(i, j)] } else { 0.0 }
            },
        );
    let order = ingredients.bread.nrows();
    let mut meat: Mat<f64> = Mat::zeros(order, order);
    let mut sizes: Mat<f64> = Mat::zeros(order, order);
    for rows in &members {
        let x = Mat::from_fn(rows.len(), order, |at, column| ingredients.regressors[(rows[at], column)]);
        let own = Mat::from_fn(rows.len(), rows.len(), |i, j| errors[(units[rows[i]], units[rows[j]])]);
        meat += x.transpose() * (&own * &x);
        let (x, own) = (absolute(&x), absolute(&own));
        sizes += x.transpose() * (&own * &x);
    }
    let factor = options.residuals.factor(&counts, options.leverage) * options.small_sample.of(&counts)?;
    Ok(CovarianceMatrix::new(around(ingredients.bread, &meat), factor)
        .tested(options.test, ingredients.df_residual(), Some(count))
        .summed_from(sizes_around(ingredients.bread, &sizes)))
}

fn absolute(matrix: &Mat<f64>) -> Mat<f64> {
    Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[(i, j)].abs())
}
