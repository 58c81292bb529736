//! The functions that an expression can call.

use crate::cell::{Cell, Missing, figure, finite};

/// A function of values of the same row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarFunction {
    /// Natural logarithm.
    Ln,
    /// Logarithm to base 10.
    Log10,
    /// Logarithm to base 2.
    Log2,
    /// Logarithm to the base that stands first.
    Log,
    /// Exponential.
    Exp,
    /// Square root.
    Sqrt,
    /// Absolute value.
    Abs,
    /// Power.
    Power,
    /// Remainder of a division, with the dividend's sign.
    Remainder,
    /// Sign.
    Sign,
    /// Rounded, halves away from zero.
    Round,
    /// The next whole number below.
    Floor,
    /// The next whole number above.
    Ceil,
    /// The least of several.
    Least,
    /// The greatest of several.
    Greatest,
    /// The first that isn't missing.
    Coalesce,
    /// Missing where the two are equal.
    NullIf,
}

/// A function of the same entity's values in other years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFunction {
    /// The value before.
    Lag,
    /// The value after.
    Lead,
    /// The change.
    Difference,
}

/// A function of all values of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aggregate {
    /// Mean.
    Average,
    /// Sum.
    Sum,
    /// Least.
    Minimum,
    /// Greatest.
    Maximum,
    /// How many there are.
    Count,
    /// The first row's.
    FirstValue,
    /// Standard deviation with n - 1.
    StandardDeviation,
    /// Standard deviation with n.
    PopulationStandardDeviation,
}

/// A function by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Scalar(ScalarFunction),
    Time(TimeFunction),
    Aggregate(Aggregate),
}

/// Every name with its function and the fewest and most arguments; the first name of a function is
/// the one that it is printed with.
const FUNCTIONS: &[(&str, Function, usize, usize)] = {
    use Function::{Aggregate as Over, Scalar, Time};
    use ScalarFunction as S;
    use TimeFunction as T;
    &[
        ("ln", Scalar(S::Ln), 1, 1),
        ("log10", Scalar(S::Log10), 1, 1),
        ("log2", Scalar(S::Log2), 1, 1),
        ("log", Scalar(S::Log), 2, 2),
        ("exp", Scalar(S::Exp), 1, 1),
        ("sqrt", Scalar(S::Sqrt), 1, 1),
        ("abs", Scalar(S::Abs), 1, 1),
        ("power", Scalar(S::Power), 2, 2),
        ("pow", Scalar(S::Power), 2, 2),
        ("mod", Scalar(S::Remainder), 2, 2),
        ("sign", Scalar(S::Sign), 1, 1),
        ("round", Scalar(S::Round), 1, 2),
        ("floor", Scalar(S::Floor), 1, 1),
        ("ceil", Scalar(S::Ceil), 1, 1),
        ("ceiling", Scalar(S::Ceil), 1, 1),
        ("least", Scalar(S::Least), 1, usize::MAX),
        ("greatest", Scalar(S::Greatest), 1, usize::MAX),
        ("coalesce", Scalar(S::Coalesce), 1, usize::MAX),
        ("nullif", Scalar(S::NullIf), 2, 2),
        ("lag", Time(T::Lag), 1, 2),
        ("lead", Time(T::Lead), 1, 2),
        ("diff", Time(T::Difference), 1, 2),
        ("avg", Over(Aggregate::Average), 1, 1),
        ("sum", Over(Aggregate::Sum), 1, 1),
        ("min", Over(Aggregate::Minimum), 1, 1),
        ("max", Over(Aggregate::Maximum), 1, 1),
        ("count", Over(Aggregate::Count), 1, 1),
        ("first_value", Over(Aggregate::FirstValue), 1, 1),
        ("stddev", Over(Aggregate::StandardDeviation), 1, 1),
        ("stddev_samp", Over(Aggregate::StandardDeviation), 1, 1),
        ("stddev_pop", Over(Aggregate::PopulationStandardDeviation), 1, 1),
    ]
};

/// The names of all functions that an expression can call.
pub fn function_names() -> Vec<&'static str> {
    FUNCTIONS.iter().map(|entry| entry.0).collect()
}

impl Function {
    /// The function of a name, in any case, with the fewest and most arguments.
    pub(crate) fn named(name: &str) -> Option<(Self, usize, usize)> {
        FUNCTIONS
            .iter()
            .find(|entry| entry.0.eq_ignore_ascii_case(name))
            .map(|(_, function, fewest, most)| (*function, *fewest, *most))
    }

    /// The name that it is printed with.
    pub(crate) fn name(self) -> &'static str {
        FUNCTIONS.iter().find(|entry| entry.1 == self).map_or("", |entry| entry.0)
    }
}

impl ScalarFunction {
    /// The function's value for one row. A missing argument makes it missing, save for coalesce.
    pub(crate) fn apply(self, arguments: &[Cell]) -> Cell {
        if self == Self::Coalesce {
            let mut last = Err(Missing::Absent("NULL".into()));
            for argument in arguments {
                match argument {
                    Ok(_) => return argument.clone(),
                    Err(_) => last = argument.clone(),
                }
            }
            return last;
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(argument.clone()?);
        }
        self.of_numbers(&values)
    }

    fn of_numbers(self, values: &[f64]) -> Cell {
        match (self, values) {
            (Self::Ln, [x]) => logarithm(*x, f64::ln),
            (Self::Log10, [x]) => logarithm(*x, f64::log10),
            (Self::Log2, [x]) => logarithm(*x, f64::log2),
            (Self::Log, [base, x]) => {
                let (numerator, denominator) = (logarithm(*x, f64::ln)?, logarithm(*base, f64::ln)?);
                if denominator == 0.0 {
                    return Err(Missing::computed("logarithm to base 1"));
                }
                finite(numerator / denominator, || {
                    format!("logarithm of {} to base {} overflows", figure(*x), figure(*base))
                })
            }
            (Self::Exp, [x]) => finite(x.exp(), || format!("exponential of {} overflows", figure(*x))),
            (Self::Sqrt, [x]) if *x < 0.0 => Err(Missing::computed(format!("square root of {}", figure(*x)))),
            (Self::Sqrt, [x]) => Ok(x.sqrt()),
            (Self::Abs, [x]) => Ok(x.abs()),
            (Self::Power, [base, exponent]) => power(*base, *exponent),
            (Self::Remainder, [dividend, divisor]) => remainder(*dividend, *divisor),
            (Self::Sign, [x]) => Ok(if *x == 0.0 { 0.0 } else { x.signum() }),
            (Self::Round, [x]) => Ok(x.round()),
            (Self::Round, [x, digits]) => round(*x, *digits),
            (Self::Floor, [x]) => Ok(x.floor()),
            (Self::Ceil, [x]) => Ok(x.ceil()),
            (Self::NullIf, [x, other]) if x == other => {
                Err(Missing::Absent(format!("NULL, as the value is {}", figure(*x)).into()))
            }
            (Self::NullIf, [x, _]) => Ok(*x),
            (Self::Least, [first, rest @ ..]) => Ok(rest.iter().copied().fold(*first, f64::min)),
            (Self::Greatest, [first, rest @ ..]) => Ok(rest.iter().copied().fold(*first, f64::max)),
            // The number of arguments was checked when the expression was read.
            _ => Err(Missing::computed("wrong number of arguments")),
        }
    }
}

fn logarithm(x: f64, function: fn(f64) -> f64) -> Cell {
    if x > 0.0 { Ok(function(x)) } else { Err(Missing::computed(format!("logarithm of {}", figure(x)))) }
}

/// x ^ y, where that is a real number.
pub(crate) fn power(base: f64, exponent: f64) -> Cell {
    if base == 0.0 && exponent < 0.0 {
        return Err(Missing::computed(format!("0 to the power {}, a division by zero", figure(exponent))));
    }
    let value = base.powf(exponent);
    if value.is_nan() {
        return Err(Missing::computed(format!(
            "{} to the power {} isn't a real number",
            figure(base),
            figure(exponent)
        )));
    }
    finite(value, || format!("{} to the power {} overflows", figure(base), figure(exponent)))
}

/// The remainder of a division, with the dividend's sign.
pub(crate) fn remainder(dividend: f64, divisor: f64) -> Cell {
    if divisor == 0.0 {
        return Err(Missing::computed("remainder of a division by zero"));
    }
    Ok(dividend % divisor)
}

/// To whole digits after the point (before it where negative), halves away from zero.
fn round(x: f64, digits: f64) -> Cell {
    if digits.fract() != 0.0 || digits.abs() > 300.0 {
        return Err(Missing::computed(format!("rounding to {} digits", figure(digits))));
    }
    let scale = 10_f64.powi(digits.abs() as i32);
    if digits >= 0.0 {
        // A number this large has no digits after the point that could be rounded away.
        let scaled = x * scale;
        Ok(if scaled.is_finite() { scaled.round() / scale } else { x })
    } else {
        finite((x / scale).round() * scale, || format!("{} rounded to {digits} digits overflows", figure(x)))
    }
}
