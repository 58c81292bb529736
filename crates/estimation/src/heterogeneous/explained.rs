//! Whether a dependent variable has anything to explain: the rule of the pooled models.

use crate::numerics::is_constant;
use crate::outcome::Reason;
use crate::sample::Sample;

/// The reason where the dependent variable is constant, over all rows or within every entity: its slopes are zeros
/// without a variance, which say nothing. Without an intercept a constant is explained, and zeros alone aren't.
pub(super) fn nothing_to_explain(sample: &Sample) -> Option<Reason> {
    let (formula, dependent) = (sample.formula(), sample.dependent());
    let variable = || formula.dependent.clone();
    if !formula.intercept {
        let zeros = dependent.iter().all(|value| *value == 0.0);
        return zeros.then(|| Reason::ConstantDependent { variable: variable() });
    }
    if is_constant(dependent) {
        return Some(Reason::ConstantDependent { variable: variable() });
    }
    let mut own = sample.groups().iter().map(|group| dependent.get(group.clone()).unwrap_or_default());
    own.all(is_constant).then(|| Reason::ConstantDependentWithin { variable: variable() })
}
