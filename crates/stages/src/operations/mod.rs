//! One operation a file.

mod assemble;
mod deflate;
mod derive;
mod describe;
mod diagnose;
mod estimates;
mod exposure;
mod granger;
mod ingest;
mod regress;
mod report;
mod shared;
mod years;

use vintner_pipeline::Registry;

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
    registry.register(Of::<granger::Granger>::new());
    registry.register(Of::<estimates::Estimates>::new());
    registry.register(Of::<report::Report>::new());
    registry
}
