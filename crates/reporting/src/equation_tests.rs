//! What was tested of the equations beside their coefficients.

use serde::{Deserialize, Serialize};
use vintner_estimation::instruments::EquationFirstStage;
use vintner_estimation::specification::Diagnostic;
use vintner_estimation::systems::Identification;
use vintner_panel::Label;

/// The specification tests of one equation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EquationDiagnostics {
    /// The equation's id, which is the id of its table.
    pub equation: String,
    /// Its title.
    pub title: Label,
    /// The tests, in order.
    pub tests: Vec<Diagnostic>,
}

/// What is known of a system of equations before it is estimated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SystemFindings {
    /// What identifies each equation.
    pub identification: Vec<Identification>,
    /// How strong the instruments of each are.
    pub first_stages: Vec<EquationFirstStage>,
}
