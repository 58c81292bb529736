//! Why something can't be estimated.

use serde::{Deserialize, Serialize};
use vintner_panel::Shape;

use super::collinearity::Collinearity;
use super::identifying_condition::IdentifyingCondition;

/// Why the data can't answer: a result in its own right, printed where the number would stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// No row has all the variables.
    #[error("{}", by_number(*rows_dropped, [
        "no observations: the one row there is has a variable missing",
        "no observations: {count} rows, each with a variable missing",
    ]))]
    NoObservations {
        /// The rows dropped because a variable is missing.
        rows_dropped: usize,
    },
    /// All rows are left out, not only for what is missing.
    #[error("no observations: {}", left_out(*missing, *weightless, *alone))]
    NoRowsLeft {
        /// Rows with a variable missing.
        missing: usize,
        /// Rows whose weight is zero.
        weightless: usize,
        /// Rows that an effect has to itself.
        alone: usize,
    },
    /// A series that takes one value.
    #[error("the series is constant, so there is nothing to test")]
    ConstantSeries,
    /// Fewer observations than parameters.
    #[error("{}", sizes(*observations, *parameters))]
    TooFewObservations {
        /// Observations in the sample.
        observations: usize,
        /// Parameters, absorbed effects included.
        parameters: usize,
    },
    /// As many observations as parameters: the coefficients solve the equations, and nothing can
    /// be said about their precision.
    #[error("{}: no degrees of freedom for standard errors", sizes(*observations, *parameters))]
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
    /// Columns that are combinations of others once something is taken away, whatever they were before.
    #[error("collinear regressors {what}: {}", join(collinear))]
    RankDeficientOnce {
        /// Once what is done: `after differences are taken`.
        what: String,
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
    /// Regressors of which nothing is left once something is taken away.
    #[error("nothing is left of {} {what}", variables.join(", "))]
    NothingLeft {
        /// Once what is done: `after the common effects are taken out`.
        what: String,
        /// The regressors.
        variables: Vec<String>,
    },
    /// An equation of an intercept alone, which absorbed effects hold.
    #[error("no regressors beside the effects, which hold the intercept")]
    InterceptAbsorbed,
    /// A hypothesis about a coefficient that this one of several equations hasn't got.
    #[error("the equation has no coefficient `{name}`")]
    NoSuchCoefficient {
        /// The coefficient.
        name: String,
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
    /// Rows without a key that is needed.
    #[error("{}: no {what}", shape.lack())]
    Keys {
        /// What the rows are.
        shape: Shape,
        /// What isn't to be had.
        what: String,
    },
    /// Something that isn't defined for a model, or that no program of the field has.
    #[error("{}", not_defined(what, model))]
    NotDefined {
        /// What.
        what: String,
        /// The model, or what else it isn't defined for.
        model: String,
    },
    /// Effects that a bootstrap would have to estimate anew in every sample.
    #[error(
        "clusters by {clusters} cut through effects with {dummies} dummy variables, and {most} are the most that are \
         drawn again; cluster by what the effects lie within, or use the wild bootstrap"
    )]
    TooManyDummies {
        /// What the clusters are.
        clusters: String,
        /// How many.
        dummies: usize,
        /// The most.
        most: usize,
    },
    /// Fewer entities, or times, than a regression of their means needs.
    #[error(
        "{}, {}: too few for the regression of their means",
        counted_groups(*groups, of),
        counted(*parameters, "parameter")
    )]
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
    #[error("{}; a clustered covariance needs at least 2", counted(*clusters, "cluster"))]
    TooFewClusters {
        /// Clusters in the sample.
        clusters: usize,
    },
    /// A coefficient that nothing but what was left out identifies.
    #[error("`{regressor}` isn't identified without it")]
    NotIdentifiedWithout {
        /// The regressor.
        regressor: String,
    },
    /// A model whose coefficients without some rows don't follow from cross-products alone.
    #[error(
        "influence is computed for pooled least squares and for effects of the entities, not for {model}"
    )]
    NoInfluence {
        /// The model.
        model: String,
    },
    /// Fewer than two times at which the equation can be estimated.
    #[error(
        "the equation can be estimated at {} of {all}, and at least 2 are needed; at {time}: {reason}",
        times(*periods)
    )]
    TooFewEstimated {
        /// At how many.
        periods: usize,
        /// Times in the sample.
        all: usize,
        /// The first at which it can't.
        time: String,
        /// Why not.
        #[source]
        reason: Box<Reason>,
    },
    /// Something that a result is made of can't be had.
    #[error("{what}: {reason}")]
    Within {
        /// What.
        what: String,
        /// Why not.
        #[source]
        reason: Box<Reason>,
    },
    /// The means of all regressors are combinations of the regressors, so that there is nothing to test.
    #[error(
        "all coefficients to be tested are of combinations of the other regressors, so nothing is left to test"
    )]
    NothingToTest,
    /// Fewer than two times, where they take the place of clusters.
    #[error("{}; the covariance needs at least 2", times(*periods))]
    TooFewPeriods {
        /// Times in the estimated rows.
        periods: usize,
    },
    /// A column to cluster by that the sample doesn't carry.
    #[error("the sample has no column `{column}` to cluster by")]
    NoClusterColumn {
        /// The column.
        column: String,
    },
    /// Rows without a cluster.
    #[error("{}", missing_clusters(*rows, column))]
    MissingClusters {
        /// The column.
        column: String,
        /// How many rows lack it.
        rows: usize,
    },
    /// A small-sample factor whose denominator isn't positive.
    #[error(
        "{}, {}: the small-sample factor isn't defined",
        counted(*clusters, "cluster"),
        counted(*parameters, "parameter")
    )]
    NoSmallSampleFactor {
        /// Clusters, or what takes their place.
        clusters: usize,
        /// Parameters, absorbed effects included.
        parameters: usize,
    },
    /// Rows that alone identify a coefficient: their residuals are zero whatever their errors are.
    #[error("{}", by_number(*rows, [
        "1 of the rows is fitted perfectly (leverage 1), so its error's variance can't be told",
        "{count} of the rows are fitted perfectly (leverage 1), so their errors' variance can't be told",
    ]))]
    LeverageOfOne {
        /// How many.
        rows: usize,
    },
    /// A cluster without which the coefficients aren't identified.
    #[error(
        "without one of the clusters a coefficient isn't identified, so there is no jackknife over clusters"
    )]
    UnidentifiedWithoutCluster,
    /// A bandwidth that spans all times.
    #[error("a bandwidth of {bandwidth}, with {}; it must be less", times(*periods))]
    BandwidthTooLarge {
        /// The bandwidth.
        bandwidth: String,
        /// Times in the estimated rows.
        periods: usize,
    },
    /// A matrix that would be too large.
    #[error("{size} {what}; a matrix of their pairs is made for up to {largest}")]
    TooLarge {
        /// Of what there are too many.
        what: String,
        /// How many.
        size: usize,
        /// How many there may be.
        largest: usize,
    },
    /// No time at which all entities are observed, nor the other way round.
    #[error("no time with all entities; take the covariances of errors pairwise")]
    NoCompletePeriod,
    /// A sum overflows.
    #[error("{what} is beyond the range of double precision; rescale the variables")]
    NotFinite {
        /// What overflows.
        what: String,
    },
    /// A test statistic that divides by a residual sum of squares that is zero.
    #[error("perfect fit: the residuals are zero to rounding, so the statistic is undefined")]
    PerfectFit,
    /// A series with a hole in it.
    #[error(
        "{entity} has no value after {after}, though later ones; the statistic needs series without holes"
    )]
    GapInTime {
        /// The entity.
        entity: String,
        /// The time before the hole.
        after: i32,
    },
    /// A statistic defined for balanced panels only.
    #[error(
        "unbalanced panel ({shortest_entity} has {}, {longest_entity} {longest}); the statistic needs a balanced one",
        counted(*shortest, "period")
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
    #[error(
        "{entity} has {}; with lag order {order} the statistic needs more than {bound}",
        counted(*length, "period")
    )]
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
    /// A series with a hole, which a regression on its own lags would bridge.
    #[error("the series has a hole: after {after} comes {before}")]
    Hole {
        /// The last time before the hole.
        after: i32,
        /// The first time after it.
        before: i32,
    },
    /// A long-run variance that comes out as zero.
    #[error("the long-run variance isn't positive")]
    NoLongRunVariance,
    /// A p-value of which nothing is left to combine.
    #[error("the p-value is {} to the last digit, so that a combination of p-values isn't finite", u8::from(*one))]
    ExtremePValue {
        /// Whether it is 1, or 0.
        one: bool,
    },
    /// A size beyond those of a table.
    #[error("{size} lies beyond {table}")]
    BeyondTable {
        /// The table.
        table: String,
        /// What was looked up.
        size: String,
    },
    /// P-values that come of tables which weren't given.
    #[error(
        "p-values of MacKinnon (1996) need his tables, which may not be distributed: make the file from urca as \
         docs/methods/unit_roots.md says and give it, or take those of MacKinnon (1994)"
    )]
    NeedsTables,
    /// A statistic defined for regressions without lagged differences only.
    #[error("the statistic is tabulated for regressions without lagged differences")]
    OnlyWithoutLags,
    /// An equation of a system, or one with instruments, that isn't identified.
    #[error(
        "not identified: {condition}; exogenous variables excluded: {}; endogenous regressors: {}",
        listed(excluded),
        listed(endogenous)
    )]
    NotIdentified {
        /// The equation.
        equation: String,
        /// The condition that fails.
        condition: IdentifyingCondition,
        /// The exogenous variables that the equation excludes.
        excluded: Vec<String>,
        /// Its endogenous regressors.
        endogenous: Vec<String>,
    },
    /// As many instruments as observations, which fit every first stage perfectly.
    #[error(
        "{}, {}: the first stage fits perfectly",
        counted(*instruments, "instrument"),
        counted(*observations, "observation")
    )]
    TooManyInstruments {
        /// Observations in the sample.
        observations: usize,
        /// Instruments, absorbed effects included.
        instruments: usize,
    },
    /// A covariance of residuals of different equations that can't be inverted.
    #[error("the residual covariance of the equations is singular{}", at_step(*step, perfect))]
    SingularResidualCovariance {
        /// At which estimate of the weights, from 1; 0 where it isn't about weights.
        step: usize,
        /// Equations that fit perfectly.
        perfect: Vec<String>,
    },
    /// A covariance of moments that can't be inverted.
    #[error("the covariance of the {moments} moments is singular ({})", counted(*observations, "observation"))]
    SingularMoments {
        /// Moments.
        moments: usize,
        /// Observations in the sample.
        observations: usize,
    },
    /// A statistic that would need the inverse of a singular matrix.
    #[error("{what}: singular, so there is no statistic")]
    SingularTest {
        /// What is singular.
        what: String,
    },
    /// A test of overidentifying restrictions where there are none.
    #[error("exactly identified: there is no overidentifying restriction to test")]
    ExactlyIdentified,
    /// A test of exogeneity, or a first stage, of no regressor.
    #[error("no endogenous regressor")]
    NoEndogenousRegressors,
    /// A series too short to choose a bandwidth from, or without variance.
    #[error("no bandwidth can be chosen from {}; name one", counted(*observations, "observation"))]
    NoBandwidth {
        /// Its length.
        observations: usize,
    },
    /// Fewer than two units: what differs between units can't be measured.
    #[error("{units} {}; what differs between units needs at least 2", if *units == 1 { "unit" } else { "units" })]
    TooFewUnits {
        /// Units that could be used.
        units: usize,
    },
    /// A matrix that must be inverted and can't be.
    #[error("{what} isn't positive definite")]
    NotPositiveDefinite {
        /// The matrix.
        what: String,
    },
    /// No row has all variables with their lags and differences.
    #[error("no usable rows: none has all variables with their lags and differences")]
    NoUsableRows,
    /// Fewer instruments than coefficients.
    #[error("{}", too_few_instruments(*instruments, *parameters))]
    TooFewInstruments {
        /// The rank of the instruments.
        instruments: usize,
        /// Coefficients.
        parameters: usize,
    },
    /// No two residuals lie as far apart as a test of serial correlation needs.
    #[error("no residuals {order} times apart")]
    NoLaggedResiduals {
        /// The order of the correlation.
        order: usize,
    },
    /// Fewer groups, rows or times than a test can be made of.
    #[error("{of}: {count}; the test needs at least {needed}")]
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
    #[error("{}", by_number(*restrictions, [
        "the variance of the restriction is zero",
        "the covariance of the {count} restrictions is singular",
    ]))]
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
            Self::Within { what, reason } => {
                Self::Within { what: what.clone(), reason: Box::new(reason.with_entity_names(name)) }
            }
            Self::Entity { entity, reason } => {
                Self::Entity { entity: name(entity), reason: Box::new(reason.with_entity_names(name)) }
            }
            other => other.clone(),
        }
    }
}

/// The first text of one, else the second with the count in its place.
fn by_number(count: usize, [one, other]: [&str; 2]) -> String {
    if count == 1 { one.to_owned() } else { other.replace("{count}", &count.to_string()) }
}

fn missing_clusters(rows: usize, column: &str) -> String {
    match rows {
        1 => format!("1 of the rows has no value of `{column}`, so its cluster isn't known"),
        _ => format!("{rows} of the rows have no value of `{column}`, so their cluster isn't known"),
    }
}

fn too_few_instruments(instruments: usize, parameters: usize) -> String {
    let coefficients = counted(parameters, "coefficient");
    match instruments {
        1 => format!("1 instrument that tells something, {coefficients}: not identified"),
        _ => format!("{instruments} instruments that tell something, {coefficients}: not identified"),
    }
}

/// What has an article is one thing.
fn not_defined(what: &str, model: &str) -> String {
    match what.starts_with("a ") || what.starts_with("an ") {
        true => format!("{what} isn't defined for {model}"),
        false => format!("{what} aren't defined for {model}"),
    }
}

fn counted(count: usize, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

fn sizes(observations: usize, parameters: usize) -> String {
    format!("{}, {}", counted(observations, "observation"), counted(parameters, "parameter"))
}

/// "1 entity", "2 entities", "1 time", "2 times".
fn counted_groups(count: usize, of: &str) -> String {
    let one = of.strip_suffix("ies").map(|stem| format!("{stem}y"));
    match (count, one.or_else(|| of.strip_suffix('s').map(str::to_owned))) {
        (1, Some(one)) => format!("1 {one}"),
        _ => format!("{count} {of}"),
    }
}

fn times(count: usize) -> String {
    if count == 1 { "1 time".into() } else { format!("{count} times") }
}

fn left_out(missing: usize, weightless: usize, alone: usize) -> String {
    let causes = [
        (missing, "a variable missing"),
        (weightless, "a weight of zero"),
        (alone, "an effect that no other row has (`singletons: drop`)"),
    ];
    let told: Vec<String> = causes
        .iter()
        .filter(|(rows, _)| *rows > 0)
        .map(|(rows, cause)| format!("{rows} {} with {cause}", if *rows == 1 { "row" } else { "rows" }))
        .collect();
    told.join(", ")
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".into() } else { names.join(", ") }
}

fn at_step(step: usize, perfect: &[String]) -> String {
    let when = if step > 1 { format!(" at step {step} of the iteration") } else { String::new() };
    let why = match perfect {
        [] => String::new(),
        perfect => format!(": {} without residuals", perfect.join(", ")),
    };
    format!("{when}{why}")
}

fn join(collinear: &[Collinearity]) -> String {
    collinear.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl Reason {
    /// The reason where columns were transformed before: a column of zeros is then one of which nothing is left.
    pub(crate) fn once(self, what: &str) -> Self {
        match self {
            Self::RankDeficient { collinear } if collinear.iter().all(|one| one.on.is_empty()) => {
                let variables = collinear.into_iter().map(|one| one.column).collect();
                Self::NothingLeft { what: what.into(), variables }
            }
            Self::RankDeficient { collinear } => Self::RankDeficientOnce { what: what.into(), collinear },
            other => other,
        }
    }
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
            Reason::TooFewObservations { observations: 1, parameters: 1 }.to_string(),
            "1 observation, 1 parameter"
        );
        assert_eq!(
            Reason::TooFewGroups { groups: 1, of: "entities".into(), parameters: 2 }.to_string(),
            "1 entity, 2 parameters: too few for the regression of their means"
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
    fn subjects_and_verbs_agree() {
        let not_defined =
            |what: &str| Reason::NotDefined { what: what.into(), model: "OLS".into() }.to_string();
        assert_eq!(not_defined("a bootstrap of pairs"), "a bootstrap of pairs isn't defined for OLS");
        assert_eq!(not_defined("weights"), "weights aren't defined for OLS");
        assert_eq!(not_defined("absorbed effects"), "absorbed effects aren't defined for OLS");
        let said = [
            (
                Reason::NoObservations { rows_dropped: 1 },
                "no observations: the one row there is has a variable missing",
            ),
            (
                Reason::NoObservations { rows_dropped: 2 },
                "no observations: 2 rows, each with a variable missing",
            ),
            (Reason::TooFewClusters { clusters: 0 }, "0 clusters; a clustered covariance needs at least 2"),
            (Reason::TooFewClusters { clusters: 1 }, "1 cluster; a clustered covariance needs at least 2"),
            (
                Reason::MissingClusters { column: "{count}".into(), rows: 1 },
                "1 of the rows has no value of `{count}`, so its cluster isn't known",
            ),
            (
                Reason::MissingClusters { column: "region".into(), rows: 3 },
                "3 of the rows have no value of `region`, so their cluster isn't known",
            ),
            (
                Reason::LeverageOfOne { rows: 1 },
                "1 of the rows is fitted perfectly (leverage 1), so its error's variance can't be told",
            ),
            (
                Reason::TooFewInstruments { instruments: 1, parameters: 2 },
                "1 instrument that tells something, 2 coefficients: not identified",
            ),
            (
                Reason::TooManyInstruments { instruments: 4, observations: 4 },
                "4 instruments, 4 observations: the first stage fits perfectly",
            ),
            (
                Reason::BandwidthTooLarge { bandwidth: "3".into(), periods: 1 },
                "a bandwidth of 3, with 1 time; it must be less",
            ),
            (
                Reason::NoBandwidth { observations: 1 },
                "no bandwidth can be chosen from 1 observation; name one",
            ),
            (Reason::SingularRestrictions { restrictions: 1 }, "the variance of the restriction is zero"),
            (
                Reason::SingularRestrictions { restrictions: 2 },
                "the covariance of the 2 restrictions is singular",
            ),
            (
                Reason::SeriesTooShort { entity: "a".into(), length: 1, order: 1, bound: 8 },
                "a has 1 period; with lag order 1 the statistic needs more than 8",
            ),
        ];
        for (reason, expected) in said {
            assert_eq!(reason.to_string(), expected);
        }
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
