//! Rows of published tables that no data have together, and the argument that says so.

use serde::Serialize;

/// The |t| that stars allow.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct StatisticRange {
    /// At least this.
    pub least: f64,
    /// Below this; none where the most stars are there.
    pub most: Option<f64>,
}

/// A row of a published table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConflictingRow {
    /// The equation's place in the problem.
    pub equation: usize,
    /// The unit's place; none for the pooled row.
    pub unit: Option<usize>,
    /// The places of the regressors that matter; all where it is empty.
    pub regressors: Vec<usize>,
}

/// Why rows contradict one another.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "argument", rename_all = "snake_case")]
pub enum Argument {
    /// A form of the residuals that the normal equations make zero and that is positive for all data:
    /// sum over j and l of H_jl u_l'S u_j.
    ResidualForm {
        /// The u_j at the printed values: what each takes of the residuals of the conflict's rows.
        combinations: Vec<Vec<f64>>,
        /// H at the printed values, a row for each of the combinations.
        weights: Vec<Vec<f64>>,
        /// The least eigenvalue of its symmetric part, scaled to a unit diagonal.
        least_eigenvalue: f64,
        /// By how much that may differ for other numbers that are printed alike.
        uncertainty: f64,
    },
    /// Two stars' counts of what is one and the same t statistic.
    StarsOfOneStatistic {
        /// What each row's stars allow.
        statistics: [StatisticRange; 2],
    },
    /// A product of coefficients, which is the squared partial correlation, outside what the stars allow.
    ProductAgainstStars {
        /// The product, by the printed digits.
        product: [f64; 2],
        /// The squared correlation, by the stars.
        r2: [f64; 2],
    },
    /// A sign that turns when a regressor with the smaller statistic is left out.
    SignTurned {
        /// The statistic of the coefficient in the equation with the further regressor.
        kept: StatisticRange,
        /// That of the further regressor.
        left_out: StatisticRange,
    },
    /// A statistic smaller than can be when a regressor is left out.
    StrengthLost {
        /// The statistic of the coefficient in the equation with the further regressor.
        kept: StatisticRange,
        /// That of the further regressor.
        left_out: StatisticRange,
        /// What it is at least without that.
        least: f64,
        /// What the stars there say.
        statistic: StatisticRange,
    },
    /// A pooled slope outside the units' own.
    PooledOutsideUnits {
        /// The pooled slope, by its digits.
        pooled: [f64; 2],
        /// The least and the greatest of the units', by theirs.
        units: [f64; 2],
    },
}

/// Rows that no data have together: none can be left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// The rows.
    pub rows: Vec<ConflictingRow>,
    /// Why.
    #[serde(flatten)]
    pub argument: Argument,
}
