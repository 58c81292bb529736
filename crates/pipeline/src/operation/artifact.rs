//! What stages hand to one another.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::*;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;
use tempfile::TempPath;

use super::column_digest::{ColumnDigest, column_digest};
use super::column_notes::{ColumnNotes, NOTES, notes_of, notes_text, refused};
use super::frame_blocks::{FrameBlocks, LARGE_FRAMES, WrittenFrame};
use super::input_declaration::InputDeclaration;
use super::kind::Kind;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// Frames of so many bytes are read by one thread.
const SMALL: usize = 1 << 20;
/// The same, to go through: a frame of fewer values.
const FEW_VALUES: usize = 16_384;

/// Frames of more rows are written by several threads, and packed quickly.
const PARALLEL: usize = 1 << 16;

/// An output of a stage.
#[derive(Debug, Clone)]
pub enum Artifact {
    /// A frame.
    Frame(DataFrame),
    /// A frame with notes to some of its columns, which are kept with it.
    Noted(DataFrame, ColumnNotes),
    /// A value.
    Json(Value),
    /// Text.
    Text(String),
    /// A frame that another program wrote as Parquet, kept byte for byte.
    Parquet(Vec<u8>),
    /// A frame that was written into a file, some rows at a time.
    Written(WrittenFrame),
    /// Any other file.
    File(Vec<u8>),
}

/// An artifact in the form in which it is stored.
pub(crate) struct Encoded {
    pub(crate) kind: Kind,
    pub(crate) body: Body,
    pub(crate) rows: Option<u64>,
    /// The type and the digest of each column of a frame.
    pub(crate) columns: Option<BTreeMap<String, (String, Digest)>>,
    /// The digest of each group of rows, where the output is grouped.
    pub(crate) groups: Option<GroupDigests>,
}

/// The bytes of an artifact: in memory, or in a file that goes when it is dropped.
#[derive(Clone)]
pub(crate) enum Body {
    Held(Vec<u8>),
    InFile(Arc<TempPath>),
}

/// Digests of the groups of a frame's rows.
pub(crate) struct GroupDigests {
    pub(crate) groups: BTreeMap<String, Digest>,
    /// That of a group without rows, which still says what columns there are.
    pub(crate) empty: Digest,
}

#[cfg(test)]
impl Encoded {
    /// Its bytes, where they are in memory.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        match self.body {
            Body::Held(bytes) => bytes,
            Body::InFile(_) => Vec::new(),
        }
    }
}

impl Artifact {
    /// A value as a JSON artifact.
    ///
    /// # Errors
    /// Where it can't be written as JSON.
    pub fn json<T: Serialize>(value: &T) -> std::result::Result<Self, serde_json::Error> {
        serde_json::to_value(value).map(Artifact::Json)
    }

    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Artifact::Frame(_) | Artifact::Noted(..) | Artifact::Parquet(_) | Artifact::Written(_) => {
                Kind::Frame
            }
            Artifact::Json(_) => Kind::Json,
            Artifact::Text(_) => Kind::Text,
            Artifact::File(_) => Kind::File,
        }
    }

    /// The same artifact always gives the same bytes.
    pub(crate) fn encode(self, what: &str, grouped_by: Option<&str>) -> Result<Encoded> {
        let kind = self.kind();
        Ok(match self {
            Artifact::Frame(frame) => return encode_frame(frame, &ColumnNotes::new(), what, grouped_by),
            Artifact::Noted(frame, notes) => return encode_frame(frame, &notes, what, grouped_by),
            Artifact::Parquet(bytes) => {
                let (frame, notes) = decode_noted(&bytes, None, what)?;
                let (columns, groups) = digests(&frame, &notes, what, grouped_by)?;
                let body = Body::Held(bytes);
                Encoded { kind, body, rows: Some(frame.height() as u64), columns, groups }
            }
            Artifact::Written(written) => return encode_written(written, what, grouped_by),
            Artifact::File(bytes) => {
                Encoded { kind, body: Body::Held(bytes), rows: None, columns: None, groups: None }
            }
            Artifact::Json(value) => {
                let mut text = sorted(&value).to_pretty();
                text.push('\n');
                let body = Body::Held(text.into_bytes());
                Encoded { kind, body, rows: None, columns: None, groups: None }
            }
            Artifact::Text(text) => {
                let rows = text.lines().count() as u64;
                let body = Body::Held(text.into_bytes());
                Encoded { kind, body, rows: Some(rows), columns: None, groups: None }
            }
        })
    }
}

fn encode_frame(
    mut frame: DataFrame,
    notes: &ColumnNotes,
    what: &str,
    grouped_by: Option<&str>,
) -> Result<Encoded> {
    frame.align_chunks();
    let (columns, groups) = digests(&frame, notes, what, grouped_by)?;
    let bytes = as_parquet(&mut frame, notes).map_err(|error| refused(what, &error))?;
    let rows = Some(frame.height() as u64);
    Ok(Encoded { kind: Kind::Frame, body: Body::Held(bytes), rows, columns, groups })
}

/// A frame as it is kept.
fn as_parquet(frame: &mut DataFrame, notes: &ColumnNotes) -> PolarsResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let compression = if frame.height() > PARALLEL { LARGE_FRAMES } else { ParquetCompression::Zstd(None) };
    // On one thread small frames take no time at all, and the bytes are the same on any number.
    ParquetWriter::new(&mut bytes)
        .with_compression(compression)
        .with_key_value_metadata(
            notes_text(notes).map(|text| KeyValueMetadata::from_static(vec![(NOTES.to_owned(), text)])),
        )
        .set_parallel(frame.height() > PARALLEL)
        .finish(frame)?;
    Ok(bytes)
}

/// A Parquet file with other columns in place of its own, and the notes that it has.
pub(crate) fn rewritten(file: &[u8], mut frame: DataFrame) -> PolarsResult<Vec<u8>> {
    let notes = notes_of(&mut ParquetReader::new(Cursor::new(file)))?;
    frame.align_chunks();
    as_parquet(&mut frame, &notes)
}

/// A frame that is in its file already: it is read once more, for the digests, which begin with how many rows there are.
fn encode_written(written: WrittenFrame, what: &str, grouped_by: Option<&str>) -> Result<Encoded> {
    if grouped_by.is_some() {
        let message = "a frame that is written in blocks can't be grouped".into();
        return Err(PipelineError::Artifact { what: what.to_owned(), message });
    }
    let blocks = FrameBlocks::open(&written.path, what, 1 << 30, |_| None)?;
    let empty = blocks.empty()?;
    let mut digests: Vec<(String, String, ColumnDigest)> = empty
        .columns()
        .iter()
        .map(|column| {
            let digest = ColumnDigest::new(column.dtype(), written.rows);
            (column.name().to_string(), column.dtype().to_string(), digest)
        })
        .collect();
    blocks.each(|frame| -> Result<bool> {
        let added = digests
            .par_iter_mut()
            .zip(frame.columns())
            .try_for_each(|((.., digest), column)| digest.add(column));
        added.map_err(|error| refused(what, &error))?;
        Ok(true)
    })?;
    let notes = blocks.notes();
    let columns = digests.into_iter().map(|(name, data_type, digest)| {
        let digest = noted_digest(digest.finish(), notes.get(&name));
        (name, (data_type, digest))
    });
    let (rows, columns) = (Some(written.rows), Some(columns.collect()));
    Ok(Encoded { kind: Kind::Frame, body: Body::InFile(written.path), rows, columns, groups: None })
}

/// The digests of a frame's columns, and of its groups of rows where it is grouped.
type FrameDigests = (Option<BTreeMap<String, (String, Digest)>>, Option<GroupDigests>);

fn digests(
    frame: &DataFrame,
    notes: &ColumnNotes,
    what: &str,
    grouped_by: Option<&str>,
) -> Result<FrameDigests> {
    let of_column = |column: &Column| {
        let digest = noted_digest(column_digest(column)?, notes.get(column.name().as_str()));
        Ok((column.name().to_string(), (column.dtype().to_string(), digest)))
    };
    // To wake other threads takes longer than to go through a small frame.
    let columns: PolarsResult<BTreeMap<_, _>> = match frame.height() * frame.width() < FEW_VALUES {
        true => frame.columns().iter().map(of_column).collect(),
        false => frame.columns().par_iter().map(of_column).collect(),
    };
    let groups = grouped_by.map(|column| group_digests(frame, column)).transpose();
    let refused = |error: PolarsError| refused(what, &error);
    Ok((Some(columns.map_err(refused)?), groups.map_err(refused)?))
}

/// A frame from its stored form, with the rows and columns that are declared to be read: columns in
/// the order in which they are declared, rows group by group. A fingerprint holds one digest a column
/// or group and doesn't know their order, so a stage mustn't see it either.
pub(crate) fn decode_frame(
    bytes: &[u8],
    declared: Option<&InputDeclaration>,
    what: &str,
) -> Result<DataFrame> {
    decode_noted(bytes, declared, what).map(|(frame, _)| frame)
}

/// A frame as [`decode_frame`] reads it, with the notes to its columns.
pub(crate) fn decode_noted(
    bytes: &[u8],
    declared: Option<&InputDeclaration>,
    what: &str,
) -> Result<(DataFrame, ColumnNotes)> {
    let read = || -> PolarsResult<(DataFrame, ColumnNotes)> {
        // To wake other threads takes longer than to read a small frame.
        let parallel = if bytes.len() < SMALL { ParallelStrategy::None } else { ParallelStrategy::Auto };
        let mut reader = ParquetReader::new(Cursor::new(bytes)).read_parallel(parallel);
        let mut notes = notes_of(&mut reader)?;
        let columns = match declared {
            // Rows may be told by a column that isn't read.
            Some(declared) if declared.rows.is_none() => {
                let schema = reader.schema()?;
                let all: Vec<&str> = schema.iter_names().map(|name| name.as_str()).collect();
                declared.read_of(&all)
            }
            _ => None,
        };
        if let Some(columns) = &columns {
            notes.retain(|column, _| columns.contains(column));
            if columns.is_empty() {
                return Ok((DataFrame::empty(), notes));
            }
            reader = reader.with_columns(Some(columns.clone()));
        }
        let mut frame = reader.finish()?;
        if let Some(rows) = declared.and_then(|declared| declared.rows.as_ref()) {
            let texts = frame.column(&rows.column)?.str()?;
            let mut wanted: Vec<(usize, IdxSize)> = texts
                .iter()
                .zip(0..)
                .filter_map(|(text, row)| {
                    let text = text?;
                    Some((rows.values.binary_search_by(|value| value.as_str().cmp(text)).ok()?, row))
                })
                .collect();
            wanted.sort_unstable();
            let wanted = wanted.into_iter().map(|(_, row)| row).collect();
            frame = frame.take(&IdxCa::from_vec("rows".into(), wanted))?;
        }
        let columns = match (columns, declared) {
            (None, Some(declared)) => {
                let all = frame.get_column_names_owned();
                declared.read_of(&all.iter().map(|name| name.as_str()).collect::<Vec<_>>())
            }
            (columns, _) => columns,
        };
        if let Some(columns) = columns {
            frame = frame.select(columns)?;
        }
        Ok((frame, notes))
    };
    read().map_err(|error| refused(what, &error))
}

/// The digest of a column with the note to it.
fn noted_digest(column: Digest, note: Option<&Value>) -> Digest {
    match note {
        None => column,
        Some(note) => {
            Digest::of(format!("{} {}", column.as_str(), crate::digest::canonical_json(note)).as_bytes())
        }
    }
}

/// A digest of the rows of each group.
fn group_digests(frame: &DataFrame, column: &str) -> PolarsResult<GroupDigests> {
    let texts = frame.column(column)?.str()?;
    let mut members: BTreeMap<&str, Vec<IdxSize>> = BTreeMap::new();
    for (text, row) in texts.iter().zip(0..) {
        if let Some(text) = text {
            members.entry(text).or_default().push(row);
        }
    }
    let digest = |rows: Vec<IdxSize>| -> PolarsResult<Digest> {
        let group = frame.take(&IdxCa::from_vec("rows".into(), rows))?;
        let mut hasher = blake3::Hasher::new();
        for column in group.columns() {
            hasher.update(column.name().as_bytes());
            hasher.update(column_digest(column)?.as_str().as_bytes());
        }
        Ok(Digest::from_hasher(&hasher))
    };
    let groups = members.into_iter().map(|(text, rows)| Ok((text.to_owned(), digest(rows)?)));
    Ok(GroupDigests { groups: groups.collect::<PolarsResult<_>>()?, empty: digest(Vec::new())? })
}

/// A JSON value with sorted fields, whatever map `serde_json` was built with.
struct Sorted<'a>(&'a Value);

fn sorted(value: &Value) -> Sorted<'_> {
    Sorted(value)
}

impl Sorted<'_> {
    fn to_pretty(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_else(|_| crate::digest::canonical_json(self.0))
    }
}

impl Serialize for Sorted<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(items) => serializer.collect_seq(items.iter().map(Sorted)),
            Value::Object(fields) => {
                let ordered: BTreeMap<&String, Sorted<'_>> =
                    fields.iter().map(|(name, field)| (name, Sorted(field))).collect();
                serializer.collect_map(ordered)
            }
            scalar => scalar.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::column_notes::column_notes;
    use super::*;

    fn digests(frame: DataFrame) -> Result<BTreeMap<String, (String, Digest)>> {
        Ok(Artifact::Frame(frame).encode("test", None)?.columns.unwrap_or_default())
    }

    #[test]
    fn a_column_digest_tells_values_missing_values_and_types_apart() -> Result<()> {
        let frame = df!(
            "a" => [Some(1.0), None], "b" => [Some(1.0), Some(0.0)], "c" => [Some(1.0), None],
            "d" => [Some(1_i32), None], "e" => ["a", "bc"], "f" => ["ab", "c"],
        )
        .map_err(|error| refused("test", &error))?;
        let digests = digests(frame)?;
        let of = |name: &str| digests.get(name).map(|(_, digest)| digest.clone());
        assert_eq!(of("a"), of("c"));
        assert_ne!(of("a"), of("b"));
        assert_ne!(of("a"), of("d"));
        assert_ne!(of("e"), of("f"));
        Ok(())
    }

    #[test]
    fn encoding_gives_the_same_bytes_and_reads_back() -> Result<()> {
        let frame =
            df!("x" => [Some(0.1), None], "y" => ["a", "b"]).map_err(|error| refused("test", &error))?;
        let one = Artifact::Frame(frame.clone()).encode("test", None)?.into_bytes();
        let two = Artifact::Frame(frame.clone()).encode("test", None)?.into_bytes();
        assert_eq!(one, two);
        assert!(decode_frame(&one, None, "test")?.equals_missing(&frame));
        let declared = InputDeclaration::frame("test").columns(["y"]).rows("y", ["b", "c"]);
        let part = decode_frame(&one, Some(&declared), "test")?;
        assert_eq!((part.height(), part.get_column_names()), (1, vec![&PlSmallStr::from("y")]));
        Ok(())
    }

    #[test]
    fn notes_are_kept_and_count_as_a_part_of_their_column() -> Result<()> {
        let frame = df!("x" => [1.0], "y" => [2.0]).map_err(|error| refused("test", &error))?;
        let noted = |column: u32| -> Result<Encoded> {
            let notes = ColumnNotes::from([("x".to_owned(), serde_json::json!({"column": column}))]);
            Artifact::Noted(frame.clone(), notes).encode("test", None)
        };
        let (one, two) = (noted(3)?, noted(4)?);
        let digest =
            |encoded: &Encoded, name: &str| encoded.columns.as_ref().and_then(|all| all.get(name).cloned());
        assert_ne!(digest(&one, "x"), digest(&two, "x"));
        assert_eq!(digest(&one, "y"), digest(&two, "y"));
        let own = digest(&one, "x");
        let written = one.into_bytes();
        let again = Artifact::Parquet(written.clone()).encode("test", None)?;
        assert_eq!(own, digest(&again, "x"));
        assert_eq!(
            column_notes(&mut ParquetReader::new(Cursor::new(&written)), "test")?.get("x"),
            Some(&serde_json::json!({"column": 3}))
        );
        Ok(())
    }

    #[test]
    fn a_frame_written_in_blocks_has_the_digests_of_the_whole() -> Result<()> {
        let told = |error: PolarsError| refused("test", &error);
        let rows = 1000_i32;
        let frame = df!(
            "entity" => (0..rows).map(|row| format!("e{}", row / 10)).collect::<Vec<_>>(),
            "time" => (0..rows).map(|row| row % 10).collect::<Vec<_>>(),
            "x" => (0..rows).map(|row| (row % 7 != 0).then_some(f64::from(row) / 3.0)).collect::<Vec<_>>(),
        )
        .map_err(told)?;
        let notes = ColumnNotes::from([("x".to_owned(), serde_json::json!({"column": 3}))]);
        let whole = Artifact::Noted(frame.clone(), notes.clone()).encode("test", None)?;
        let folder = tempfile::tempdir().map_err(PipelineError::io("", "test"))?;
        let mut writer = super::super::frame_blocks::FrameWriter::new(folder.path(), 1)?;
        for start in (0..rows).step_by(77) {
            writer.write(frame.slice(i64::from(start), 77))?;
        }
        let written = writer.finish(&notes)?;
        let encoded = Artifact::Written(written.clone()).encode("test", None)?;
        assert_eq!((encoded.rows, &encoded.columns), (whole.rows, &whole.columns));

        let blocks = FrameBlocks::open(&written.path, "test", 1, |_| Some(vec!["x".into(), "time".into()]))?;
        let (mut heights, mut all) = (Vec::new(), None::<DataFrame>);
        blocks.each(|block| -> Result<bool> {
            heights.push(block.height());
            all = Some(match all.take() {
                Some(before) => before.vstack(&block).map_err(told)?,
                None => block,
            });
            Ok(true)
        })?;
        assert_eq!(heights, [256, 256, 256, 232]);
        assert!(all.is_some_and(|all| frame.select(["x", "time"]).is_ok_and(|own| own.equals_missing(&all))));
        assert_eq!(blocks.notes().get("x"), Some(&serde_json::json!({"column": 3})));
        Ok(())
    }

    #[test]
    fn measures_are_read_with_their_keys_or_not_at_all() -> Result<()> {
        let frame = df!("id" => ["a"], "x" => [1.0], "x@text" => ["one"], "z" => [3.0]);
        let frame = frame.map_err(|error| refused("test", &error))?;
        let bytes = Artifact::Frame(frame).encode("test", None)?.into_bytes();
        let read = |names: &[&str]| -> Result<Vec<String>> {
            let declared = InputDeclaration::frame("test").measures(["id"], "@text", names.iter().copied());
            let frame = decode_frame(&bytes, Some(&declared), "test")?;
            Ok(frame.get_column_names_owned().iter().map(|name| name.to_string()).collect())
        };
        assert_eq!(read(&["x", "y"])?, ["id", "x", "x@text"]);
        assert_eq!(read(&["y"])?, [""; 0]);
        Ok(())
    }

    #[test]
    fn a_group_digest_sees_its_own_rows_alone() -> Result<()> {
        let groups = |values: [f64; 3]| -> Result<BTreeMap<String, Digest>> {
            let frame = df!("variable" => ["a", "b", "a"], "value" => values);
            let frame = frame.map_err(|error| refused("test", &error))?;
            let encoded = Artifact::Frame(frame).encode("test", Some("variable"))?;
            Ok(encoded.groups.map(|digests| digests.groups).unwrap_or_default())
        };
        let (before, after) = (groups([1.0, 2.0, 3.0])?, groups([1.0, 5.0, 3.0])?);
        assert_eq!(before.get("a"), after.get("a"));
        assert_ne!(before.get("b"), after.get("b"));
        Ok(())
    }
}
