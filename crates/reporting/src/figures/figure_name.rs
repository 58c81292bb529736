//! Names of figures' files.

/// The name of a figure's files, without folder and ending: letters, digits and hyphens of its parts, anything else
/// by its code point, hyphens between.
pub fn figure_file(parts: &[&str]) -> String {
    let plain = |text: &&str| -> String {
        text.chars()
            .map(|character| match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_string(),
                other => format!("u{:x}", u32::from(other)),
            })
            .collect()
    };
    parts.iter().map(plain).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_leaves_its_folder() {
        assert_eq!(figure_file(&["paths", "lnCO2"]), "paths-lnCO2");
        assert_eq!(figure_file(&["a/..", "碳"]), "au2fu2eu2e-u78b3");
    }
}
