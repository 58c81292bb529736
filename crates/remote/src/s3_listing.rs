//! A page of what is in a bucket of S3, or in a container of Azure.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::bucket::{Listed, Trouble};

/// What the parts of a page are called.
pub(crate) struct Form {
    whole: &'static str,
    one: &'static str,
    name: &'static str,
    size: &'static str,
    modified: &'static str,
    next: &'static str,
    /// How times are written.
    time: &'static str,
}

/// An answer of `ListObjectsV2`.
const S3: Form = Form {
    whole: "ListBucketResult",
    one: "Contents",
    name: "Key",
    size: "Size",
    modified: "LastModified",
    next: "NextContinuationToken",
    time: "%Y-%m-%dT%H:%M:%S%.fZ",
};

/// An answer of `List Blobs`.
pub(crate) const AZURE: Form = Form {
    whole: "EnumerationResults",
    one: "Blob",
    name: "Name",
    size: "Content-Length",
    modified: "Last-Modified",
    next: "NextMarker",
    time: "%a, %d %b %Y %H:%M:%S GMT",
};

/// A page, and what to ask for the next one with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) listed: Vec<Listed>,
    pub(crate) next: Option<String>,
}

/// Reads an answer of `ListObjectsV2`.
pub(crate) fn page(xml: &[u8]) -> Result<Page, Trouble> {
    page_of(&S3, xml)
}

/// Reads an answer in either form.
pub(crate) fn page_of(form: &Form, xml: &[u8]) -> Result<Page, Trouble> {
    let faulty = |message: String| {
        Trouble::Lasting(format!(
            "its list can't be read ({message}): see that the address is that of a bucket"
        ))
    };
    let xml = std::str::from_utf8(xml).map_err(|error| faulty(error.to_string()))?;
    let mut reader = Reader::from_str(xml);
    let (mut page, mut text, mut seen) = (Page::default(), String::new(), false);
    let (mut name, mut bytes, mut modified) = (None, None, None);
    loop {
        match reader.read_event().map_err(|error| faulty(error.to_string()))? {
            Event::Start(start) => {
                seen |= start.local_name().as_ref() == form.whole;
                text.clear();
            }
            Event::Text(part) => {
                text.push_str(&part.xml10_content());
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| faulty(error.to_string()))?;
                match (character, &*reference) {
                    (Some(character), _) => text.push(character),
                    (None, "amp") => text.push('&'),
                    (None, "lt") => text.push('<'),
                    (None, "gt") => text.push('>'),
                    (None, "quot") => text.push('"'),
                    (None, "apos") => text.push('\''),
                    (None, other) => return Err(faulty(format!("`&{other};` in it"))),
                }
            }
            Event::End(end) => {
                match end.local_name().as_ref() {
                    part if part == form.name => name = Some(std::mem::take(&mut text)),
                    part if part == form.size => bytes = text.trim().parse().ok(),
                    part if part == form.modified => modified = seconds(text.trim(), form.time),
                    part if part == form.next && !text.is_empty() => {
                        page.next = Some(std::mem::take(&mut text))
                    }
                    part if part == form.one => {
                        let (Some(name), Some(bytes)) = (name.take(), bytes.take()) else {
                            return Err(faulty("something without a name or a size".into()));
                        };
                        page.listed.push(Listed { name, bytes, modified: modified.take() });
                    }
                    _ => {}
                }
                text.clear();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if seen { Ok(page) } else { Err(faulty("it isn't one".into())) }
}

/// Seconds since 1970 of a time.
fn seconds(text: &str, form: &str) -> Option<u64> {
    let time = chrono::NaiveDateTime::parse_from_str(text, form).ok()?;
    u64::try_from(time.and_utc().timestamp()).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read_and_others_refused() {
        let xml = br#"<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix>p/</Prefix>
<Contents><Key>p/a&amp;b&#x4e2d;</Key><LastModified>1970-01-02T00:00:01.000Z</LastModified><ETag>"x"</ETag><Size>12</Size></Contents>
<Contents><Key>p/c</Key><Size>0</Size></Contents>
<IsTruncated>true</IsTruncated><NextContinuationToken>1ue/=</NextContinuationToken></ListBucketResult>"#;
        let read = page(xml).unwrap();
        assert_eq!(read.next.as_deref(), Some("1ue/="));
        let first = Listed { name: "p/a&b中".into(), bytes: 12, modified: Some(86_401) };
        assert_eq!(read.listed, [first, Listed { name: "p/c".into(), bytes: 0, modified: None }]);
        let azure = br#"<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="b"><Prefix>p/</Prefix><Blobs>
<Blob><Name>p/a&amp;b</Name><Properties><Creation-Time>Fri, 02 Jan 1970 00:00:00 GMT</Creation-Time>
<Last-Modified>Fri, 02 Jan 1970 00:00:01 GMT</Last-Modified><Content-Length>12</Content-Length></Properties></Blob>
</Blobs><NextMarker>NEXT</NextMarker></EnumerationResults>"#;
        let read = page_of(&AZURE, azure).unwrap();
        assert_eq!(read.next.as_deref(), Some("NEXT"));
        assert_eq!(read.listed, [Listed { name: "p/a&b".into(), bytes: 12, modified: Some(86_401) }]);
        let last = String::from_utf8_lossy(azure).replace("NEXT", "");
        assert_eq!(page_of(&AZURE, last.as_bytes()).unwrap().next, None);
        for other in
            [&b"<html><body>It works</body></html>"[..], b"", b"<ListBucketResult><Contents></Contents>"]
        {
            assert!(page(other).is_err(), "{}", String::from_utf8_lossy(other));
        }
    }
}
