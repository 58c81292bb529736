//! What cells of spreadsheets have in common.

/// As many digits as are printed, then the stars; blanks as wide as stars keep columns aligned.
pub(crate) fn number_format(text: &str, stars: &str) -> String {
    let decimals = |digits: &str| digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits = match text.split_once('e') {
        Some((mantissa, _)) => format!("0.{}E+00", "0".repeat(decimals(mantissa).max(1))),
        None if decimals(text) > 0 => format!("0.{}", "0".repeat(decimals(text))),
        None => "0".into(),
    };
    let blanks = "_*".repeat(3usize.saturating_sub(stars.len()));
    if stars.is_empty() { format!("{digits}{blanks}") } else { format!("{digits}\"{stars}\"{blanks}") }
}

/// Text without what a sheet can't hold: controls become blanks, and so do ends of lines.
pub(crate) fn single_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).take(32_767).collect()
}
