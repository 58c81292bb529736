//! All rules, in the order of the report.

use super::dcas::{
    analysis, analysis_data, availability, citation, code_format, data_format, documentation, ethics,
    instruments, licence, location, metadata, omissions, pre_registration, raw_data, transformation,
};
use super::machine::{
    absolute_paths, archives, changed_since, checksums, clutter, data_files, duplicates, empty_folders,
    exhibits, julia_packages, large_files, logs, personal_data, program_files, python_packages, r_packages,
    seeds, stata_packages, windows_paths, zero_bytes,
};
use super::rule::Rule;

/// All rules.
pub(super) const RULES: &[Rule] = &[
    availability::RULE,
    raw_data::RULE,
    analysis_data::RULE,
    data_format::RULE,
    metadata::RULE,
    citation::RULE,
    transformation::RULE,
    analysis::RULE,
    code_format::RULE,
    instruments::RULE,
    ethics::RULE,
    pre_registration::RULE,
    documentation::RULE,
    location::RULE,
    licence::RULE,
    omissions::RULE,
    large_files::RULE,
    checksums::RULE,
    changed_since::RULE,
    data_files::RULE,
    program_files::RULE,
    exhibits::RULE,
    archives::RULE,
    duplicates::RULE,
    zero_bytes::RULE,
    empty_folders::RULE,
    clutter::RULE,
    windows_paths::RULE,
    absolute_paths::RULE,
    stata_packages::RULE,
    r_packages::RULE,
    python_packages::RULE,
    julia_packages::RULE,
    seeds::RULE,
    personal_data::RULE,
    logs::RULE,
];
