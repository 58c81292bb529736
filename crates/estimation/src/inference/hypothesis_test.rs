//! What every test of a hypothesis comes to.

use serde::{Deserialize, Serialize};

use crate::numerics::{
    chi_squared_upper, f_upper, normal_lower, normal_two_sided, normal_upper, student_t_two_sided,
};
use crate::outcome::Reason;

/// The distribution of a statistic under its null hypothesis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NullDistribution {
    /// The standard normal.
    Normal {
        /// Which values speak against the null hypothesis.
        tail: Tail,
    },
    /// Student's t, both tails.
    StudentT {
        /// Degrees of freedom.
        df: f64,
    },
    /// Student's t, one tail.
    StudentTTail {
        /// Degrees of freedom.
        df: f64,
        /// Which values speak against the null hypothesis.
        tail: Tail,
    },
    /// Chi-squared, its upper tail.
    ChiSquared {
        /// Degrees of freedom.
        df: f64,
    },
    /// F, its upper tail.
    F {
        /// Degrees of freedom of the numerator.
        numerator: f64,
        /// Degrees of freedom of the denominator.
        denominator: f64,
    },
    /// A mixture of chi-squared distributions, its upper tail; 0 degrees of freedom stand for a mass at zero.
    ChiBarSquared {
        /// Degrees of freedom.
        df: Vec<f64>,
        /// The weight of each.
        weights: Vec<f64>,
    },
    /// That of a ratio of quadratic forms in normal errors (Durbin and Watson 1951), which depends on the
    /// regressors.
    QuadraticForms {
        /// Whether the p-value is exact; otherwise from the normal distribution of the same mean and variance.
        exact: bool,
        /// Which values speak against the null hypothesis.
        tail: Tail,
    },
    /// Known from tables only, between whose entries p-values are interpolated.
    Tabulated {
        /// Whose tables.
        source: String,
    },
    /// Made by resampling.
    Bootstrap {
        /// How many samples were drawn.
        replications: usize,
    },
}

/// Which values of a statistic speak against its null hypothesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tail {
    /// Far from zero either way.
    #[default]
    Both,
    /// Large.
    Upper,
    /// Small.
    Lower,
}

/// A test of a hypothesis, with everything that a reader needs to check it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HypothesisTest {
    /// What the test is called, after its authors: `Hausman test`.
    pub name: String,
    /// The null hypothesis in words: `the effects are uncorrelated with the regressors`.
    pub null: String,
    /// The statistic.
    pub statistic: f64,
    /// Its distribution under the null hypothesis.
    pub distribution: NullDistribution,
    /// The probability, under the null hypothesis, of a statistic that speaks at least as much against it.
    pub p_value: f64,
}

/// A test, or the reason why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum TestOutcome {
    /// It was made.
    Test(HypothesisTest),
    /// It can't be.
    NotTestable {
        /// What it would have been called.
        name: String,
        /// Why.
        reason: Reason,
    },
}

impl HypothesisTest {
    fn new(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        distribution: NullDistribution,
        p_value: f64,
    ) -> Result<Self, Reason> {
        let name = name.into();
        // A p-value that isn't a number comes of a statistic that isn't one.
        if !statistic.is_finite() || p_value.is_nan() {
            return Err(Reason::NotFinite { what: format!("the statistic of the {name}") });
        }
        Ok(Self { name, null: null.into(), statistic, distribution, p_value })
    }

    /// A test on the standard normal distribution.
    ///
    /// # Errors
    /// [`Reason::NotFinite`] where the statistic isn't a finite number; so too of the others.
    pub fn normal(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        tail: Tail,
    ) -> Result<Self, Reason> {
        let p_value = match tail {
            Tail::Both => normal_two_sided(statistic),
            Tail::Upper => normal_upper(statistic),
            Tail::Lower => normal_lower(statistic),
        };
        Self::new(name, null, statistic, NullDistribution::Normal { tail }, p_value)
    }

    /// A test on both tails of Student's t.
    ///
    /// # Errors
    /// As [`Self::normal`].
    pub fn student_t(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        df: f64,
    ) -> Result<Self, Reason> {
        let p_value = student_t_two_sided(statistic, df);
        Self::new(name, null, statistic, NullDistribution::StudentT { df }, p_value)
    }

    /// A test on a tail of Student's t.
    ///
    /// # Errors
    /// As [`Self::normal`].
    pub fn student_t_tail(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        df: f64,
        tail: Tail,
    ) -> Result<Self, Reason> {
        let both = student_t_two_sided(statistic, df);
        let beyond = |against: bool| if against { both / 2.0 } else { 1.0 - both / 2.0 };
        let p_value = match tail {
            Tail::Both => both,
            Tail::Upper => beyond(statistic > 0.0),
            Tail::Lower => beyond(statistic < 0.0),
        };
        Self::new(name, null, statistic, NullDistribution::StudentTTail { df, tail }, p_value)
    }

    /// A test on the upper tail of chi-squared.
    ///
    /// # Errors
    /// As [`Self::normal`].
    pub fn chi_squared(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        df: f64,
    ) -> Result<Self, Reason> {
        let p_value = chi_squared_upper(statistic, df);
        Self::new(name, null, statistic, NullDistribution::ChiSquared { df }, p_value)
    }

    /// A test on the upper tail of F.
    ///
    /// # Errors
    /// As [`Self::normal`].
    pub fn f(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        numerator: f64,
        denominator: f64,
    ) -> Result<Self, Reason> {
        let p_value = f_upper(statistic, numerator, denominator);
        Self::new(name, null, statistic, NullDistribution::F { numerator, denominator }, p_value)
    }

    /// A test on the upper tail of a mixture of chi-squared distributions, (degrees of freedom, weight) each.
    ///
    /// # Errors
    /// As [`Self::normal`].
    pub fn chi_bar_squared(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        mixture: &[(f64, f64)],
    ) -> Result<Self, Reason> {
        let tail = |df: f64| match df == 0.0 {
            true if statistic > 0.0 => 0.0,
            true => 1.0,
            false => chi_squared_upper(statistic, df),
        };
        let p_value = mixture.iter().map(|&(df, weight)| weight * tail(df)).sum();
        let (df, weights) = mixture.iter().copied().unzip();
        Self::new(name, null, statistic, NullDistribution::ChiBarSquared { df, weights }, p_value)
    }

    /// A test on a ratio of quadratic forms, whose p-value its own distribution gives.
    ///
    /// # Errors
    /// As [`Self::normal`].
    pub fn quadratic_forms(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        exact: bool,
        tail: Tail,
        p_value: f64,
    ) -> Result<Self, Reason> {
        Self::new(name, null, statistic, NullDistribution::QuadraticForms { exact, tail }, p_value)
    }

    /// A test whose p-value comes from tables.
    ///
    /// # Errors
    /// As [`Self::normal`].
    pub fn tabulated(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        source: impl Into<String>,
        p_value: f64,
    ) -> Result<Self, Reason> {
        Self::new(name, null, statistic, NullDistribution::Tabulated { source: source.into() }, p_value)
    }

    /// A test whose p-value comes from resampling.
    ///
    /// # Errors
    /// As [`Self::normal`].
    pub fn bootstrap(
        name: impl Into<String>,
        null: impl Into<String>,
        statistic: f64,
        replications: usize,
        p_value: f64,
    ) -> Result<Self, Reason> {
        Self::new(name, null, statistic, NullDistribution::Bootstrap { replications }, p_value)
    }
}

impl TestOutcome {
    /// The test of that name, or the reason why there is none.
    pub fn of(name: impl Into<String>, test: Result<HypothesisTest, Reason>) -> Self {
        match test {
            Ok(test) => Self::Test(test),
            Err(reason) => Self::NotTestable { name: name.into(), reason },
        }
    }

    /// The test.
    pub fn test(&self) -> Option<&HypothesisTest> {
        match self {
            Self::Test(test) => Some(test),
            Self::NotTestable { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statistic_that_is_no_number_is_a_reason() {
        let test = HypothesisTest::chi_squared("Hausman test", "none", f64::NAN, 2.0);
        assert_eq!(test, Err(Reason::NotFinite { what: "the statistic of the Hausman test".into() }));
    }

    #[test]
    fn tails_are_told_apart() -> Result<(), Reason> {
        let p = |tail| Ok::<f64, Reason>(HypothesisTest::normal("z", "none", -1.0, tail)?.p_value);
        assert!((p(Tail::Lower)? - 0.158_655_253_931_457).abs() < 1e-14);
        assert!((p(Tail::Upper)? - 0.841_344_746_068_543).abs() < 1e-14);
        assert!((p(Tail::Both)? - 0.317_310_507_862_914).abs() < 1e-14);
        Ok(())
    }
}
