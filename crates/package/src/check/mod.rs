//! The data editor's questions, asked by a program: a verdict for each of DCAS's 16 rules (Data and Code Availability
//! Standard 1.0, <https://datacodestandard.org>) and for each of the machine checks of the AEA's data editor, made anew
//! from their description. One rule a file, under `dcas/` and `machine/`; `list.rs` has them in their order.

mod checked;
mod dcas;
mod list;
mod machine;
mod outcome;
mod rule;
mod subject;

pub use checked::{CheckOptions, Checked, CheckedRule, check_package};
pub use outcome::{Finding, Verdict};
