//! What the AEA's data editor has scripts look for, and what people there look for that a program can see.

pub(super) mod absolute_paths;
pub(super) mod archives;
pub(super) mod changed_since;
pub(super) mod checksums;
pub(super) mod clutter;
pub(super) mod data_files;
pub(super) mod duplicates;
pub(super) mod empty_folders;
pub(super) mod exhibits;
pub(super) mod julia_packages;
pub(super) mod large_files;
pub(super) mod logs;
mod packages;
pub(super) mod personal_data;
pub(super) mod program_files;
pub(super) mod python_packages;
pub(super) mod r_packages;
pub(super) mod seeds;
pub(super) mod stata_packages;
pub(super) mod windows_paths;
pub(super) mod zero_bytes;
