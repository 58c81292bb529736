//! The statement of a reconstruction: published tables and prior knowledge.

use crate::error::ReconstructionError;
use faer::Mat;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// One published coefficient: its printed value, the decimals it was printed with, its stars.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedCoefficient {
    /// The value as printed.
    pub value: f64,
    /// Digits printed after the decimal point; `0.350` has three.
    pub decimals: usize,
    /// Number of asterisks.
    pub stars: usize,
}

impl PublishedCoefficient {
    /// Reads a printed number such as `-0.350` together with its asterisks.
    ///
    /// # Errors
    /// When the text is not a plain decimal number.
    pub fn parse(printed: &str, stars: usize) -> Result<Self, ReconstructionError> {
        let text = printed.trim();
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        let plain = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
        match value {
            Some(value) if plain => {
                let decimals = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
                Ok(Self { value, decimals, stars })
            }
            _ => Err(ReconstructionError::Invalid {
                what: format!("published coefficient {printed:?}"),
                reason: "not a plain decimal number such as -0.350".to_owned(),
            }),
        }
    }

    /// Whether an estimate shows the printed digits when rounded to as many decimals.
    pub fn agrees_with(&self, estimate: f64) -> bool {
        let rounded = format!("{:.*}", self.decimals, estimate);
        let printed = format!("{:.*}", self.decimals, self.value);
        let unsigned_zero = |text: &str| text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.'));
        rounded == printed || (unsigned_zero(&rounded) && unsigned_zero(&printed))
    }
}

/// A published equation: one row of coefficients per unit and a pooled row.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedEquation {
    /// Index of the dependent variable.
    pub dependent: usize,
    /// Indices of the regressors, in the order of the rows' coefficients.
    pub regressors: Vec<usize>,
    /// One row per unit: ordinary least squares with an intercept.
    pub unit_rows: Vec<Vec<PublishedCoefficient>>,
    /// The pooled row: the within (one-way fixed effects) estimator.
    pub pooled_row: Vec<PublishedCoefficient>,
}

/// Everything that is known: the tables, the panel's shape and the prior.
#[derive(Debug, Clone)]
pub struct ReconstructionProblem {
    /// Names of the k variables.
    pub variables: Vec<String>,
    /// Names of the N units.
    pub units: Vec<String>,
    /// Periods T of the balanced panel.
    pub periods: usize,
    /// The published equations.
    pub equations: Vec<PublishedEquation>,
    /// Significance levels of one, two, ... stars, falling: 0.10, 0.05, 0.01.
    pub star_levels: Vec<f64>,
    /// Prior k x k cross-product matrix of the demeaned variables, one per unit.
    pub priors: Vec<Mat<f64>>,
}

impl ReconstructionProblem {
    /// Checks the lists, and that there is one matrix of paths for each unit.
    ///
    /// # Errors
    /// As [`ReconstructionProblem::validate_lists`], and [`ReconstructionError::Length`].
    pub(crate) fn validate_with(&self, paths: &[Mat<f64>]) -> Result<(), ReconstructionError> {
        self.validate_lists()?;
        if paths.len() == self.units.len() {
            return Ok(());
        }
        Err(ReconstructionError::Length {
            what: "the list of paths".to_owned(),
            expected: self.units.len(),
            found: paths.len(),
        })
    }

    /// Checks that all lists fit one another, the levels fall, and that the values as printed can have their stars.
    ///
    /// # Errors
    /// The first list or number that does not fit.
    pub fn validate(&self) -> Result<(), ReconstructionError> {
        self.validate_lists()?;
        for equation in &self.equations {
            for row in equation.unit_rows.iter().chain([&equation.pooled_row]) {
                // A coefficient of zero has a t statistic of exactly zero.
                if row.iter().any(|coefficient| coefficient.stars > 0 && coefficient.value == 0.0) {
                    return Err(ReconstructionError::Invalid {
                        what: format!("a row of equation {}", self.variables[equation.dependent]),
                        reason: "has stars on a coefficient of zero".into(),
                    });
                }
            }
        }
        Ok(())
    }

    /// Checks that all lists fit one another and the levels fall.
    ///
    /// # Errors
    /// The first list or number that does not fit.
    pub fn validate_lists(&self) -> Result<(), ReconstructionError> {
        let length = |what: String, expected: usize, found: usize| {
            if expected == found {
                Ok(())
            } else {
                Err(ReconstructionError::Length { what, expected, found })
            }
        };
        let invalid =
            |what: String, reason: &str| ReconstructionError::Invalid { what, reason: reason.to_owned() };
        let order = self.variables.len();
        if order == 0 || self.units.is_empty() || self.equations.is_empty() {
            return Err(invalid(
                "the problem".into(),
                "needs at least one variable, one unit and one equation",
            ));
        }
        length("the list of priors".into(), self.units.len(), self.priors.len())?;
        for (unit, prior) in self.units.iter().zip(&self.priors) {
            length(format!("the prior of {unit} (rows)"), order, prior.nrows())?;
            length(format!("the prior of {unit} (columns)"), order, prior.ncols())?;
        }
        let levels_fall = self.star_levels.windows(2).all(|pair| pair[0] > pair[1]);
        if !levels_fall || self.star_levels.iter().any(|level| !(*level > 0.0 && *level < 1.0)) {
            return Err(invalid(
                "star levels".into(),
                "must fall and lie between 0 and 1, as 0.10, 0.05, 0.01",
            ));
        }
        for equation in &self.equations {
            let mut members = equation.regressors.clone();
            members.push(equation.dependent);
            if members.iter().any(|member| *member >= order) {
                return Err(invalid("an equation".into(), "names a variable that is not in the list"));
            }
            let dependent = self.variables[equation.dependent].clone();
            members.sort_unstable();
            members.dedup();
            length(
                format!("the set of variables of equation {dependent}"),
                equation.regressors.len() + 1,
                members.len(),
            )?;
            if self.periods < equation.regressors.len() + 2 {
                return Err(ReconstructionError::NoDegreesOfFreedom {
                    dependent,
                    regressors: equation.regressors.len(),
                    observations: self.periods,
                });
            }
            length(
                format!("the unit rows of equation {dependent}"),
                self.units.len(),
                equation.unit_rows.len(),
            )?;
            for row in equation.unit_rows.iter().chain([&equation.pooled_row]) {
                length(format!("a row of equation {dependent}"), equation.regressors.len(), row.len())?;
                if row.iter().any(|coefficient| coefficient.stars > self.star_levels.len()) {
                    return Err(invalid(
                        format!("a row of equation {dependent}"),
                        "has more stars than there are levels",
                    ));
                }
            }
        }
        Ok(())
    }

    /// Residual degrees of freedom of an equation in one unit, T - 1 - regressors.
    pub fn unit_degrees_of_freedom(&self, equation: &PublishedEquation) -> f64 {
        self.periods as f64 - 1.0 - equation.regressors.len() as f64
    }

    /// Residual degrees of freedom of the pooled row, NT - N - regressors.
    pub fn pooled_degrees_of_freedom(&self, equation: &PublishedEquation) -> f64 {
        (self.units.len() * (self.periods - 1)) as f64 - equation.regressors.len() as f64
    }
}

/// Two-sided critical value of Student's t at a significance level.
///
/// # Errors
/// When the degrees of freedom or the level are not positive.
pub fn critical_value(degrees_of_freedom: f64, level: f64) -> Result<f64, ReconstructionError> {
    let distribution =
        StudentsT::new(0.0, 1.0, degrees_of_freedom).map_err(|source| ReconstructionError::Invalid {
            what: format!("{degrees_of_freedom} degrees of freedom"),
            reason: source.to_string(),
        })?;
    Ok(distribution.inverse_cdf(1.0 - level / 2.0))
}

/// Two-sided p-value of a t statistic.
///
/// # Errors
/// When the degrees of freedom are not positive.
pub fn two_sided_p_value(statistic: f64, degrees_of_freedom: f64) -> Result<f64, ReconstructionError> {
    let distribution =
        StudentsT::new(0.0, 1.0, degrees_of_freedom).map_err(|source| ReconstructionError::Invalid {
            what: format!("{degrees_of_freedom} degrees of freedom"),
            reason: source.to_string(),
        })?;
    Ok(2.0 * distribution.sf(statistic.abs()))
}

/// The row of an equation's table for a unit; none is the pooled one.
pub(crate) fn published(equation: &PublishedEquation, unit: Option<usize>) -> &[PublishedCoefficient] {
    match unit {
        Some(unit) => &equation.unit_rows[unit],
        None => &equation.pooled_row,
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn printed_decimals_are_kept() {
        let coefficient = PublishedCoefficient::parse("0.350", 3).expect("a number");
        assert_eq!((coefficient.value, coefficient.decimals), (0.35, 3));
        assert!(coefficient.agrees_with(0.3502));
        assert!(!coefficient.agrees_with(0.3508));
        assert!(PublishedCoefficient::parse("-0.5", 0).expect("a number").agrees_with(-0.52));
        assert!(PublishedCoefficient::parse("0.000", 0).expect("a number").agrees_with(-0.0001));
        assert!(PublishedCoefficient::parse("NaN", 0).is_err());
        assert!(PublishedCoefficient::parse("1e3", 0).is_err());
    }

    #[test]
    fn critical_values_are_those_of_the_tables() {
        assert!((critical_value(7.0, 0.05).expect("a value") - 2.364_624_251_59).abs() < 1e-8);
        assert!((two_sided_p_value(2.364_624_251_59, 7.0).expect("a value") - 0.05).abs() < 1e-9);
    }
}
