//! Tests for random effects and serial correlation that allow for the other.

use serde::{Deserialize, Serialize};

use super::auxiliary::{plain, several, squares};
use super::series::{RowBefore, successive};
use crate::rows::Rows;
use crate::{HypothesisTest, Model, Reason, Sample, Tail};

/// What is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrossSectionSize {
    /// All entities (Sosa-Escudero and Bera 2008).
    #[default]
    Entities,
    /// The most entities at any one time: plm.
    Largest,
}

/// Bera, Sosa-Escudero and Yoon (2001, Journal of Econometrics 101), for unbalanced panels Sosa-Escudero and Bera
/// (2008, Stata Journal 8), on the residuals of pooled OLS. plm's `pbsytest`, which counts the entities as
/// [`CrossSectionSize::Largest`] and lags by row; both are the same on panels without gaps in which some time has
/// all entities.
///
/// With A = 1 - sum_i (sum_t e_it)^2/e'e, B = sum e_it e_i,t-1 / sum e_it^2 (without first rows) and a = sum T_i^2:
/// serial correlation (B + A (n - N)/(a - n))^2 (a - n) n^2/((n - N)(a - 3n + 2N)); random effects
/// -(A + 2B) n/sqrt(2(a - 3n + 2N)); both n^2 ((A + 2B)^2/(2(a - 3n + 2N)) + B^2/(n - N)).
///
/// # Errors
/// Where pooled OLS can't be estimated or fits perfectly, there is only one entity, or none has three rows.
pub fn bera_sosa_yoon(
    sample: &Sample,
    what: BeraSosaYoon,
    lag: RowBefore,
    size: CrossSectionSize,
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
    let pairs = successive(sample.groups(), sample.times(), lag).concat();
    let (mut products, mut later) = (0.0, 0.0);
    for (row, before) in &pairs {
        products += residuals[*row] * residuals[*before];
        later += residuals[*row].powi(2);
    }
    let n = residuals.len() as f64;
    let entities = match size {
        CrossSectionSize::Entities => sample.groups().len() as f64,
        CrossSectionSize::Largest => rows.by_time().counts().iter().fold(0.0, |most, count| count.max(most)),
    };
    let lengths = squares(factor.counts());
    let spread = lengths - 3.0 * n + 2.0 * entities;
    if later == 0.0 || pairs.is_empty() {
        return Err(Reason::NoSuccessiveRows);
    }
    if spread <= 0.0 {
        return Err(Reason::TooFew { count: 2, of: "rows of any entity".into(), needed: 3 });
    }
    let b = products / later;
    let locally = |what: &str| format!("Bera-Sosa-Escudero-Yoon test ({what})");
    let free = n - entities;
    match what {
        BeraSosaYoon::SerialCorrelation => {
            let statistic = (b + free / (lengths - n) * a).powi(2) * (lengths - n) * n * n / (free * spread);
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
            let statistic = n * n * ((a + 2.0 * b).powi(2) / (2.0 * spread) + b * b / free);
            let null = "there is neither serial correlation nor a random effect";
            HypothesisTest::chi_squared("Baltagi-Li joint test", null, statistic, 2.0)
        }
    }
}
