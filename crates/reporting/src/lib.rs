//! From estimates to `estimates.csv`, `report.md`, `report.tex` and `report.html`.
//!
//! Estimates arrive as [`EstimateRow`]s and are joined with the [`Published`] tables by
//! [`tidy_estimates`]; [`write_estimates_csv`] writes the result. [`ReportContext::build`] makes the one
//! model of a report, a pure function of a [`ReportSpec`] (what a pipeline's author wrote) and
//! [`ReportInputs`] (what the pipeline computed), and a [`Renderer`] puts it through tera templates in the
//! [`Wording`] of a language, escaping whatever they print for the format that they are in.
//!
//! Nothing here knows a particular paper.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod arithmetic;
mod bibliography;
mod changes;
pub mod claims;
mod comparison;
mod context;
mod dropped_row;
mod equation_tests;
mod error;
mod escape;
mod estimate_row;
mod estimates_csv;
mod figures;
mod filters;
mod language;
mod models;
mod name;
mod number_format;
mod printed_line;
mod printed_number;
mod published;
mod reference_view;
mod renderer;
mod report_format;
mod report_inputs;
mod report_spec;
mod report_unit;
mod robustness;
mod section_spec;
mod sheet_text;
mod specification;
mod stars;
mod table_csv;
mod table_spec;
mod template_source;
mod tidy_estimate;
mod trace_page;
mod usual;
mod variable_definition;
pub mod vintage_difference;
mod vintage_summary;
mod weave;
mod wording;
mod workbook;

pub use arithmetic::{Arithmetic, ArithmeticFault, Rule, check_arithmetic};
pub use bibliography::{Bibliography, BibliographyEntry};
pub use changes::Changes;
pub use comparison::{Agreement, Comparison};
pub use context::{
    AgreementView, CellView, ClaimCounts, ClaimView, ClaimsView, ColumnView, CurveView, DependenceRow,
    DescriptiveView, DisguisedAs, DroppedView, Figure, FindingView, FirstStageRow, GapView, GrangerCell,
    GrangerPair, GrangerPanelView, GrangerRow, GrangerView, IdentificationRow, ModelAgreementView,
    MutualFinding, MutualView, NotEstimableView, ReportContext, RobustnessEquationView, RobustnessView,
    SectionView, SourceView, SpecificationCell, SpecificationRow, SpecificationTestRow, StarView,
    StatisticView, StrengthRow, SystemView, TableAgreement, TableContext, TableReference, TableRow,
    TableView, TestCell, TestsView, UnitRootRow, VariableView, VerdictView, VintageView, WarningView,
};
pub use dropped_row::DroppedRow;
pub use equation_tests::{EquationDiagnostics, SystemFindings};
pub use error::{ReportingError, Result};
pub use escape::{
    escape_html, escape_latex, escape_markdown, html_code, html_number, latex_code, latex_number,
    markdown_code,
};
pub use estimate_row::{EstimateOutcome, EstimateRow};
pub use estimates_csv::{ESTIMATES_COLUMNS, read_estimates_csv, write_estimates_csv};
pub use figures::{
    AgreementScatter, CorrelationMap, Directions, Drawing, FigureAbout, FigureWords, Forest, MissingMap,
    PathPanels, PlotPoint, PointPlot, RowPlot, SpecificationCurve, UnitPath, figure_file,
};
pub use language::Language;
pub use models::{
    Below, Brackets, CellOf, ColumnSpec, Indicator, ModelAgreement, ModelCell, ModelColumn, ModelGroup,
    ModelPanel, ModelResults, ModelRow, ModelSource, ModelStar, ModelTable, ModelTableSpec, PanelSpec, Part,
    Parts, PrintedModels, PrintedRow, ResultCell, ResultRow, RowKind, STATISTICS, StatisticRow,
    StatisticValue, TERM_COLUMNS, TermResult, fits_pattern, model_words, read_results, read_results_csv,
    read_results_json, renamed_category, with_trace_links, write_model_csv, write_model_docx,
    write_model_part, write_model_text, write_model_workbook, write_results_csv,
};
pub use name::Name;
pub use number_format::significant;
pub use printed_line::{Numeral, PrintedAgreement, PrintedLine};
pub use printed_number::PrintedNumber;
pub use published::{Published, PublishedCoefficient};
pub use renderer::Renderer;
pub use report_format::ReportFormat;
pub use report_inputs::ReportInputs;
pub use report_spec::{ReportSpec, Translation};
pub use report_unit::ReportUnit;
pub use robustness::{Effect, Finding, Headline, Robustness, RobustnessEquation};
pub use section_spec::{SECTIONS, SectionSpec};
pub use specification::{INTERVAL_LEVEL, Specification, SpecificationOutcome, SpecifiedCoefficient};
pub use stars::{StarLevels, Stars};
pub use table_csv::write_table_csv;
pub use table_spec::TableSpec;
pub use template_source::TemplateSource;
pub use tidy_estimate::{TidyEstimate, tidy_estimates};
pub use trace_page::{page_name, trace_page};
pub use usual::{templates_over_usual, usual_file, usual_files};
pub use variable_definition::VariableDefinition;
pub use vintage_summary::{CorrectionSummary, SourceSummary, VintageSummary};
pub use weave::{Numbers, Prose, WeaveRemark, Woven};
pub use wording::Wording;
pub use workbook::write_workbook;
