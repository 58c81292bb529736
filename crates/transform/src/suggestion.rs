//! "Did you mean": the known name nearest to one that isn't known.

/// The candidate that differs from `name` by case alone, or by the fewest edits if these are at
/// most a third of its letters; the first of equals in the candidates' order.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = name.to_lowercase();
    let limit = (wanted.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let edits = strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase());
        // A name of one letter is near to every other one; only its case is a likely slip.
        let near = edits == 0 || (edits <= limit && wanted.chars().count() > 1);
        if near && best.is_none_or(|(fewest, _)| edits < fewest) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate.to_owned())
}

/// "; did you mean `x`?" where there is a suggestion, then what there is.
pub(crate) fn hint(suggestion: Option<&str>, available: &[String]) -> String {
    let mut text = suggestion.map_or_else(String::new, |name| format!("; did you mean `{name}`?"));
    let there_are = if available.is_empty() { "none".to_owned() } else { available.join(", ") };
    text.push_str(if suggestion.is_some() { " There are: " } else { "; there are: " });
    text.push_str(&there_are);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found() {
        assert_eq!(nearest("popluation", ["gdp", "population"]).as_deref(), Some("population"));
        assert_eq!(nearest("GDP", ["gdp", "gdp2"]).as_deref(), Some("gdp"));
        assert_eq!(nearest("人口", ["人囗密度", "常住人口"]), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(nearest("robots", ["fdi"]), None);
    }
}
