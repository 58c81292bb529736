//! Lists in messages.

/// The names, the first of them where there are more than `most`, and how many more there are.
pub(crate) fn few(names: &[String], most: usize) -> String {
    match names.get(..most) {
        Some(first) if names.len() > most => format!("{} and {} more", first.join(", "), names.len() - most),
        _ => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_are_named_and_the_rest_counted() {
        let names = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(few(&names, 3), "a, b, c");
        assert_eq!(few(&names, 2), "a, b and 1 more");
        assert_eq!(few(&[], 2), "");
    }
}
