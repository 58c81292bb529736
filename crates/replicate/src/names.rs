//! What functions of expressions are called in both languages.

use vintner_transform::{Aggregate, ScalarFunction};

/// A function of values of one row.
pub(crate) fn scalar(function: ScalarFunction) -> &'static str {
    match function {
        ScalarFunction::Ln | ScalarFunction::Log => "ln",
        ScalarFunction::Log10 => "log10_of",
        ScalarFunction::Log2 => "log2_of",
        ScalarFunction::Exp => "exp",
        ScalarFunction::Sqrt => "root",
        ScalarFunction::Abs => "abs",
        ScalarFunction::Power => "power",
        ScalarFunction::Remainder => "remainder",
        ScalarFunction::Sign => "sign",
        ScalarFunction::Round => "round_half_up",
        ScalarFunction::Floor => "floor",
        ScalarFunction::Ceil => "ceil",
        ScalarFunction::Least => "least",
        ScalarFunction::Greatest => "greatest",
        ScalarFunction::Coalesce => "coalesce",
        ScalarFunction::NullIf => "nullif",
    }
}

/// An aggregate of a window.
pub(crate) fn aggregate(aggregate: Aggregate) -> &'static str {
    match aggregate {
        Aggregate::Average => "avg",
        Aggregate::Sum => "sum",
        Aggregate::Minimum => "min",
        Aggregate::Maximum => "max",
        Aggregate::Count => "count",
        Aggregate::FirstValue => "first_value",
        Aggregate::StandardDeviation => "stddev",
        Aggregate::PopulationStandardDeviation => "stddev_pop",
    }
}
