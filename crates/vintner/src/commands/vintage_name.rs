//! What a vintage can be called.

use super::refused;
use crate::error::Result;

/// Fails where a folder of a vintage can't have that name.
pub(super) fn check_vintage_name(name: &str) -> Result<()> {
    let usable = |character: char| character.is_alphanumeric() || "-_.".contains(character);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(usable) {
        return Err(refused(
            format!("`{name}` can't be a vintage's name"),
            "letters, digits, `-`, `_` and `.` can be in it, the last not at its beginning",
        ));
    }
    Ok(())
}
