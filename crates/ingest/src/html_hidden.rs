//! What of a page no browser shows: elements that are hidden by their tag, by a rule of the page's own style sheet, or by a class
//! that stands for it everywhere.

use std::collections::BTreeSet;

/// Classes of words for those who hear a page, and of keys that columns are sorted by.
const UNSEEN: [&str; 6] =
    ["sortkey", "sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screen-reader-only"];

/// Classes whose elements aren't shown.
#[derive(Debug, Default)]
pub(crate) struct Unseen(BTreeSet<String>);

impl Unseen {
    /// Takes the rules of a style sheet: `.key {display: none}`. Others than of a class alone are passed over.
    pub(crate) fn read(&mut self, style: &str) {
        for rule in style.split('}') {
            let Some((selectors, body)) = rule.split_once('{') else { continue };
            if !hides(body) {
                continue;
            }
            for selector in selectors.split(',') {
                let selector = selector.trim();
                let class =
                    selector.rsplit_once('.').filter(|(element, _)| is_name(element)).map(|(_, class)| class);
                if let Some(class) = class.filter(|class| !class.is_empty() && is_name(class)) {
                    self.0.insert(class.to_owned());
                }
            }
        }
    }

    /// Whether an element isn't shown, by what stands in its tag.
    pub(crate) fn has(&self, tag: &str) -> bool {
        let words = tag.split_whitespace().skip(1);
        let is_hidden = words.into_iter().any(|word| {
            let word = word.trim_end_matches('/').to_ascii_lowercase();
            word == "hidden" || word.starts_with("hidden=")
        });
        let by_class = || {
            let classes = attribute(tag, "class").unwrap_or_default();
            classes.split_whitespace().any(|class| UNSEEN.contains(&class) || self.0.contains(class))
        };
        is_hidden || attribute(tag, "style").is_some_and(hides) || by_class()
    }
}

fn is_name(text: &str) -> bool {
    text.chars().all(|letter| letter.is_alphanumeric() || "-_".contains(letter))
}

/// Whether declarations hide what they are for.
fn hides(declarations: &str) -> bool {
    declarations.split(';').any(|one| {
        let Some((name, value)) = one.split_once(':') else { return false };
        let value = value.trim().trim_end_matches("!important").trim().to_ascii_lowercase();
        match name.trim().to_ascii_lowercase().as_str() {
            "display" => value == "none",
            "visibility" => ["hidden", "collapse"].contains(&value.as_str()),
            _ => false,
        }
    })
}

/// The value of an attribute of a tag.
pub(crate) fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let lower = tag.to_ascii_lowercase();
    let wanted = format!("{name}=");
    let found = lower.match_indices(&wanted).find(|(at, _)| {
        let before = lower.get(..*at).and_then(|before| before.chars().next_back());
        before.is_some_and(|before| before.is_whitespace() || "\"'/".contains(before))
    });
    let value = tag.get(found?.0 + wanted.len()..)?;
    match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next(),
        _ => value.split(|c: char| c.is_whitespace() || c == '/').next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_isnt_shown_is_known_by_its_tag_and_by_the_page_s_rules() {
        let mut unseen = Unseen::default();
        unseen.read(
            "td {color: red} .key, span.other { display:none } .seen{display:block} .a .b {display: none}",
        );
        for tag in [
            "span style=\"display:none\"",
            "span style='color: red; DISPLAY : none !important'",
            "tr style=\"visibility: hidden\"",
            "span hidden",
            "td hidden=\"\" class=x",
            "span class=\"x key\"",
            "span class=other",
            "span class=\"sortkey\"",
        ] {
            assert!(unseen.has(tag), "{tag}");
        }
        for tag in [
            "span",
            "td class=hidden-sm",
            "span data-style=\"display:none\"",
            "span class=seen",
            "span class=b",
            "td aria-hidden=\"true\"",
        ] {
            assert!(!unseen.has(tag), "{tag}");
        }
    }
}
