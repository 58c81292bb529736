//! Names that coefficients had in earlier versions.

use super::spec::fits_pattern;

/// What a name or pattern of a category's coefficient in the form `region: north` fits among those that there are:
/// `regionnorth` of a column of text, `wave::2` of one of numbers.
pub fn renamed_category<'a>(
    asked: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<&'a str> {
    let (factor, category) = asked.split_once(": ")?;
    let fits = |pattern: String| known.clone().into_iter().find(|name| fits_pattern(&pattern, name));
    fits(format!("{factor}::{category}")).or_else(|| fits(format!("{factor}{category}")))
}

/// The same as what a message goes on with.
pub(super) fn called_today<'a>(
    asked: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    let name = renamed_category(asked, known)?;
    Some(format!(
        ", which is called `{name}` now: a category's name follows its column's as in R, without `: `"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn former_names_of_categories_are_known() {
        let known = ["x", "region", "regionnorth", "wave::2"];
        assert_eq!(renamed_category("region: north", known), Some("regionnorth"));
        assert_eq!(renamed_category("wave: 2", known), Some("wave::2"));
        assert_eq!(renamed_category("region: n*", known), Some("regionnorth"));
        assert_eq!(renamed_category("region: south", known), None);
        assert_eq!(renamed_category("regionnorth", known), None);
    }
}
