//! DCAS's rules, in its order: data, code, supporting materials, sharing.

pub(super) mod analysis;
pub(super) mod analysis_data;
pub(super) mod availability;
pub(super) mod citation;
pub(super) mod code_format;
pub(super) mod data_format;
pub(super) mod documentation;
pub(super) mod ethics;
pub(super) mod instruments;
pub(super) mod licence;
pub(super) mod location;
pub(super) mod metadata;
pub(super) mod omissions;
pub(super) mod pre_registration;
pub(super) mod raw_data;
pub(super) mod transformation;
