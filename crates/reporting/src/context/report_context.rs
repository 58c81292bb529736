//! The model of a report.

use std::collections::BTreeMap;

use serde::Serialize;
use vintner_estimation::Description;

use super::figure_view::figure_views;
use super::gap_view::{dropped_views, gap_views, not_estimable_views, own_and_computed};
use super::mutual_view::mutual_views;
use super::name::Names;
use super::section_view::{Given, section_views};
use super::warning_view::{WarningView, warning_views};
use super::{
    AgreementView, ClaimsView, ComputedGaps, DroppedView, FigureView, GapView, GrangerView, MutualView,
    NotEstimableView, RobustnessView, SectionView, SystemView, TableView, TestsView, VintageView,
};
use crate::changes::Changes;
use crate::error::Result;
use crate::models::{ModelAgreement, ModelTable};
use crate::name::Name;
use crate::number_format::{percent, significant};
use crate::report_inputs::ReportInputs;
use crate::report_spec::{ReportSpec, Translation};
use crate::tidy_estimate::{TidyEstimate, tidy_estimates, units_in_order};

/// Everything that a report says, for templates in any format. Its top-level fields are the names that
/// a template may use.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReportContext {
    /// The title.
    pub title: Name,
    /// The authors.
    pub authors: Vec<String>,
    /// The publication that is replicated; empty for none.
    pub citation: Name,
    /// Paragraphs under the title.
    pub introduction: Vec<Name>,
    /// The same report in other languages.
    pub translations: Vec<Translation>,
    /// Whether numbers are links to their traces.
    pub trace_links: bool,
    /// The vintage.
    pub vintage: VintageView,
    /// The variables.
    pub variables: Vec<VariableView>,
    /// Descriptive statistics.
    pub descriptives: Vec<DescriptiveView>,
    /// Granger tests.
    pub granger: GrangerView,
    /// The tables of coefficients.
    pub tables: Vec<TableView>,
    /// Agreement with the publication.
    pub agreement: AgreementView,
    /// Pairs of dependent variables that may move one another.
    pub mutual: Vec<MutualView>,
    /// The published findings under every specification.
    pub robustness: RobustnessView,
    /// What is tested before and beside the estimates.
    pub tests: TestsView,
    /// The equations as a system.
    pub system: SystemView,
    /// What the paper concludes, and whether it holds.
    pub claims: ClaimsView,
    /// The figures by what they are: `figures.paths`, as the pipeline names them.
    pub figures: BTreeMap<String, Vec<FigureView>>,
    /// Values that the panel lacks.
    pub gaps: Vec<GapView>,
    /// How many values those are.
    pub gap_count: usize,
    /// Those that are missing with them, as they are computed from them.
    pub computed_gaps: ComputedGaps,
    /// Rows that equations couldn't use.
    pub dropped: Vec<DroppedView>,
    /// What couldn't be estimated.
    pub not_estimable: Vec<NotEstimableView>,
    /// What changed since estimates that were made before; nothing where there are none.
    pub changes: Option<Changes>,
    /// How the tables of models that are shown fare beside what was published of them.
    pub model_agreement: Vec<ModelAgreementView>,
    /// What makes findings less than they look, the gravest first.
    pub warnings: Vec<WarningView>,
    /// The sections that have something to say, in order.
    pub sections: Vec<SectionView>,
    /// The stars and what they mean, the strictest first.
    pub stars: Vec<StarView>,
    /// Commands that make the report again.
    pub commands: Vec<String>,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VariableView {
    /// Its id and names.
    pub name: Name,
    /// Its unit.
    pub unit: Name,
    /// How it is built.
    pub definition: Name,
}

/// Descriptive statistics of a variable, as text; empty where there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DescriptiveView {
    /// The variable.
    pub variable: Name,
    /// Cells with a value.
    pub n: usize,
    /// Cells without one.
    pub missing: usize,
    /// The mean.
    pub mean: String,
    /// The standard deviation.
    pub std_dev: String,
    /// The least value.
    pub min: String,
    /// The greatest value.
    pub max: String,
}

/// What stars mean.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StarView {
    /// The asterisks.
    pub stars: String,
    /// The level, as a percentage.
    pub level: String,
}

impl ReportContext {
    /// Makes the model. The same inputs give the same model; nothing else (no clock, no machine) enters.
    ///
    /// # Errors
    /// What [`tidy_estimates`] refuses, and synthetic data without a notice.
    pub fn build(spec: &ReportSpec, inputs: &ReportInputs) -> Result<Self> {
        let units = units_in_order(&spec.units);
        let names = Names::new(&units, &inputs.variables, &spec.language);
        let rows = tidy_estimates(
            &inputs.estimates,
            &spec.tables,
            &spec.units,
            &inputs.published,
            &spec.star_levels,
        )?;
        let tables = spec
            .tables
            .iter()
            .filter(|table| table.in_report)
            .map(|table| {
                let of_table: Vec<&TidyEstimate> = rows.iter().filter(|row| row.table == table.id).collect();
                TableView::new(table, &of_table, &units, &names)
            })
            .collect();
        let variables = inputs
            .variables
            .iter()
            .map(|variable| VariableView {
                name: Name::new(&variable.id, &variable.label),
                unit: Name::new("unit", &variable.unit),
                definition: Name::new("definition", &variable.definition),
            })
            .collect();
        let stars = spec
            .star_levels
            .legend()
            .into_iter()
            .map(|(stars, level)| StarView { stars: stars.asterisks(), level: percent(level) })
            .collect();
        let synthetic = inputs.vintage.is_synthetic();
        let (own_gaps, computed_gaps) = own_and_computed(&inputs.gaps, &names);
        let mut context = Self {
            title: Name::new("title", &spec.title),
            authors: spec.authors.clone(),
            citation: Name::new("citation", &spec.citation),
            introduction: spec.introduction.iter().map(|label| Name::new("introduction", label)).collect(),
            translations: spec.translations.clone(),
            trace_links: spec.trace_links,
            vintage: VintageView::new(&inputs.vintage)?,
            variables,
            descriptives: inputs.descriptives.iter().map(|row| descriptive_view(row, &names)).collect(),
            granger: GrangerView::new(&inputs.granger, &names, &spec.star_levels),
            tables,
            agreement: AgreementView::new(&spec.tables, &rows),
            mutual: mutual_views(&spec.tables, &rows, &units, &names),
            robustness: inputs
                .robustness
                .as_ref()
                .map(|robustness| RobustnessView::new(robustness, &names, &spec.star_levels, synthetic))
                .unwrap_or_default(),
            tests: TestsView::new(&inputs.unit_roots, &inputs.diagnostics, &names, &spec.star_levels),
            system: inputs
                .system
                .as_ref()
                .map(|system| {
                    let equations = inputs.robustness.as_ref().map(|one| one.equations.as_slice());
                    SystemView::new(system, equations.unwrap_or_default(), &names, &spec.star_levels)
                })
                .unwrap_or_default(),
            claims: ClaimsView::new(&inputs.claims, &names, synthetic),
            figures: figure_views(&inputs.figures),
            gaps: gap_views(&own_gaps, &names),
            gap_count: own_gaps.len(),
            computed_gaps,
            dropped: dropped_views(&inputs.dropped, &spec.tables, &names),
            not_estimable: not_estimable_views(&rows, &spec.tables, &names),
            changes: inputs.before.as_ref().map(|before| Changes::between(before, &rows)),
            model_agreement: model_agreement(&inputs.models),
            warnings: warning_views(&inputs.diagnostics, &inputs.descriptives, &names),
            sections: Vec::new(),
            stars,
            commands: spec.commands.clone(),
        };
        let plots = figure_views(&inputs.plots);
        let given = Given { models: &inputs.models, plots: &plots };
        context.sections = section_views(&spec.sections, &given, |section| context.has(section))?;
        Ok(context)
    }

    /// Whether there is anything for one of the usual sections to say.
    fn has(&self, section: &str) -> bool {
        let drawn = |kind: &str| self.figures.get(kind).is_some_and(|all| !all.is_empty());
        match section {
            "verdict" => {
                !self.agreement.tables.is_empty()
                    || !self.claims.claims.is_empty()
                    || self.changes.is_some()
                    || !self.warnings.is_empty()
                    || !self.model_agreement.is_empty()
                    || self.gap_count > 0
                    || !self.not_estimable.is_empty()
            }
            "reading" => !self.mutual.is_empty() || drawn("directions"),
            "tables" => !self.tables.is_empty(),
            "claims" => !self.claims.claims.is_empty(),
            "agreement" => !self.agreement.tables.is_empty(),
            "robustness" => !self.robustness.equations.is_empty(),
            "variables" => !self.variables.is_empty(),
            "descriptives" => !self.descriptives.is_empty(),
            "figures" => drawn("paths") || drawn("correlations"),
            "granger" => !self.granger.rows.is_empty() || !self.granger.panel.is_empty(),
            "before" => !self.tests.unit_roots.is_empty() || !self.tests.dependence.is_empty(),
            "tests" => !self.tests.specification.is_empty(),
            "system" => !self.system.identification.is_empty(),
            "gaps" => {
                self.gap_count > 0
                    || !self.dropped.is_empty()
                    || !self.not_estimable.is_empty()
                    || !self.tables.is_empty()
                    || drawn("missing")
            }
            "reproduce" => !self.commands.is_empty() || !self.tables.is_empty(),
            _ => true,
        }
    }
}

/// How a table of models fares beside what was published of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelAgreementView {
    /// Its title; that of its input where it has none.
    pub title: String,
    /// The counts.
    pub agreement: ModelAgreement,
}

fn model_agreement(tables: &BTreeMap<String, ModelTable>) -> Vec<ModelAgreementView> {
    let view = |(name, table): (&String, &ModelTable)| {
        let title = if table.title.is_empty() { name } else { &table.title };
        Some(ModelAgreementView { title: title.clone(), agreement: table.agreement.clone()? })
    };
    tables.iter().filter_map(view).collect()
}

fn descriptive_view(row: &Description, names: &Names) -> DescriptiveView {
    let text = |value: Option<f64>| value.map(significant).unwrap_or_default();
    DescriptiveView {
        variable: names.variable(&row.variable),
        n: row.n,
        missing: row.missing,
        mean: text(row.mean),
        std_dev: text(row.sd),
        min: text(row.min),
        max: text(row.max),
    }
}
