//! Coefficients that differ between two vintages.

use serde::Serialize;

use crate::tidy_estimate::TidyEstimate;

/// The coefficients of two vintages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EstimatesDifference {
    /// Coefficients that both tables have a row for.
    pub compared: usize,
    /// Of these, those estimated on both sides to the same bits.
    pub same: usize,
    /// Coefficients whose sign is another one.
    pub flipped: usize,
    /// Coefficients that are significant after and weren't before.
    pub gained: usize,
    /// Coefficients that were significant before and aren't after.
    pub lost: usize,
    /// Coefficients that can be estimated after and couldn't before.
    pub now_estimable: usize,
    /// Coefficients that can't be estimated any longer.
    pub no_longer_estimable: usize,
    /// The level of significance.
    pub level: f64,
    /// All that differ: flips of significant coefficients first, then changes of significance, then by the
    /// change in standard errors of the coefficient before.
    pub changed: Vec<CoefficientChange>,
}

/// Whether a coefficient is significant before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Significance {
    /// Before and after.
    Kept,
    /// After alone.
    Gained,
    /// Before alone.
    Lost,
    /// Neither time.
    Never,
    /// It can't be told on one side or both.
    Unknown,
}

/// A coefficient that differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CoefficientChange {
    /// The table.
    pub table: String,
    /// The unit by its printed name.
    pub unit: String,
    /// The regressor.
    pub regressor: String,
    /// The estimate before.
    pub before: Option<f64>,
    /// The stars before.
    pub stars_before: String,
    /// The estimate after.
    pub after: Option<f64>,
    /// The stars after.
    pub stars_after: String,
    /// After less before.
    pub change: Option<f64>,
    /// The change over the standard error before.
    pub standard_errors: Option<f64>,
    /// The standard error after over the one before.
    pub std_error_ratio: Option<f64>,
    /// Whether the sign is another one.
    pub flipped: bool,
    /// Whether it is significant before and after.
    pub significance: Significance,
    /// Observations before and after, where these differ.
    pub n_obs: Option<(Option<usize>, Option<usize>)>,
    /// Why there is no estimate, before or after.
    pub note: String,
}

impl EstimatesDifference {
    pub(super) fn new(before: &[TidyEstimate], after: &[TidyEstimate], level: f64) -> Self {
        let key = |row: &TidyEstimate| (row.table.clone(), row.unit.clone(), row.regressor.clone());
        let others: std::collections::BTreeMap<_, &TidyEstimate> =
            after.iter().map(|row| (key(row), row)).collect();
        let mut difference = Self {
            compared: 0,
            same: 0,
            flipped: 0,
            gained: 0,
            lost: 0,
            now_estimable: 0,
            no_longer_estimable: 0,
            level,
            changed: Vec::new(),
        };
        for one in before {
            let Some(other) = others.get(&key(one)) else { continue };
            difference.compared += 1;
            let alike = one.estimate.map(f64::to_bits) == other.estimate.map(f64::to_bits)
                && one.std_error.map(f64::to_bits) == other.std_error.map(f64::to_bits)
                && one.p_value.map(f64::to_bits) == other.p_value.map(f64::to_bits);
            if alike {
                difference.same += 1;
                continue;
            }
            let change = CoefficientChange::new(one, other, level);
            difference.flipped += usize::from(change.flipped);
            difference.gained += usize::from(change.significance == Significance::Gained);
            difference.lost += usize::from(change.significance == Significance::Lost);
            difference.now_estimable += usize::from(change.before.is_none() && change.after.is_some());
            difference.no_longer_estimable += usize::from(change.before.is_some() && change.after.is_none());
            difference.changed.push(change);
        }
        difference.changed.sort_by(|one, other| {
            one.rank().cmp(&other.rank()).then_with(|| {
                let size = |change: &CoefficientChange| change.standard_errors.map_or(0.0, f64::abs);
                size(other).total_cmp(&size(one))
            })
        });
        difference
    }
}

impl CoefficientChange {
    fn new(one: &TidyEstimate, other: &TidyEstimate, level: f64) -> Self {
        let change = one.estimate.zip(other.estimate).map(|(before, after)| after - before);
        let significance = match (one.p_value, other.p_value) {
            (Some(before), Some(after)) => match (before < level, after < level) {
                (true, true) => Significance::Kept,
                (false, true) => Significance::Gained,
                (true, false) => Significance::Lost,
                (false, false) => Significance::Never,
            },
            _ => Significance::Unknown,
        };
        let note = if one.estimate.is_none() { &one.note } else { &other.note };
        Self {
            table: one.table.clone(),
            unit: one.unit.clone(),
            regressor: one.regressor.clone(),
            before: one.estimate,
            stars_before: one.stars.asterisks(),
            after: other.estimate,
            stars_after: other.stars.asterisks(),
            change,
            standard_errors: change.zip(one.std_error).map(|(change, error)| change / error),
            std_error_ratio: other.std_error.zip(one.std_error).map(|(after, before)| after / before),
            flipped: one.estimate.zip(other.estimate).is_some_and(|(before, after)| before * after < 0.0),
            significance,
            n_obs: (one.n_obs != other.n_obs).then_some((one.n_obs, other.n_obs)),
            note: if one.estimate.is_some() && other.estimate.is_some() {
                String::new()
            } else {
                note.clone()
            },
        }
    }

    /// What a reader wants to see first.
    fn rank(&self) -> u8 {
        match (self.flipped, self.significance) {
            (true, Significance::Kept) => 0,
            (true, Significance::Gained | Significance::Lost) => 1,
            (false, Significance::Gained | Significance::Lost) => 2,
            (_, Significance::Unknown) => 3,
            (true, _) => 4,
            _ => 5,
        }
    }
}
