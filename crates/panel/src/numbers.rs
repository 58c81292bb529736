//! A column of numbers, shared with the frame that it comes from where that can be.

use std::ops::Deref;

use polars::prelude::*;

/// Numbers, one a row; a missing one is NaN. Where the frame's column is already that, in one piece and
/// without nulls, its memory is shared and nothing copied. Cloning copies nothing either.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// In one piece and without nulls.
    values: Float64Chunked,
    /// How many aren't finite.
    missing: usize,
}

impl Numbers {
    /// Numbers of one's own.
    pub fn new(values: Vec<f64>) -> Self {
        Self::of(Float64Chunked::from_vec(PlSmallStr::EMPTY, values))
    }

    /// The numbers of a column; its nulls become NaN.
    pub(crate) fn of(values: Float64Chunked) -> Self {
        let values = if values.null_count() > 0 {
            let filled: Vec<f64> = values.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
            Float64Chunked::from_vec(PlSmallStr::EMPTY, filled)
        } else {
            values.rechunk().into_owned()
        };
        let missing = values
            .cont_slice()
            .map_or(0, |slice| slice.iter().map(|value| usize::from(!value.is_finite())).sum());
        Self { values, missing }
    }

    /// How many of the numbers are missing: NaN, or infinite.
    pub fn missing(&self) -> usize {
        self.missing
    }
}

impl Deref for Numbers {
    type Target = [f64];

    fn deref(&self) -> &[f64] {
        // Always in one piece; see `of`.
        self.values.cont_slice().unwrap_or(&[])
    }
}

impl PartialEq for Numbers {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl From<Vec<f64>> for Numbers {
    fn from(values: Vec<f64>) -> Self {
        Self::new(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_column_is_shared_and_nulls_become_nan() {
        let whole = Float64Chunked::from_vec("x".into(), vec![1.0, 2.0]);
        let numbers = Numbers::of(whole.clone());
        assert!(std::ptr::eq(&raw const numbers[0], &raw const whole.cont_slice().unwrap_or(&[])[0]));
        assert_eq!(numbers.missing(), 0);
        let holes: Float64Chunked = [Some(1.0), None, Some(f64::INFINITY)].into_iter().collect();
        let numbers = Numbers::of(holes);
        assert_eq!((numbers[0], numbers[1].is_nan(), numbers.missing()), (1.0, true, 2));
    }
}
