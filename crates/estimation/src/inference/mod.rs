//! Tests and the distributions that they refer to: a statistic with its null hypothesis and p-value, Wald statistics.
//!
//! Reads [`numerics`](crate::numerics). It never knows which model the numbers come from.

mod hypothesis_test;
mod joint_test;
mod reference_distribution;

pub use hypothesis_test::{HypothesisTest, NullDistribution, Tail, TestOutcome};
pub use joint_test::JointTest;
pub(crate) use joint_test::{joint_test, wald};
pub use reference_distribution::ReferenceDistribution;
