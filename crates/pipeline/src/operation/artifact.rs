//! What stages hand to one another.

use std::collections::BTreeMap;
use std::io::Cursor;

use polars::io::mmap::MmapBytesReader;
use polars::prelude::*;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::input_declaration::InputDeclaration;
use super::kind::Kind;
use crate::digest::Digest;
use crate::error::{PipelineError, Result};

/// Frames of so many bytes are read by one thread.
const SMALL: usize = 1 << 20;

/// A column's values are taken into its digest so many bytes at a time.
const STREAM: usize = 1 << 16;

/// Frames of more rows are written by several threads.
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
    /// Any other file.
    File(Vec<u8>),
}

/// What is to be known of columns beside their values, by their names. It counts as a part of the column.
pub type ColumnNotes = BTreeMap<String, Value>;

/// The key of notes among a Parquet file's own.
const NOTES: &str = "vintner.notes";

/// An artifact in the form in which it is stored.
pub(crate) struct Encoded {
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
    pub(crate) rows: Option<u64>,
    /// The type and the digest of each column of a frame.
    pub(crate) columns: Option<BTreeMap<String, (String, Digest)>>,
    /// The digest of each group of rows, where the output is grouped.
    pub(crate) groups: Option<GroupDigests>,
}

/// Digests of the groups of a frame's rows.
pub(crate) struct GroupDigests {
    pub(crate) groups: BTreeMap<String, Digest>,
    /// That of a group without rows, which still says what columns there are.
    pub(crate) empty: Digest,
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
            Artifact::Frame(_) | Artifact::Noted(..) | Artifact::Parquet(_) => Kind::Frame,
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
                Encoded { kind, bytes, rows: Some(frame.height() as u64), columns, groups }
            }
            Artifact::File(bytes) => Encoded { kind, bytes, rows: None, columns: None, groups: None },
            Artifact::Json(value) => {
                let mut text = sorted(&value).to_pretty();
                text.push('\n');
                Encoded { kind, bytes: text.into_bytes(), rows: None, columns: None, groups: None }
            }
            Artifact::Text(text) => {
                let rows = text.lines().count() as u64;
                Encoded { kind, bytes: text.into_bytes(), rows: Some(rows), columns: None, groups: None }
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
    let mut bytes = Vec::new();
    let kept = (!notes.is_empty()).then(|| {
        let notes = crate::digest::canonical_json(&serde_json::json!(notes));
        KeyValueMetadata::from_static(vec![(NOTES.to_owned(), notes)])
    });
    // On one thread small frames take no time at all, and the bytes are the same on any number.
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Zstd(None))
        .with_key_value_metadata(kept)
        .set_parallel(frame.height() > PARALLEL)
        .finish(&mut frame)
        .map_err(|error| refused(what, &error))?;
    let rows = Some(frame.height() as u64);
    Ok(Encoded { kind: Kind::Frame, bytes, rows, columns, groups })
}

/// The digests of a frame's columns, and of its groups of rows where it is grouped.
type FrameDigests = (Option<BTreeMap<String, (String, Digest)>>, Option<GroupDigests>);

fn digests(
    frame: &DataFrame,
    notes: &ColumnNotes,
    what: &str,
    grouped_by: Option<&str>,
) -> Result<FrameDigests> {
    let columns = frame.columns().par_iter().map(|column| {
        let digest = noted_digest(column_digest(column)?, notes.get(column.name().as_str()));
        Ok((column.name().to_string(), (column.dtype().to_string(), digest)))
    });
    let columns: PolarsResult<BTreeMap<_, _>> = columns.collect();
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

/// The notes to the columns of a frame stored as Parquet, without reading any of them.
///
/// # Errors
/// [`PipelineError::Artifact`] where it isn't readable as Parquet.
pub fn column_notes<R: MmapBytesReader>(reader: &mut ParquetReader<R>, what: &str) -> Result<ColumnNotes> {
    notes_of(reader).map_err(|error| refused(what, &error))
}

fn notes_of<R: MmapBytesReader>(reader: &mut ParquetReader<R>) -> PolarsResult<ColumnNotes> {
    let metadata = reader.get_metadata()?;
    let pairs = metadata.key_value_metadata.iter().flatten();
    let text = pairs.into_iter().find(|pair| pair.key == NOTES).and_then(|pair| pair.value.as_deref());
    // Other programs may write what they like.
    Ok(text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default())
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

fn refused(what: &str, error: &PolarsError) -> PipelineError {
    PipelineError::Artifact { what: what.to_owned(), message: error.to_string() }
}

/// A digest of a column's type and values (its name is left out), the same however the column is
/// split into chunks.
fn column_digest(column: &Column) -> PolarsResult<Digest> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(column.dtype().to_string().as_bytes());
    hasher.update(&(column.len() as u64).to_le_bytes());
    // One byte says whether a value follows, so that no two columns share a stream of bytes.
    let mut stream = Vec::with_capacity(STREAM);
    let mut put = |value: Option<&[u8]>| {
        stream.push(u8::from(value.is_some()));
        stream.extend_from_slice(value.unwrap_or_default());
        // Many bytes at once are taken in much faster.
        if stream.len() >= STREAM {
            hasher.update(&stream);
            stream.clear();
        }
    };
    match column.dtype() {
        DataType::String => {
            for value in column.str()?.iter() {
                put(value
                    .map(|text| (text.len() as u64).to_le_bytes())
                    .as_ref()
                    .map(|bytes| bytes.as_slice()));
                put(value.map(str::as_bytes));
            }
        }
        DataType::Float64 => {
            column
                .f64()?
                .iter()
                .for_each(|value| put(value.map(f64::to_le_bytes).as_ref().map(|b| b.as_slice())));
        }
        DataType::Int32 => {
            column
                .i32()?
                .iter()
                .for_each(|value| put(value.map(i32::to_le_bytes).as_ref().map(|b| b.as_slice())));
        }
        DataType::UInt32 => {
            column
                .u32()?
                .iter()
                .for_each(|value| put(value.map(u32::to_le_bytes).as_ref().map(|b| b.as_slice())));
        }
        DataType::Int64 => {
            column
                .i64()?
                .iter()
                .for_each(|value| put(value.map(i64::to_le_bytes).as_ref().map(|b| b.as_slice())));
        }
        DataType::Boolean => {
            column
                .bool()?
                .iter()
                .for_each(|value| put(value.map(|flag| [u8::from(flag)]).as_ref().map(|b| b.as_slice())));
        }
        _ => {
            let mut frame = DataFrame::new(column.len(), vec![column.clone().with_name("column".into())])?;
            frame.rechunk_mut();
            let mut bytes = Vec::new();
            ParquetWriter::new(&mut bytes).set_parallel(false).finish(&mut frame)?;
            put(Some(&bytes));
        }
    }
    hasher.update(&stream);
    Ok(Digest::from_hasher(&hasher))
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
        let one = Artifact::Frame(frame.clone()).encode("test", None)?.bytes;
        let two = Artifact::Frame(frame.clone()).encode("test", None)?.bytes;
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
        let again = Artifact::Parquet(one.bytes.clone()).encode("test", None)?;
        assert_eq!(digest(&one, "x"), digest(&again, "x"));
        assert_eq!(
            column_notes(&mut ParquetReader::new(Cursor::new(&one.bytes)), "test")?.get("x"),
            Some(&serde_json::json!({"column": 3}))
        );
        Ok(())
    }

    #[test]
    fn measures_are_read_with_their_keys_or_not_at_all() -> Result<()> {
        let frame = df!("id" => ["a"], "x" => [1.0], "x@text" => ["one"], "z" => [3.0]);
        let bytes =
            Artifact::Frame(frame.map_err(|error| refused("test", &error))?).encode("test", None)?.bytes;
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
