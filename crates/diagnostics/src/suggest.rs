//! Suggestions for misspelt names.

use crate::bounds::cut;

/// Names longer than so many bytes aren't compared.
const LONGEST: usize = 200;

/// So many names are compared.
const COMPARED: usize = 2_000;

/// The name among `known` that `found` was probably meant to be, if one is near enough.
pub fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // To compare takes as long as both names are, multiplied: nobody misspells a text.
    if found.len() > LONGEST {
        return None;
    }
    let lower = found.to_lowercase();
    known
        .into_iter()
        .take(COMPARED)
        .filter(|name| name.len() <= LONGEST)
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|(distance, name)| {
            let length = found.chars().count().max(name.chars().count());
            *distance <= 1 + length / 4 && *distance < length
        })
        .min()
        .map(|(_, name)| name)
}

/// So many names are listed; more are no longer read.
const MOST: usize = 40;

/// A hint that names the likeliest of `known`, or lists them.
pub fn one_of<'a>(found: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(name) = did_you_mean(found, known.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let names: Vec<String> =
        known.clone().into_iter().take(MOST).map(|name| format!("`{}`", cut(name.to_owned()))).collect();
    let listed = names.join(", ");
    let more = known.into_iter().count().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("there are: {listed}{more}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested_and_far_ones_are_not() {
        let known = ["deflator", "population", "op"];
        assert_eq!(did_you_mean("deflater", known), Some("deflator"));
        assert_eq!(did_you_mean("Population", known), Some("population"));
        assert_eq!(did_you_mean("weights", known), None);
        assert_eq!(did_you_mean("po", known), Some("op"));
        assert_eq!(one_of("xyz", ["a1", "b1"]), Some("there are: `a1`, `b1`".into()));
        let many: Vec<String> = (1000..1050).map(|number| number.to_string()).collect();
        let hint = one_of("xyz", many.iter().map(String::as_str)).unwrap_or_default();
        assert!(hint.starts_with("there are: `1000`, ") && hint.ends_with("`1039` and 10 more"), "{hint}");
    }
}
