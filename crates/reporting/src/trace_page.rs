//! Where a number's trace stands among the pages of an audit.

/// The longest name that a page is given before its end is replaced by a digest.
const LONGEST: usize = 120;

/// The page of a number's trace, relative to the folder of the report: the address `1/沧州/lnEG` (table,
/// unit, regressor) has its place on `audit/trace/1-_06ca7__05dde_.html`, under `#ln_e_g`.
///
/// All parts of the address but the last name the page, so that the coefficients of one equation and
/// unit, which are computed from the same cells, stand on one page; the last names the place on it. An
/// address of one part has a page of its own.
///
/// Names are made of `a`–`z`, `0`–`9`, `_` and `-` alone, and different addresses have different pages
/// or places, on file systems too that don't tell capitals from small letters: a capital is written as
/// `_` and its small letter, anything else as `_0`, its code point in hexadecimal and `_`. What would be
/// longer than a file system's names ends with a digest instead.
pub fn trace_page(address: &str) -> String {
    let (page, place) = match address.rsplit_once('/') {
        Some((page, place)) => (page, place),
        None => (address, address),
    };
    format!("audit/trace/{}.html#{}", page_name(page), slug(place))
}

/// A file's name, without its ending, for a text whose parts are separated by `/`: made of the same signs as
/// those of [`trace_page`], and another one for each text.
pub fn page_name(text: &str) -> String {
    shortened(&slug(text), text)
}

/// A name of ASCII letters, digits, `_` and `-` for a text whose parts are separated by `/`; different
/// texts have different names.
fn slug(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            'a'..='z' | '0'..='9' => slug.push(character),
            '/' => slug.push('-'),
            'A'..='Z' => {
                slug.push('_');
                slug.push(character.to_ascii_lowercase());
            }
            other => slug.push_str(&format!("_0{:x}_", u32::from(other))),
        }
    }
    // Nothing at all is no file's name.
    if slug.is_empty() { "_00_".into() } else { slug }
}

fn shortened(slug: &str, text: &str) -> String {
    match slug.get(..LONGEST) {
        Some(start) if slug.len() > LONGEST => format!("{start}-{:016x}", digest(text)),
        _ => slug.to_owned(),
    }
}

/// The digest FNV-1a of Fowler, Noll and Vo, of 64 bits.
fn digest(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn coefficients_of_one_fit_share_a_page() {
        assert_eq!(trace_page("1/沧州/lnEG"), "audit/trace/1-_06ca7__05dde_.html#ln_e_g");
        assert_eq!(trace_page("1/沧州/lnAI"), "audit/trace/1-_06ca7__05dde_.html#ln_a_i");
        assert_eq!(trace_page("granger/x->y"), "audit/trace/granger.html#x_02d__03e_y");
        assert_eq!(trace_page("alone"), "audit/trace/alone.html#alone");
        assert_eq!(trace_page(""), "audit/trace/_00_.html#_00_");
    }

    #[test]
    fn long_names_end_with_a_digest() {
        let page = |last: char| trace_page(&format!("1/{}{last}/x", "a".repeat(300)));
        assert!(page('a').len() < 180);
        assert_ne!(page('a'), page('b'));
    }

    proptest! {
        #[test]
        fn pages_are_safe_and_tell_addresses_apart(one in "[ -~沧州é/]{0,12}", other in "[ -~沧州é/]{0,12}") {
            let page = trace_page(&one);
            let plain = |text: &str| text.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_' | '-'));
            let (file, place) = page.strip_prefix("audit/trace/").unwrap().split_once(".html#").unwrap();
            prop_assert!(plain(file) && plain(place) && !file.is_empty() && !place.is_empty(), "{}", page);
            // An address of one part stands where the same part twice would.
            let whole = |text: &str| text.contains('/');
            prop_assert!(one == other || whole(&one) != whole(&other) || page != trace_page(&other));
        }
    }
}
