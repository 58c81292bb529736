//! Tests of instruments, of serial correlation and of coefficients.

use faer::Mat;

use super::estimated::{GmmEstimated, sum};
use super::moments::instruments_by;
use crate::inference::{HypothesisTest, Tail, wald};
use crate::numerics::symmetric::quadratic_form;
use crate::outcome::Reason;

const VALID: &str = "the instruments are valid";

impl GmmEstimated {
    /// Sargan's test of the overidentifying restrictions, e1'Z A1 Z'e1/sigma^2 of the first step's residuals e1,
    /// chi-squared with as many degrees of freedom as there are more instruments than coefficients (gretl,
    /// Stata's `estat sargan`). Not robust to heteroskedasticity.
    ///
    /// # Errors
    /// [`Reason::ExactlyIdentified`], [`Reason::PerfectFit`].
    pub fn sargan(&self) -> Result<HypothesisTest, Reason> {
        let score = sum(&self.first.scores, self.equations.instruments);
        let statistic = self.first.weights.quadratic_form(&score) / self.error_variance();
        self.overidentification("Sargan test", statistic)
    }

    /// Hansen's J test of the overidentifying restrictions, e'Z S^-1 Z'e with S of the first step's residuals and
    /// e of the last step's (plm's `sargan`; gretl's and xtabond2's Hansen test of two steps).
    ///
    /// # Errors
    /// As [`Self::sargan`].
    pub fn hansen(&self) -> Result<HypothesisTest, Reason> {
        let score = sum(&self.last().scores, self.equations.instruments);
        self.overidentification("Hansen test", self.second_weights.quadratic_form(&score))
    }

    fn overidentification(&self, name: &str, statistic: f64) -> Result<HypothesisTest, Reason> {
        if self.perfect {
            return Err(Reason::PerfectFit);
        }
        let rank = self.first.weights.rank;
        match rank - self.equations.names.len() {
            0 => Err(Reason::ExactlyIdentified),
            df => HypothesisTest::chi_squared(name, VALID, statistic, df as f64),
        }
    }

    /// Arellano and Bond's (1991, eq. 8-9) test that residuals in differences aren't correlated with those `order`
    /// times before, under a covariance of the coefficients; standard normal, both tails. First differences of
    /// white noise are correlated at order 1 and not beyond.
    ///
    /// # Errors
    /// [`Reason::NoLaggedResiduals`]; [`Reason::NotPositiveDefinite`] where the variance of the statistic comes out
    /// negative, as it may in small samples; [`Reason::PerfectFit`].
    pub fn serial_correlation(&self, order: usize, covariance: &Mat<f64>) -> Result<HypothesisTest, Reason> {
        if self.perfect {
            return Err(Reason::PerfectFit);
        }
        let (equations, last) = (&self.equations, self.last());
        let instruments = equations.instruments;
        let (mut number, mut pairs, mut own) = (0.0, 0_usize, 0.0);
        let mut by_regressors = vec![0.0; equations.names.len()];
        let mut by_instruments = vec![0.0; instruments];
        let apart = i64::try_from(order).unwrap_or(i64::MAX / 4);
        for (rows, residuals) in equations.units.iter().zip(&last.residuals) {
            let differences = rows.iter().take_while(|row| !row.level).count();
            let mut product = 0.0;
            for (place, row) in rows[..differences].iter().enumerate() {
                let earlier = rows[..differences].binary_search_by_key(&(row.time - apart), |row| row.time);
                let Ok(earlier) = earlier else { continue };
                pairs += 1;
                product += residuals[place] * residuals[earlier];
                for (sum, x) in by_regressors.iter_mut().zip(&row.x) {
                    *sum += residuals[earlier] * x;
                }
            }
            number += product;
            own += product * product;
            let differenced =
                instruments_by(equations, rows, |place, row| if row.level { 0.0 } else { residuals[place] });
            by_instruments.iter_mut().zip(differenced).for_each(|(sum, z)| *sum += z * product);
        }
        if pairs == 0 {
            return Err(Reason::NoLaggedResiduals { order });
        }
        let response = last.response(&by_instruments);
        let through: f64 = by_regressors.iter().zip(response).map(|(x, b)| x * b).sum();
        let variance = own - 2.0 * through + quadratic_form(&by_regressors, covariance);
        if variance.is_nan() || variance <= 0.0 {
            return Err(Reason::NotPositiveDefinite { what: "the variance of the statistic".into() });
        }
        HypothesisTest::normal(
            format!("Arellano-Bond test, order {order}"),
            format!("no correlation of differenced residuals {order} apart"),
            number / variance.sqrt(),
            Tail::Both,
        )
    }

    /// The Wald test that the regressors' coefficients are zero, chi-squared.
    ///
    /// # Errors
    /// [`Reason::NotPositiveDefinite`] where the covariance is singular; [`Reason::PerfectFit`].
    pub fn wald(&self, covariance: &Mat<f64>) -> Result<HypothesisTest, Reason> {
        let chosen: Vec<usize> = (0..self.equations.regressors).collect();
        self.wald_of(
            "Wald test of the coefficients",
            "the regressors' coefficients are zero",
            &chosen,
            covariance,
        )
    }

    /// The Wald test that the time dummies' coefficients are zero; none without time dummies.
    ///
    /// # Errors
    /// As [`Self::wald`].
    pub fn wald_times(&self, covariance: &Mat<f64>) -> Option<Result<HypothesisTest, Reason>> {
        let order = self.equations.names.len();
        let chosen: Vec<usize> = (order - self.equations.dummies..order).collect();
        let null = "the time dummies' coefficients are zero";
        (!chosen.is_empty()).then(|| self.wald_of("Wald test of the time dummies", null, &chosen, covariance))
    }

    fn wald_of(
        &self,
        name: &str,
        null: &str,
        chosen: &[usize],
        covariance: &Mat<f64>,
    ) -> Result<HypothesisTest, Reason> {
        if self.perfect {
            return Err(Reason::PerfectFit);
        }
        let statistic = wald(self.coefficients(), covariance, chosen).ok_or_else(|| {
            Reason::NotPositiveDefinite { what: "the covariance of the coefficients".into() }
        })?;
        HypothesisTest::chi_squared(name, null, statistic, chosen.len() as f64)
    }
}
