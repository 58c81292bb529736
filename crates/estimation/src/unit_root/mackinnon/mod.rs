//! P-values and critical values of the Dickey-Fuller t statistic.
//!
//! * MacKinnon (1996, Journal of Applied Econometrics 11, 601-618): the quantiles at 221 probabilities are response
//!   surfaces in 1/n; the p-value comes of a regression of the normal quantiles of the nine probabilities around the
//!   statistic on a polynomial of their quantiles, by generalized least squares with the covariance of order
//!   statistics (his section 4, equation 10). The cubic term is kept where its t statistic exceeds 2. Equals
//!   `urca::punitroot`. The surfaces aren't part of this project: [`MackinnonTables`].
//! * MacKinnon (1994, Journal of Business and Economic Statistics 12, 167-176, tables 3 and 4): the normal
//!   distribution function of a polynomial. DIFFERENCE: statsmodels' `mackinnonp` returns 0 and 1 beyond the range
//!   that the polynomial was fitted on, plm's `padf` goes on with the polynomial, which turns down again there. Both are
//!   offered.
//! * MacKinnon (2010, Queen's Economics Department Working Paper 1227, table 2): critical values for n observations.

mod p_values;
mod tables;

pub use p_values::{PValues, critical_values_2010, p_value_1994, p_value_1996};
pub use tables::{GivenTables, MackinnonTables};
