//! What is made out of packages in Stata, R and Python.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod made_out;
