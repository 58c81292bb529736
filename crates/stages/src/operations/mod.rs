//! One operation a file.

mod assemble;
mod assemble_in_blocks;
mod bootstrap;
mod chosen;
mod claims;
mod cointegration;
mod compare_files;
mod csv;
mod deflate;
mod derive;
mod derive_in_blocks;
mod describe;
mod diagnose;
mod disguises;
mod draw_agreement;
mod draw_correlations;
mod draw_directions;
mod draw_forest;
mod draw_missing;
mod draw_paths;
mod estimates;
mod exposure;
mod fama_macbeth;
mod figure_list;
mod figure_shared;
mod fitted;
mod gmm;
mod granger;
mod in_blocks;
mod inference;
mod ingest;
mod iv;
mod mean_group;
mod model_results;
mod model_table;
mod plot;
mod regress;
mod report;
mod results;
mod robustness;
mod shared;
mod specification_curve;
mod specifications;
mod system;
mod table;
mod tables_shared;
mod unit_root;
mod weave;
mod workbook;
mod written;
mod years;

use vintner_pipeline::Registry;

pub(crate) use claims::ClaimsFile;
pub(crate) use estimates::Collected;
pub(crate) use shared::{ENTITY, TIME};
pub(crate) use written::Written;

use crate::params::Of;

/// All operations.
pub fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.register(Of::<ingest::Ingest>::new());
    registry.register(Of::<assemble::Assemble>::new());
    registry.register(Of::<exposure::Exposure>::new());
    registry.register(Of::<deflate::Deflate>::new());
    registry.register(Of::<derive::Derive>::new());
    registry.register(Of::<describe::Describe>::new());
    registry.register(Of::<diagnose::Diagnose>::new());
    registry.register(Of::<regress::Regress>::new());
    registry.register(Of::<fama_macbeth::FamaMacBethStage>::new());
    registry.register(Of::<granger::Granger>::new());
    registry.register(Of::<unit_root::UnitRoot>::new());
    registry.register(Of::<cointegration::Cointegration>::new());
    registry.register(Of::<iv::Iv>::new());
    registry.register(Of::<system::SystemStage>::new());
    registry.register(Of::<mean_group::MeanGroupStage>::new());
    registry.register(Of::<gmm::Gmm>::new());
    registry.register(Of::<estimates::Estimates>::new());
    registry.register(Of::<specifications::Specifications>::new());
    registry.register(Of::<robustness::RobustnessOf>::new());
    registry.register(Of::<specification_curve::Curve>::new());
    registry.register(Of::<bootstrap::BootstrapOf>::new());
    registry.register(Of::<claims::Claims>::new());
    registry.register(Of::<draw_paths::DrawPaths>::new());
    registry.register(Of::<draw_missing::DrawMissing>::new());
    registry.register(Of::<draw_correlations::DrawCorrelations>::new());
    registry.register(Of::<draw_forest::DrawForest>::new());
    registry.register(Of::<draw_directions::DrawDirections>::new());
    registry.register(Of::<draw_agreement::DrawAgreement>::new());
    registry.register(Of::<figure_list::FigureList>::new());
    registry.register(Of::<table::Table>::new());
    registry.register(Of::<workbook::Workbook>::new());
    registry.register(Of::<model_table::ModelTableOf>::new());
    registry.register(Of::<plot::Plot>::new());
    registry.register(Of::<csv::Csv>::new());
    registry.register(Of::<weave::Weave>::new());
    registry.register(Of::<compare_files::CompareFiles>::new());
    registry.register(Of::<results::ResultsOf>::new());
    registry.register(Of::<report::Report>::new());
    registry
}
