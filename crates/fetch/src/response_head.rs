//! The head of an answer as `curl --include` hands it on: those of redirects before that of the last.

/// What an answer says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ResponseHead {
    pub(crate) status: u16,
    /// How many bytes follow.
    pub(crate) length: Option<u64>,
    /// The first byte of a part, and how many the whole has.
    pub(crate) part: Option<(u64, Option<u64>)>,
    /// What tells this version of the file from others.
    pub(crate) version: Option<String>,
}

impl ResponseHead {
    /// Reads a head's lines, without the empty one after them; nothing where it is none.
    pub(crate) fn of(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let first = lines.next()?;
        let status = first.strip_prefix("HTTP/")?.split(' ').nth(1)?.trim().parse().ok()?;
        let mut head = Self { status, ..Self::default() };
        let mut modified = None;
        for line in lines {
            let Some((name, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "content-length" => head.length = value.parse().ok(),
                // A weak tag doesn't promise the same bytes.
                "etag" if !value.starts_with("W/") => head.version = Some(value.to_owned()),
                "last-modified" => modified = Some(value.to_owned()),
                "content-range" => {
                    let range = value.strip_prefix("bytes ").and_then(|range| range.split_once('/'));
                    head.part = range.and_then(|(range, whole)| {
                        let (first, _) = range.split_once('-')?;
                        Some((first.trim().parse().ok()?, whole.trim().parse().ok()))
                    });
                }
                _ => {}
            }
        }
        head.version = head.version.or(modified);
        Some(head)
    }

    /// Whether another head follows: of what a redirect leads to.
    pub(crate) fn is_followed(&self) -> bool {
        matches!(self.status, 100..=199 | 301 | 302 | 303 | 307 | 308)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn heads() {
        let head = ResponseHead::of(
            "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nETag: \"a\"\r\nContent-Length: 5",
        )
        .unwrap();
        assert_eq!((head.status, head.part, head.length), (206, Some((5, Some(10))), Some(5)));
        assert_eq!(head.version.as_deref(), Some("\"a\""));
        assert!(ResponseHead::of("HTTP/2 302\r\nlocation: x").unwrap().is_followed());
        assert_eq!(ResponseHead::of("<html>"), None);
        assert_eq!(ResponseHead::of("HTTP/1.1"), None);
    }
}
