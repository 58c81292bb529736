//! Zip archives, which xlsx and ods workbooks are, looked through before any of it is believed.
//!
//! A reader of workbooks unpacks a part as far as it needs it and so never comes to the checksum at its end: a
//! damaged part then gives another number without a word. Here every part is unpacked to its end, its checksum with
//! it, and counted while it grows; what comes out is an archive of the same parts, unpacked, for the reader.

use std::io::{Cursor, Read, Write};

use vintner_guard::in_words;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::table::Unreadable;

/// The parts of a workbook may unpack to so many bytes: several times what a sheet as large as
/// spreadsheets can be takes, and far from what a machine has.
pub(crate) const UNPACKED: u64 = 1 << 30;

/// So many parts a workbook may have: two for each sheet and some more.
const PARTS: usize = 20_000;

/// The archive with its parts as they are, each sound; pictures and the like are left out.
pub(crate) fn unpacked(bytes: &[u8], format: &str) -> Result<Vec<u8>, Unreadable> {
    unpacked_within(bytes, format, UNPACKED)
}

fn unpacked_within(bytes: &[u8], format: &str, most: u64) -> Result<Vec<u8>, Unreadable> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| no_archive(format, &error))?;
    if archive.len() > PARTS {
        let message = format!("the {format} workbook has {} parts; up to {PARTS} are read", archive.len());
        return Err(unreadable(message, SAVE_AGAIN));
    }
    if let Some(message) = disagreement(bytes, &mut archive) {
        let message = format!("the {format} workbook is damaged: {message}");
        return Err(unreadable(message, GET_AGAIN));
    }
    let mut sound = ZipWriter::new(Cursor::new(Vec::with_capacity(bytes.len().saturating_mul(4))));
    let mut left = most;
    let mut part = Vec::new();
    for index in 0..archive.len() {
        let mut packed = match archive.by_index(index) {
            Ok(packed) => packed,
            Err(error) => return Err(no_archive(format, &error)),
        };
        let name = packed.name().map_err(|error| no_archive(format, &error))?.into_owned();
        if !is_read(&name, format) {
            continue;
        }
        part.clear();
        let growing = (&mut packed).take(left.saturating_add(1)).read_to_end(&mut part);
        if part.len() as u64 > left {
            let message = format!(
                "the {format} workbook unpacks to more than {}: {name:?} is too large",
                in_words(most)
            );
            return Err(unreadable(
                message,
                "save the sheet that is needed as CSV or in a workbook of its own",
            ));
        }
        if let Err(error) = growing {
            let message = format!("the {format} workbook is damaged: its part {name:?} {}", damage(&error));
            return Err(unreadable(message, GET_AGAIN));
        }
        left -= part.len() as u64;
        let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let written = sound.start_file(name, stored).and_then(|()| Ok(sound.write_all(&part)?));
        written.map_err(|error| no_archive(format, &error))?;
    }
    sound.finish().map(Cursor::into_inner).map_err(|error| no_archive(format, &error))
}

/// What in the list of parts at the archive's end has no checksum and contradicts the archive: the list has
/// to be whole, and each part to be called in it what it is called where it stands. A part that is lost to
/// a reader (the texts, say) is else no fault to it.
fn disagreement(bytes: &[u8], archive: &mut ZipArchive<Cursor<&[u8]>>) -> Option<String> {
    const NAME_IN_LIST: usize = 46;
    const NAME_IN_PLACE: usize = 30;
    let from = |at: u64, skip: usize| bytes.get(usize::try_from(at).ok()?.checked_add(skip)?..);
    let length = |at: u64, skip: usize| {
        let (two, _) = from(at, skip)?.split_first_chunk()?;
        Some(usize::from(u16::from_le_bytes(*two)))
    };
    let mut listed = Vec::new();
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).ok()?;
        let (in_list, in_place) = (part.central_header_start(), part.header_start());
        let lengths = [28, 30, 32].map(|skip| length(in_list, skip).unwrap_or(0));
        let of_list = from(in_list, NAME_IN_LIST).and_then(|rest| rest.get(..lengths[0]));
        let of_place = length(in_place, 26).and_then(|name| from(in_place, NAME_IN_PLACE)?.get(..name));
        if of_list.is_none() || of_list != of_place {
            let name = String::from_utf8_lossy(part.name_raw()).into_owned();
            return Some(format!("its list of parts has {name:?} where another part stands"));
        }
        listed.push((in_list, in_list + (NAME_IN_LIST + lengths.iter().sum::<usize>()) as u64));
    }
    listed.sort_unstable();
    let joined = listed.windows(2).all(|pair| matches!(pair, [(_, end), (start, _)] if end == start));
    // The record of its end, or of an archive above 4 GB.
    let ended = listed.last().is_none_or(|(_, end)| {
        from(*end, 0).is_some_and(|rest| rest.starts_with(b"PK\x05") || rest.starts_with(b"PK\x06\x06"))
    });
    (!joined || !ended).then(|| "its list of parts isn't whole".to_owned())
}

const GET_AGAIN: &str =
    "get the file again; or open it in a spreadsheet programme, see that all is there, and save it again";

const SAVE_AGAIN: &str = "open it in a spreadsheet programme and save it again, or mend `format`";

/// Whether a reader of workbooks looks at a part: markup, what says that it is an ods workbook, and records of xlsb.
fn is_read(name: &str, format: &str) -> bool {
    let name = name.to_ascii_lowercase();
    (format == "xlsb" && name.ends_with(".bin"))
        || name.ends_with(".xml")
        || name.ends_with(".rels")
        || name == "mimetype"
}

fn damage(error: &std::io::Error) -> String {
    let said = error.to_string();
    if said == "Invalid checksum" {
        "doesn't agree with its checksum".to_owned()
    } else {
        format!("can't be unpacked ({said})")
    }
}

fn no_archive(format: &str, error: &ZipError) -> Unreadable {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => unreadable(
            format!("the {format} workbook is under a password"),
            "open it in a spreadsheet programme and save it without one",
        ),
        _ => unreadable(format!("not a readable {format} workbook: {error}"), SAVE_AGAIN),
    }
}

fn unreadable(message: String, hint: &str) -> Unreadable {
    Unreadable { sheet: None, message, hint: hint.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn packed(parts: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn what_unpacks_without_end_is_refused() {
        let bomb = packed(&[("a.xml", &[b'0'; 100_000]), ("b.xml", &[b'0'; 900_000])]);
        assert!(bomb.len() < 5_000);
        let refused = unpacked_within(&bomb, "xlsx", 500_000).unwrap_err();
        assert_eq!(refused.message, "the xlsx workbook unpacks to more than 500 kB: \"b.xml\" is too large");
        assert!(unpacked_within(&bomb, "xlsx", 1_000_000).is_ok());
        // What isn't read isn't unpacked.
        let picture = packed(&[("xl/media/a.png", &[b'0'; 900_000])]);
        assert!(unpacked_within(&picture, "xlsx", 500_000).is_ok());
    }

    #[test]
    fn a_list_of_parts_that_lost_one_is_refused() {
        let whole = packed(&[("a.xml", b"1"), ("b.xml", b"2")]);
        assert!(unpacked(&whole, "xlsx").is_ok());
        let mut fewer = whole.clone();
        let end = fewer.len() - 22;
        fewer[end + 8] = 1;
        fewer[end + 10] = 1;
        assert!(unpacked(&fewer, "xlsx").unwrap_err().message.contains("list of parts"));
        // The name in the list, which stands behind that in place.
        let mut renamed = whole;
        let at = renamed.windows(5).rposition(|window| window == b"b.xml").unwrap();
        renamed[at] = b'c';
        let message = unpacked(&renamed, "xlsx").unwrap_err().message;
        assert!(message.ends_with("its list of parts has \"c.xml\" where another part stands"), "{message}");
    }

    #[test]
    fn a_part_that_its_checksum_contradicts_is_named() {
        let text = b"<v>1234567</v>";
        let mut bytes = {
            let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
            let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            writer.start_file("xl/worksheets/sheet1.xml", stored).unwrap();
            writer.write_all(text).unwrap();
            writer.finish().unwrap().into_inner()
        };
        assert!(unpacked(&bytes, "xlsx").is_ok());
        let at = bytes.windows(text.len()).position(|window| window == text).unwrap();
        bytes[at + 5] ^= 1;
        let refused = unpacked(&bytes, "xlsx").unwrap_err();
        assert_eq!(
            refused.message,
            "the xlsx workbook is damaged: its part \"xl/worksheets/sheet1.xml\" doesn't agree with its checksum"
        );
    }
}
