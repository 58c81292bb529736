//! Decoding of text files, strictly: a byte that the declared encoding doesn't know is a fault.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE};

/// Encodings that text is tried against where its letters don't tell, likeliest first; only those in
/// which few byte sequences are valid, so that a match says something.
const CANDIDATES: [&Encoding; 5] =
    [UTF_8, GB18030, encoding_rs::BIG5, encoding_rs::SHIFT_JIS, encoding_rs::EUC_KR];

/// Text decoded from bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decoded<'b> {
    /// The text, without a byte order mark.
    pub text: Cow<'b, str>,
    /// A doubt about the declared encoding.
    pub warning: Option<String>,
}

/// Bytes that the declared encoding doesn't allow.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Undecodable {
    /// The line of the first of them, from 1.
    pub line: u32,
    /// What is wrong.
    pub message: String,
    /// What encoding it may be.
    pub hint: String,
}

/// So many bytes of text are read; it takes several times as much memory.
const LARGEST: usize = 2 << 30;

/// Decodes `bytes` in the encoding of a WHATWG `label`.
pub(crate) fn decode<'b>(bytes: &'b [u8], label: &str) -> Result<Decoded<'b>, Undecodable> {
    decode_part(bytes, label, 0)
}

/// Whether a text in the encoding of a label can be divided at line ends before it is decoded.
pub(crate) fn is_divisible(label: &str) -> bool {
    let encoding = Encoding::for_label_no_replacement(label.as_bytes());
    encoding.is_some_and(|encoding| encoding == UTF_8 || encoding.is_single_byte())
}

/// The same of a part of a text that so many bytes come `before`.
pub(crate) fn decode_part<'b>(bytes: &'b [u8], label: &str, before: u64) -> Result<Decoded<'b>, Undecodable> {
    let Some(encoding) = Encoding::for_label_no_replacement(label.as_bytes()) else {
        return Err(Undecodable {
            line: 1,
            message: format!("no encoding is called `{label}`"),
            hint: "use a label of the WHATWG Encoding Standard, such as utf-8, gb18030, big5 or windows-1252"
                .into(),
        });
    };
    if bytes.len() > LARGEST {
        let size = |bytes: usize| vintner_guard::in_words(bytes as u64);
        return Err(Undecodable {
            line: 1,
            message: format!("{} of text; up to {} are read", size(bytes.len()), size(LARGEST)),
            hint: "write it as Parquet, or leave out what isn't used".into(),
        });
    }
    match decode_strictly(bytes, encoding) {
        Ok(text) if text.contains('\0') => Err(Undecodable {
            line: line_of(text.as_bytes(), text.find('\0').unwrap_or(0)),
            message: "a NUL character, which no text has".into(),
            hint: match resembling(bytes, encoding) {
                Some(name) if name.starts_with("UTF-16") => {
                    format!("it looks like {name}: set `encoding: {}`", name.to_lowercase())
                }
                _ => "mend `format` or `encoding`, or get the file again: it is damaged or no text".into(),
            },
        }),
        Ok(text) => {
            let multibyte = !encoding.is_single_byte() && encoding != UTF_8;
            let doubtful = multibyte && !bytes.is_ascii() && decode_strictly(bytes, UTF_8).is_ok();
            let warning = (doubtful && encoding != UTF_16LE && encoding != UTF_16BE)
                .then(|| format!("declared as {label}, but it is valid UTF-8 throughout"));
            Ok(Decoded { text, warning })
        }
        Err(offset) => Err(Undecodable {
            line: line_of(bytes, offset),
            message: format!("not valid {} from byte {} on", encoding.name(), before + offset as u64 + 1),
            hint: match resembling(bytes, encoding) {
                Some(name) => format!(
                    "it reads as {name} without a fault: if that is right, set `encoding: {}`",
                    name.to_lowercase()
                ),
                None => "set `encoding` to the one that the file was saved in, or save it as UTF-8".into(),
            },
        }),
    }
}

/// The line, from 1, on which a byte stands.
fn line_of(bytes: &[u8], offset: usize) -> u32 {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    u32::try_from(line).unwrap_or(u32::MAX)
}

/// The text, or the offset of the first byte of the first sequence that isn't valid.
fn decode_strictly<'b>(bytes: &'b [u8], encoding: &'static Encoding) -> Result<Cow<'b, str>, usize> {
    // Most files are what they will be read as, and needn't be copied.
    if encoding == UTF_8
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Ok(Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)));
    }
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let capacity = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).unwrap_or(bytes.len());
    let mut text = String::with_capacity(capacity);
    let mut offset = 0;
    loop {
        let rest = bytes.get(offset..).unwrap_or_default();
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        offset += read;
        match result {
            DecoderResult::InputEmpty => return Ok(Cow::Owned(text)),
            DecoderResult::OutputFull => text.reserve(bytes.len().max(64)),
            DecoderResult::Malformed(bad, after) => {
                return Err(offset.saturating_sub(usize::from(bad) + usize::from(after)));
            }
        }
    }
}

/// The encoding that the bytes are valid in, if one of the candidates.
fn resembling(bytes: &[u8], declared: &'static Encoding) -> Option<&'static str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding != declared).then(|| encoding.name());
    }
    let zeros = bytes.iter().filter(|&&byte| byte == 0).count();
    if zeros > 0 && zeros * 4 >= bytes.len() {
        let little = bytes.iter().skip(1).step_by(2).filter(|&&byte| byte == 0).count() * 2 >= zeros;
        return Some(if little { UTF_16LE.name() } else { UTF_16BE.name() });
    }
    likely(bytes, Some(declared)).map(Encoding::name)
}

/// The encoding that text is likely to be in, other than `not`: UTF-8 where it is valid, else what its letters
/// say, and where these are too few, the first candidate that it is valid in.
pub(crate) fn likely(bytes: &[u8], not: Option<&'static Encoding>) -> Option<&'static Encoding> {
    let fits =
        |encoding: &&'static Encoding| Some(*encoding) != not && decode_strictly(bytes, encoding).is_ok();
    Some(UTF_8).filter(fits).or_else(|| by_letters(bytes).filter(fits)).or_else(|| {
        let mut candidates = CANDIDATES.into_iter();
        candidates.find(fits)
    })
}

/// UTF-16 without a byte order mark: of text in it, whatever its script, commas, digits and line ends have a byte of
/// zeros, all at even places or all at odd ones.
pub(crate) fn unmarked_utf16(bytes: &[u8]) -> Option<&'static str> {
    if !bytes.contains(&0) {
        return None;
    }
    let zeros = |from: usize| bytes.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let (label, encoding, most, least) =
        if odd > even { ("utf-16le", UTF_16LE, odd, even) } else { ("utf-16be", UTF_16BE, even, odd) };
    let fits = bytes.len().is_multiple_of(2) && most * 20 > bytes.len() && least * 20 < most;
    let text = fits.then(|| decode_strictly(bytes, encoding).ok()).flatten()?;
    text.contains('\n').then_some(label)
}

/// Up to three words of a text that aren't ASCII, in quotation marks.
pub(crate) fn samples(text: &str) -> Vec<String> {
    let mut samples: Vec<String> = Vec::new();
    if text.is_ascii() {
        return samples;
    }
    let is_word = |character: char| character.is_alphanumeric() || !character.is_ascii();
    for word in text.split(|character| !is_word(character)).filter(|word| !word.is_ascii()) {
        let word = format!("{:?}", word.chars().take(20).collect::<String>());
        if !samples.contains(&word) {
            samples.push(word);
        }
        if samples.len() == 3 {
            break;
        }
    }
    samples
}

/// What is to be decided where bytes are text in another encoding, too: words of it in both.
pub(crate) fn other_reading(bytes: &[u8], label: &str) -> Option<String> {
    let own = Encoding::for_label_no_replacement(label.as_bytes())?;
    if own == UTF_8 || own == UTF_16LE || own == UTF_16BE || bytes.is_ascii() {
        return None;
    }
    // No text has control characters, which is what other encodings' bytes are in those of one byte.
    let is_text = |text: &str| !text.chars().any(|character| matches!(character, '\u{80}'..='\u{9f}'));
    let others =
        [GB18030, encoding_rs::WINDOWS_1252, encoding_rs::BIG5, encoding_rs::SHIFT_JIS, encoding_rs::EUC_KR];
    let own_text = decode_strictly(bytes, own).ok()?;
    for other in others.into_iter().filter(|other| *other != own && own != GBK) {
        let Ok(text) = decode_strictly(bytes, other) else { continue };
        if is_text(&text) && text != own_text {
            return Some(format!(
                "{} if it says {}, {} if it says {}?",
                own.name().to_lowercase(),
                samples(&own_text).join(", "),
                other.name().to_lowercase(),
                samples(&text).join(", ")
            ));
        }
    }
    None
}

/// What browsers would guess. Of a letter or two the guess is an encoding that hardly anyone uses: such say nothing.
fn by_letters(bytes: &[u8]) -> Option<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // What is valid GBK is the same in GB18030, which has the rest of the characters.
    let guess = if guess == GBK { GB18030 } else { guess };
    let name = guess.name();
    (guess != UTF_8 && !name.starts_with("ISO-8859") && !name.starts_with("IBM")).then_some(guess)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn chinese_text_in_gb18030_and_with_byte_order_marks() {
        let (bytes, _, _) = encoding_rs::GB18030.encode("城市,年份\n保定,2008\n");
        for label in ["gb18030", "GBK", "gb2312"] {
            assert_eq!(decode(&bytes, label).map(|d| d.text), Ok("城市,年份\n保定,2008\n".into()), "{label}");
        }
        let utf8 = "\u{feff}a,b\n".as_bytes();
        assert_eq!(decode(utf8, "utf-8"), Ok(Decoded { text: "a,b\n".into(), warning: None }));
        let utf16: Vec<u8> = "\u{feff}城,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16, "utf-16le").map(|d| d.text), Ok("城,b\n".into()));
    }

    #[test]
    fn a_wrong_encoding_names_the_line_and_the_likely_one() {
        let (bytes, _, _) = encoding_rs::GB18030.encode("a,b\n1,2\n保定,3\n");
        let fault = decode(&bytes, "utf-8").unwrap_err();
        assert_eq!((fault.line, fault.message.as_str()), (3, "not valid UTF-8 from byte 9 on"));
        assert!(fault.hint.contains("`encoding: gb18030`"), "{}", fault.hint);
        let utf16: Vec<u8> = "year,value\n".encode_utf16().flat_map(u16::to_le_bytes).chain([0xff]).collect();
        assert!(decode(&utf16, "utf-8").unwrap_err().hint.contains("UTF-16LE"));
        assert!(decode(b"a", "utf8mb4").unwrap_err().message.contains("no encoding is called `utf8mb4`"));
    }

    #[test]
    fn a_nul_is_told_at_its_line() {
        let fault = decode(b"a,b\n1,\0\n", "utf-8").unwrap_err();
        assert_eq!((fault.line, fault.message.as_str()), (2, "a NUL character, which no text has"));
        let utf16: Vec<u8> = "a,b\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(decode(&utf16, "utf-8").unwrap_err().hint.contains("`encoding: utf-16le`"));
    }

    #[test]
    fn utf8_declared_as_gb18030_is_doubted() {
        let decoded = decode("保定市,2008\n".as_bytes(), "gb18030");
        assert!(decoded.is_err() || decoded.is_ok_and(|decoded| decoded.warning.is_some()));
    }

    #[test]
    fn letters_tell_the_encoding() {
        use encoding_rs as all;
        for (encoding, text) in [
            (all::UTF_8, "城市,年份\n甲,2008\n"),
            (all::GB18030, "城市,年份,地区生产总值\n北京市,2008,1\n"),
            (all::GB18030, "id,市\n1,2\n"),
            (all::BIG5, "縣市,年度,數值\n臺北市,2008,1\n"),
            (all::SHIFT_JIS, "都市,年,値\n大阪府,2008,1\n"),
            (all::EUC_JP, "都市,年,総生産（億円）\nさいたま市,2008,1\n"),
            (all::EUC_KR, "도시,연도,값\n부산광역시,2008,1\n"),
            (all::WINDOWS_1252, "Stadt,Jahr,Größe\nDüsseldorf,2008,1\n"),
            (all::WINDOWS_1250, "miasto,ludność\nŁódź,2008\nWrocław,2008\n"),
            (all::WINDOWS_1251, "город,год,население\nМосква,2008,1\nСанкт-Петербург,2008,2\n"),
        ] {
            let (bytes, _, lossy) = encoding.encode(text);
            assert!(!lossy);
            assert_eq!(likely(&bytes, None).map(Encoding::name), Some(encoding.name()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_fault(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            for label in ["utf-8", "gb18030", "utf-16le", "iso-2022-jp"] {
                let _ = decode(&bytes, label);
            }
            if let Some(encoding) = likely(&bytes, None) {
                prop_assert!(decode_strictly(&bytes, encoding).is_ok());
            }
        }

        #[test]
        fn text_survives_gb18030(text in "\\PC*") {
            let (bytes, _, lossy) = encoding_rs::GB18030.encode(&text);
            prop_assume!(!lossy && !text.starts_with('\u{feff}'));
            // A few private-use characters share a code point pair in the standard's table.
            let back = encoding_rs::GB18030.decode(&bytes).0.into_owned();
            prop_assert_eq!(decode(&bytes, "gb18030").map(|decoded| decoded.text.into_owned()), Ok(back));
        }
    }
}
