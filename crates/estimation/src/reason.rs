//! Why something can't be estimated.

use serde::{Deserialize, Serialize};

use crate::Collinearity;

/// Why the data can't answer: a result in its own right, printed where the number would stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// No row has all the variables.
    #[error("no observations: {rows_dropped} rows, each with a variable missing")]
    NoObservations {
        /// The rows dropped because a variable is missing.
        rows_dropped: usize,
    },
    /// Fewer observations than parameters.
    #[error("{observations} observations, {parameters} parameters")]
    TooFewObservations {
        /// Observations in the sample.
        observations: usize,
        /// Parameters, absorbed effects included.
        parameters: usize,
    },
    /// As many observations as parameters: the coefficients solve the equations, and nothing can
    /// be said about their precision.
    #[error(
        "{observations} observations, {parameters} parameters: no degrees of freedom for standard errors"
    )]
    NoResidualDegreesOfFreedom {
        /// Observations in the sample.
        observations: usize,
        /// Parameters, absorbed effects included.
        parameters: usize,
    },
    /// Columns of the design that are linear combinations of others.
    #[error("collinear regressors: {}", join(collinear))]
    RankDeficient {
        /// Each such column with the earlier ones that it is a combination of.
        collinear: Vec<Collinearity>,
    },
    /// The dependent variable takes one value.
    #[error("`{variable}` is constant, there is nothing to explain")]
    ConstantDependent {
        /// The dependent variable.
        variable: String,
    },
    /// The dependent variable doesn't vary within any entity.
    #[error("`{variable}` is constant within every entity, there is nothing to explain")]
    ConstantDependentWithin {
        /// The dependent variable.
        variable: String,
    },
    /// Regressors that don't vary within any entity, which entity effects absorb.
    #[error("constant within every entity, so absorbed by the effects: {}", variables.join(", "))]
    ConstantWithin {
        /// The regressors.
        variables: Vec<String>,
    },
    /// Regressors of which the effects leave nothing.
    #[error("absorbed by the effects: {}", variables.join(", "))]
    Absorbed {
        /// The regressors.
        variables: Vec<String>,
    },
    /// The effects leave nothing of the dependent variable.
    #[error("`{variable}` is absorbed by the effects, there is nothing to explain")]
    DependentAbsorbed {
        /// The dependent variable.
        variable: String,
    },
    /// Fewer entities, or times, than a regression of their means needs.
    #[error("{groups} {of}, {parameters} parameters: too few for the regression of their means")]
    TooFewGroups {
        /// How many there are.
        groups: usize,
        /// Of what.
        of: String,
        /// Parameters, the intercept included.
        parameters: usize,
    },
    /// The idiosyncratic variance isn't positive, or can't be told from those of the effects.
    #[error("the variance of the idiosyncratic error can't be estimated: it comes out zero or negative")]
    NoVarianceComponent,
    /// An iteration that doesn't come to an end.
    #[error("{what} doesn't converge in {steps} steps")]
    NotConverged {
        /// What.
        what: String,
        /// How many steps were made.
        steps: usize,
    },
    /// One cluster: between-cluster variation can't be measured.
    #[error("{clusters} cluster; a clustered covariance needs at least 2")]
    TooFewClusters {
        /// Clusters in the sample.
        clusters: usize,
    },
    /// A sum overflows.
    #[error("{what} is beyond the range of double precision; rescale the variables")]
    NotFinite {
        /// What overflows.
        what: String,
    },
    /// A test statistic that divides by a residual sum of squares that is zero.
    #[error("perfect fit: the residuals are zero to rounding, so the statistic is undefined")]
    PerfectFit,
    /// A statistic defined for balanced panels only.
    #[error(
        "unbalanced panel ({shortest_entity} has {shortest} periods, {longest_entity} {longest}); \
         the statistic needs a balanced one"
    )]
    UnbalancedPanel {
        /// An entity with the shortest series.
        shortest_entity: String,
        /// Its length.
        shortest: usize,
        /// An entity with the longest series.
        longest_entity: String,
        /// Its length.
        longest: usize,
    },
    /// A statistic defined for one common lag order only.
    #[error("lag orders differ between entities; the statistic needs a common one")]
    VaryingOrders,
    /// A series too short for the moments of its Wald statistic to exist.
    #[error("{entity} has {length} periods; with lag order {order} the statistic needs more than {bound}")]
    SeriesTooShort {
        /// The entity.
        entity: String,
        /// Its periods.
        length: usize,
        /// The lag order.
        order: usize,
        /// The length that must be exceeded, 5 + 3 x order.
        bound: usize,
    },
    /// Fewer groups, rows or times than a test can be made of.
    #[error("{count} {of}; the test needs at least {needed}")]
    TooFew {
        /// How many there are.
        count: usize,
        /// Of what.
        of: String,
        /// How many it takes.
        needed: usize,
    },
    /// No entity has the rows that a comparison over time needs.
    #[error(
        "no entity has two rows that follow one another, so nothing can be said about serial correlation"
    )]
    NoSuccessiveRows,
    /// Hausman's difference of covariances has a negative or zero eigenvalue.
    #[error(
        "the difference of the two covariances isn't positive definite, so the statistic has no chi-squared distribution"
    )]
    IndefiniteDifference,
    /// Two fits without a slope in common.
    #[error("the two models have no coefficient in common")]
    NoCommonCoefficients,
    /// Models that can't be compared: they have other rows, or neither has more parameters.
    #[error("the models aren't nested, one with fewer parameters on the same rows in the other")]
    NotNested,
    /// A covariance without an inverse.
    #[error("the covariance of the {restrictions} restrictions is singular")]
    SingularRestrictions {
        /// How many restrictions there are.
        restrictions: usize,
    },
    /// A series without variation over the times that it shares with another.
    #[error("{one} or {other} doesn't vary over the times that they share, so they have no correlation")]
    NoCorrelation {
        /// An entity.
        one: String,
        /// Another.
        other: String,
    },
    /// A method that a model doesn't have.
    #[error("not defined for {model}")]
    NotDefinedFor {
        /// The model.
        model: String,
    },
    /// One entity that a panel statistic needs has no result of its own.
    #[error("{entity}: {reason}")]
    Entity {
        /// The entity.
        entity: String,
        /// What is wrong there.
        #[source]
        reason: Box<Reason>,
    },
}

impl Reason {
    /// The same reason with what `name` gives in place of each entity's id, for readers who know names.
    pub fn with_entity_names(&self, name: &dyn Fn(&str) -> String) -> Self {
        match self {
            Self::UnbalancedPanel { shortest_entity, shortest, longest_entity, longest } => {
                Self::UnbalancedPanel {
                    shortest_entity: name(shortest_entity),
                    shortest: *shortest,
                    longest_entity: name(longest_entity),
                    longest: *longest,
                }
            }
            Self::SeriesTooShort { entity, length, order, bound } => {
                Self::SeriesTooShort { entity: name(entity), length: *length, order: *order, bound: *bound }
            }
            Self::NoCorrelation { one, other } => Self::NoCorrelation { one: name(one), other: name(other) },
            Self::Entity { entity, reason } => {
                Self::Entity { entity: name(entity), reason: Box::new(reason.with_entity_names(name)) }
            }
            other => other.clone(),
        }
    }
}

fn join(collinear: &[Collinearity]) -> String {
    collinear.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_read_as_sentences() {
        assert_eq!(
            Reason::TooFewObservations { observations: 3, parameters: 5 }.to_string(),
            "3 observations, 5 parameters"
        );
        assert_eq!(
            Reason::NoResidualDegreesOfFreedom { observations: 5, parameters: 5 }.to_string(),
            "5 observations, 5 parameters: no degrees of freedom for standard errors"
        );
        let inner = Reason::RankDeficient {
            collinear: vec![Collinearity { column: "c".into(), on: vec!["a".into(), "b".into()] }],
        };
        assert_eq!(
            Reason::Entity { entity: "x".into(), reason: Box::new(inner) }.to_string(),
            "x: collinear regressors: c is a linear combination of a, b"
        );
    }

    #[test]
    fn entities_go_by_the_names_that_they_are_given() {
        let name = |id: &str| id.to_uppercase();
        let short = Reason::SeriesTooShort { entity: "x".into(), length: 8, order: 1, bound: 8 };
        let nested = Reason::Entity { entity: "y".into(), reason: Box::new(short) };
        assert_eq!(
            nested.with_entity_names(&name).to_string(),
            "Y: X has 8 periods; with lag order 1 the statistic needs more than 8"
        );
        let unbalanced = Reason::UnbalancedPanel {
            shortest_entity: "x".into(),
            shortest: 3,
            longest_entity: "y".into(),
            longest: 12,
        };
        assert_eq!(
            unbalanced.with_entity_names(&name).to_string(),
            "unbalanced panel (X has 3 periods, Y 12); the statistic needs a balanced one"
        );
        let none = Reason::NoObservations { rows_dropped: 2 };
        assert_eq!(none.with_entity_names(&name), none);
    }
}
