//! Tests of a panel model's specification: are the slopes common, are there effects, are they correlated with
//! the regressors, are the errors independent over entities and over time, of one variance, normal?
//!
//! Each test takes a [`Sample`](crate::Sample), or an [`Estimated`](crate::Estimated) model where it can be made
//! of any, and comes to a [`HypothesisTest`](crate::HypothesisTest) or to the [`Reason`](crate::Reason) why there
//! is none. Where a covariance can be chosen, every [`Covariance`](crate::Covariance) can be. [`diagnose`] makes a
//! list of them. `docs/methods/specification_tests.md` has the formulas and which function of which program each
//! equals.
//!
//! Reads `fit` and all below; no test reads an estimator beyond one regression.

mod auxiliary;
mod bera_sosa_yoon;
mod breusch_godfrey;
mod breusch_pagan;
mod by_entity;
mod cross_section;
mod diagnose;
mod diagnostic;
mod disguised;
mod durbin_watson;
mod effects_test;
mod hausman;
mod lagrange_multiplier;
mod measure;
mod modified_wald;
mod mundlak;
mod normality;
mod panel_durbin_watson;
mod panel_shape;
mod poolability;
mod quadratic_form;
mod reset;
mod series;
mod specification_test;
mod unobserved_effects;
mod variance_inflation;
mod white;
mod wooldridge;

pub use bera_sosa_yoon::{BeraSosaYoon, BeraSosaYoonOptions, CrossSectionSize, LagSquares, bera_sosa_yoon};
pub use breusch_godfrey::{BreuschGodfrey, breusch_godfrey};
pub use breusch_pagan::{VarianceStatistic, breusch_pagan};
pub use by_entity::{EntityDiagnostics, diagnose_by_entity};
pub use cross_section::{CrossSection, CrossSectionStatistic};
pub use diagnose::diagnose;
pub use diagnostic::{Diagnostic, Finding};
pub use disguised::{Disguise, DisguiseForm, disguised};
pub use durbin_watson::{Autocorrelation, DurbinWatson, PValueMethod, durbin_watson};
pub use effects_test::{effects_f_test, likelihood_ratio};
pub use hausman::{Indefinite, hausman, hausman_auxiliary};
pub use lagrange_multiplier::{LagrangeMultiplier, lagrange_multiplier};
pub use measure::Measure;
pub use modified_wald::{GroupwiseTest, modified_wald};
pub use mundlak::mundlak;
pub use normality::{JarqueBera, jarque_bera};
pub use panel_durbin_watson::{baltagi_wu, bhargava_franzini_narendranathan};
pub use panel_shape::{Unbalancedness, Variation, unbalancedness, variation};
pub use poolability::{CommonSlopes, poolability};
pub use reset::reset;
pub use series::{LagReach, RowBefore};
pub use specification_test::SpecificationTest;
pub use unobserved_effects::unobserved_effects;
pub use variance_inflation::{VarianceInflation, generalised_variance_inflation, variance_inflation};
pub use white::white;
pub use wooldridge::{DifferencesNull, wooldridge_ar, wooldridge_differences, wooldridge_drukker};
