//! How far estimates agree with the publication.

use serde::{Deserialize, Serialize};

use crate::tidy_estimate::TidyEstimate;

/// How one estimate compares with its published coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The estimate rounds to the printed digits.
    pub digits: bool,
    /// The estimate has the printed sign.
    pub sign: bool,
    /// As many stars.
    pub stars: bool,
}

impl Comparison {
    /// Compares an estimate with its published coefficient, where both are there.
    pub fn of(row: &TidyEstimate) -> Option<Self> {
        let estimate = row.estimate?;
        let published = row.published.as_ref()?;
        Some(Self {
            digits: published.is_rounding_of(estimate),
            sign: published.has_sign_of(estimate),
            stars: row.published_stars == Some(row.stars),
        })
    }

    /// Equal digits and equal stars: nothing to remark.
    pub fn is_exact(self) -> bool {
        self.digits && self.stars
    }
}

/// Counts of agreement over a set of coefficients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreement {
    /// Published coefficients: the denominator of all counts.
    pub published: usize,
    /// Of these, those that have an estimate.
    pub estimated: usize,
    /// Estimates that round to the printed digits.
    pub digits: usize,
    /// Estimates with the printed sign.
    pub signs: usize,
    /// Estimates with the printed stars.
    pub stars: usize,
    /// Published coefficients without an estimate.
    pub not_estimable: usize,
}

impl Agreement {
    /// Counts over rows; those that nothing was published of are left out.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a TidyEstimate>) -> Self {
        let mut agreement = Self::default();
        for row in rows {
            if row.published.is_none() {
                continue;
            }
            agreement.published += 1;
            match Comparison::of(row) {
                Some(comparison) => {
                    agreement.estimated += 1;
                    agreement.digits += usize::from(comparison.digits);
                    agreement.signs += usize::from(comparison.sign);
                    agreement.stars += usize::from(comparison.stars);
                }
                None => agreement.not_estimable += 1,
            }
        }
        agreement
    }

    /// Whether every published coefficient was met, digits, signs and stars.
    pub fn is_complete(self) -> bool {
        [self.digits, self.signs, self.stars].iter().all(|count| *count == self.published)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::printed_number::PrintedNumber;
    use crate::stars::Stars;

    fn row(estimate: Option<f64>, stars: u8, published: Option<(&str, u8)>) -> TidyEstimate {
        TidyEstimate {
            table: "1".into(),
            dependent: "y".into(),
            unit: "a".into(),
            regressor: "x".into(),
            estimate,
            std_error: estimate.map(|_| 1.0),
            statistic: estimate,
            p_value: estimate.map(|_| 0.5),
            stars: Stars::new(stars).unwrap(),
            n_obs: None,
            df_resid: None,
            published: published.map(|(text, _)| PrintedNumber::parse(text).unwrap()),
            published_stars: published.map(|(_, stars)| Stars::new(stars).unwrap()),
            note: String::new(),
        }
    }

    #[test]
    fn digits_signs_and_stars_are_counted_apart() {
        let rows = [
            row(Some(0.3501), 3, Some(("0.350", 3))),
            row(Some(-0.0004), 0, Some(("-0.000", 0))),
            row(Some(14.2849), 1, Some(("14.28", 2))),
            row(Some(0.9), 0, Some(("0.350", 0))),
            row(Some(-0.35), 0, Some(("0.350", 0))),
            row(None, 0, Some(("0.350", 0))),
            row(Some(1.0), 0, None),
        ];
        let agreement = Agreement::of(&rows);
        assert_eq!(
            agreement,
            Agreement { published: 6, estimated: 5, digits: 3, signs: 4, stars: 4, not_estimable: 1 }
        );
        assert!(!agreement.is_complete());
        assert!(Agreement::of(&rows[..2]).is_complete());
    }

    #[test]
    fn a_missing_side_is_not_compared() {
        assert_eq!(Comparison::of(&row(None, 0, Some(("1", 0)))), None);
        assert_eq!(Comparison::of(&row(Some(1.0), 0, None)), None);
    }
}
