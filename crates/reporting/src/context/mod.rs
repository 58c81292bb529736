//! The one model of a report, as templates see it. Every field is always there (nothing is left out
//! when it is empty), numbers are texts already, names come in both languages.

mod agreement_view;
mod claim_view;
mod figure_view;
mod gap_view;
mod granger_view;
mod mutual_view;
mod name;
mod report_context;
mod robustness_view;
mod section_view;
mod system_view;
mod table_context;
mod table_view;
mod tests_view;
mod vintage_view;
mod warning_view;

pub use agreement_view::{AgreementView, TableAgreement};
pub use claim_view::{ClaimCounts, ClaimView, ClaimsView, VerdictView};
pub use figure_view::FigureView;
pub use gap_view::{ComputedGaps, DroppedView, GapView, NotEstimableView};
pub use granger_view::{GrangerCell, GrangerPair, GrangerPanelView, GrangerRow, GrangerView, StatisticView};
pub use mutual_view::{MutualFinding, MutualView};
pub use report_context::{DescriptiveView, ModelAgreementView, ReportContext, StarView, VariableView};
pub use robustness_view::{
    CurveView, FindingView, RobustnessEquationView, RobustnessView, SpecificationCell, SpecificationRow,
};
pub use section_view::{SectionView, TableReference};
pub use system_view::{FirstStageRow, IdentificationRow, StrengthRow, SystemView};
pub use table_context::TableContext;
pub use table_view::{CellView, ColumnView, Figure, TableRow, TableView};
pub use tests_view::{DependenceRow, SpecificationTestRow, TestCell, TestsView, UnitRootRow};
pub use vintage_view::{SourceView, VintageView};
pub use warning_view::{DisguisedAs, WarningView};
