//! What a pipeline computed for the report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vintner_estimation::unit_root::PanelUnitRoot;
use vintner_estimation::{Description, DumitrescuHurlin};
use vintner_panel::Gap;

use crate::claims::ClaimOutcome;
use crate::dropped_row::DroppedRow;
use crate::equation_tests::{EquationDiagnostics, SystemFindings};
use crate::estimate_row::EstimateRow;
use crate::figures::FigureAbout;
use crate::models::ModelTable;
use crate::published::Published;
use crate::robustness::Robustness;
use crate::tidy_estimate::TidyEstimate;
use crate::variable_definition::VariableDefinition;
use crate::vintage_summary::VintageSummary;

/// All that a report is made from, beside its [`crate::ReportSpec`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportInputs {
    /// The vintage.
    pub vintage: VintageSummary,
    /// The variables, in the order of their table.
    pub variables: Vec<VariableDefinition>,
    /// Descriptive statistics, in order.
    #[serde(default)]
    pub descriptives: Vec<Description>,
    /// Granger tests, one for each cause and effect, in order; the units' own tests come with them.
    #[serde(default)]
    pub granger: Vec<DumitrescuHurlin>,
    /// The coefficients.
    pub estimates: Vec<EstimateRow>,
    /// What was published; empty for nothing.
    #[serde(default)]
    pub published: Published,
    /// Values that the panel lacks.
    #[serde(default)]
    pub gaps: Vec<Gap>,
    /// The findings under other specifications, where these were tried.
    #[serde(default)]
    pub robustness: Option<Robustness>,
    /// Unit-root tests of the variables.
    #[serde(default)]
    pub unit_roots: Vec<PanelUnitRoot>,
    /// Specification tests of the equations.
    #[serde(default)]
    pub diagnostics: Vec<EquationDiagnostics>,
    /// What is known of the equations as a system.
    #[serde(default)]
    pub system: Option<SystemFindings>,
    /// What the publication concludes, held against its tables and against this vintage.
    #[serde(default)]
    pub claims: Vec<ClaimOutcome>,
    /// The figures by what they are.
    #[serde(default)]
    pub figures: BTreeMap<String, Vec<FigureAbout>>,
    /// Rows that an equation couldn't use.
    #[serde(default)]
    pub dropped: Vec<DroppedRow>,
    /// Tables whose columns are models, by the names under which sections have them.
    #[serde(default)]
    pub models: BTreeMap<String, ModelTable>,
    /// Figures by the names under which sections have them.
    #[serde(default)]
    pub plots: BTreeMap<String, Vec<FigureAbout>>,
    /// Estimates that were made before, whose changes are counted.
    #[serde(default)]
    pub before: Option<Vec<TidyEstimate>>,
}

impl ReportInputs {
    /// Nothing but the vintage.
    pub fn of(vintage: VintageSummary) -> Self {
        Self {
            vintage,
            variables: Vec::new(),
            descriptives: Vec::new(),
            granger: Vec::new(),
            estimates: Vec::new(),
            published: Published::default(),
            gaps: Vec::new(),
            robustness: None,
            unit_roots: Vec::new(),
            diagnostics: Vec::new(),
            system: None,
            claims: Vec::new(),
            figures: BTreeMap::new(),
            dropped: Vec::new(),
            models: BTreeMap::new(),
            plots: BTreeMap::new(),
            before: None,
        }
    }
}
