//! Tests for random effects and serial correlation that allow for the other.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::auxiliary::{plain, several, squares};
use super::series::{RowBefore, successive};
use crate::inference::{HypothesisTest, Tail};
use crate::models::Model;
use crate::outcome::Reason;
use crate::sample::{Rows, Sample};

/// What is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BeraSosaYoon {
    /// Serial correlation, allowing for random effects: plm's `ar`.
    #[default]
    SerialCorrelation,
    /// Random effects, allowing for serial correlation, one-sided: plm's `re`.
    RandomEffects,
    /// Random effects, two-sided: plm's `re` with `re.normal = FALSE`.
    RandomEffectsTwoSided,
    /// Both (Baltagi and Li 1991): plm's `j`.
    Joint,
}

/// Which number of entities enters the formulas for unbalanced panels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CrossSectionSize {
    /// All entities (Sosa-Escudero and Bera 2008): n - N pairs of rows that follow one another, and fewer where
    /// there are gaps.
    #[default]
    Entities,
    /// The most entities at any one time: plm.
    Largest,
}

/// Over which rows the squares in B are summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LagSquares {
    /// Those that have a row before: plm, Stata's `xttest1`.
    #[default]
    LaterRows,
    /// All: the score of Baltagi and Li (1991), SAS's `PROC PANEL`.
    AllRows,
}

/// Options of [`bera_sosa_yoon`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BeraSosaYoonOptions {
    /// What the row before is.
    pub lag: RowBefore,
    /// How entities are counted.
    pub size: CrossSectionSize,
    /// What B is divided by.
    pub squares: LagSquares,
}

/// Bera, Sosa-Escudero and Yoon (2001, Journal of Econometrics 101), for unbalanced panels Sosa-Escudero and Bera
/// (2008, Stata Journal 8), on the residuals of pooled OLS. Stata's `xttest1`, which refuses gaps, and plm's
/// `pbsytest`, which counts the entities as [`CrossSectionSize::Largest`] and lags by row; both are the same on panels
/// without gaps in which some time has all entities.
///
/// With A = 1 - sum_i (sum_t e_it)^2/e'e, B = sum e_it e_i,t-1 / sum e_it^2, m pairs of rows that follow one another
/// (n - N without gaps), d = sum T_i^2 - n and c = d - 2m: serial correlation (B + A m/d)^2 d n^2/(m c); random effects
/// -(A + 2B) n/sqrt(2c); both n^2 ((A + 2B)^2/(2c) + B^2/m).
///
/// These are scores over their standard deviations if the squares in B are those of all rows. The programs leave out
/// first rows, which makes B larger by the factor T/(T - 1), so that in short panels the tests of serial correlation
/// reject too often: [`LagSquares`] has the choice.
///
/// # Errors
/// Where pooled OLS can't be estimated or fits perfectly, there is only one entity, or none has three rows.
pub fn bera_sosa_yoon(
    sample: &Sample,
    what: BeraSosaYoon,
    options: BeraSosaYoonOptions,
) -> Result<HypothesisTest, Reason> {
    plain(sample)?;
    let pooled = Model::Ols.estimate(sample)?;
    if pooled.is_perfect() {
        return Err(Reason::PerfectFit);
    }
    let residuals = pooled.residuals();
    let rows = Rows::of(sample);
    let factor = rows.by_entity();
    several(factor.levels(), false)?;
    let sums = factor.sums(residuals.iter().copied());
    let a = 1.0 - squares(&sums) / squares(residuals);
    let pairs = successive(sample.groups(), sample.times(), options.lag).concat();
    let (mut products, mut later) = (0.0, 0.0);
    for (row, before) in &pairs {
        products += residuals[*row] * residuals[*before];
        later += residuals[*row].powi(2);
    }
    let n = residuals.len() as f64;
    let followed = match options.size {
        CrossSectionSize::Entities => pairs.len() as f64,
        CrossSectionSize::Largest => {
            n - rows.by_time().counts().iter().fold(0.0, |most, count| count.max(most))
        }
    };
    let excess = squares(factor.counts()) - n;
    let spread = excess - 2.0 * followed;
    if later == 0.0 || pairs.is_empty() {
        return Err(Reason::NoSuccessiveRows);
    }
    if spread <= 0.0 {
        return Err(Reason::TooFew { count: 2, of: "rows of any entity".into(), needed: 3 });
    }
    let b = match options.squares {
        LagSquares::LaterRows => products / later,
        LagSquares::AllRows => products / squares(residuals),
    };
    let locally = |what: &str| format!("Bera-Sosa-Escudero-Yoon test ({what})");
    match what {
        BeraSosaYoon::SerialCorrelation => {
            let statistic = (b + followed / excess * a).powi(2) * excess * n * n / (followed * spread);
            let null = "the errors aren't serially correlated, whether or not there are random effects";
            HypothesisTest::chi_squared(locally("serial correlation"), null, statistic, 1.0)
        }
        BeraSosaYoon::RandomEffects => {
            let statistic = -(n * n / (2.0 * spread)).sqrt() * (a + 2.0 * b);
            let null = "there are no random effects, whether or not errors are serially correlated";
            HypothesisTest::normal(locally("random effects"), null, statistic, Tail::Upper)
        }
        BeraSosaYoon::RandomEffectsTwoSided => {
            let statistic = n * n * (a + 2.0 * b).powi(2) / (2.0 * spread);
            let null = "there are no random effects, whether or not errors are serially correlated";
            HypothesisTest::chi_squared(locally("random effects, two-sided"), null, statistic, 1.0)
        }
        BeraSosaYoon::Joint => {
            let statistic = n * n * ((a + 2.0 * b).powi(2) / (2.0 * spread) + b * b / followed);
            let null = "there is neither serial correlation nor a random effect";
            HypothesisTest::chi_squared("Baltagi-Li joint test", null, statistic, 2.0)
        }
    }
}
