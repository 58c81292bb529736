//! Files of every format, damaged at random, are read as they were or refused by name; whatever a reader is led
//! into, the program isn't.
//!
//! A few trials by default. `TRIALS=10000 cargo test --workspace --test cli damaged_files -- --nocapture` makes so many a format, and
//! prints what came of them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::time::{Duration, Instant};

use crate::common::damage::{Chance, damaged, trials};
use serde_json::json;
use vintner_ingest::{Grid, GridRow, Source, read_grid};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// What is read in a process of its own is bounded there; this is the bound for what comes back.
const MEMORY: u64 = 2 << 30;

/// A reading ends by then, on a machine that does other things too.
const TIME: Duration = Duration::from_secs(120);

fn read(format: &str, bytes: Vec<u8>) -> Result<Grid, String> {
    vintner_guard::isolate_in(env!("CARGO_BIN_EXE_vintner").into());
    let declared =
        json!({"name": "s", "file": format!("t.{format}"), "sha256": "", "format": format, "columns": []});
    let source: Source = serde_json::from_value(declared).unwrap();
    let began = Instant::now();
    let grid = read_grid(&source, &bytes).map_err(|error| error.to_string());
    assert!(began.elapsed() < TIME, "{format}: {:?}", began.elapsed());
    grid
}

fn xlsx() -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    let sheet = workbook.add_worksheet();
    for (row, city) in (1..).zip(["甲市", "乙", "丙城", "丁"]) {
        sheet.write(row, 0, city).unwrap().write(row, 1, 2000 + row).unwrap();
        sheet.write(row, 2, 1.5 * f64::from(row)).unwrap();
        let formula = rust_xlsxwriter::Formula::new("=C2*2").set_result("3.25");
        sheet.write_formula(row, 3, formula).unwrap();
        sheet.write_with_format(row, 4, 40_000 + row, &date).unwrap().write(row, 5, row % 2 == 0).unwrap();
    }
    workbook.add_worksheet().write(0, 0, "another sheet").unwrap();
    workbook.save_to_buffer().unwrap()
}

fn parquet() -> Vec<u8> {
    use polars::prelude::*;
    let texts: Vec<String> = (0..200).map(|row| format!("city {}", row % 7)).collect();
    let mut frame = df!(
        "city" => texts,
        "year" => (0..200_i64).collect::<Vec<_>>(),
        "v" => (0..200).map(|row| (row % 5 != 0).then_some(f64::from(row) / 8.0)).collect::<Vec<_>>(),
        "flag" => (0..200).map(|row| row % 3 == 0).collect::<Vec<_>>(),
    )
    .unwrap();
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).unwrap();
    bytes
}

const TEXT: &str = "city,year,v\n甲市,2008,1.25\n\"乙, 市\",2009,\"1,234.5\"\n丙,2010,\n";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(crate::common::repository().join("crates/ingest/tests").join(name)).unwrap()
}

/// Sound files of each format, and some that a reader stumbled over once.
fn corpus(format: &str) -> Vec<Vec<u8>> {
    match format {
        "xlsx" => {
            vec![xlsx(), fixture("damaged/stray_cell.xlsx"), fixture("damaged/wrong_number_bad_crc.xlsx")]
        }
        "xls" => vec![
            fixture("fixtures/table.xls"),
            fixture("damaged/memory_explosion.xls"),
            fixture("damaged/panic_assert.xls"),
        ],
        "ods" => vec![fixture("fixtures/table.ods")],
        "xlsb" => vec![fixture("fixtures/table.xlsb")],
        "html" => vec![
            format!(
                "<table><tr><td>{}</td></tr></table>",
                TEXT.replace('\n', "</tr><tr><td>").replace(',', "<td>")
            )
            .into_bytes(),
        ],
        "parquet" => {
            vec![
                parquet(),
                fixture("fixtures/columnar/types.parquet"),
                fixture("fixtures/columnar/types_v1.parquet"),
                fixture("damaged/panic.parquet"),
            ]
        }
        "dta" => ["types_114", "types_118", "types_big_endian", "gb18030_117", "tagged_113", "tagged_119"]
            .map(|name| fixture(&format!("fixtures/columnar/{name}.dta")))
            .into(),
        "sav" => ["plain", "codes", "packed", "cp936", "silent", "big_endian"]
            .map(|name| fixture(&format!("fixtures/columnar/spss_{name}.sav")))
            .into(),
        "rds" => ["frame", "frame_v2", "frame_plain", "latin1", "row_names", "list"]
            .map(|name| fixture(&format!("fixtures/columnar/{name}.rds")))
            .into(),
        "csv" => vec![TEXT.as_bytes().to_vec()],
        _ => vec![TEXT.replace(',', "\t").into_bytes()],
    }
}

/// What came of the trials of a format.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, u64>);

impl Tally {
    fn count(&mut self, read: &Result<Grid, String>) {
        let ended = |said: &str| read.as_ref().is_err_and(|error| error.contains(said));
        assert!(!ended("can't be started"), "{read:?}");
        let kind = match read {
            Ok(_) => "read",
            Err(_) if ended("the reader stumbled") => "panics caught",
            Err(_) if ended("of memory") => "memory bounded",
            Err(_) if ended("seconds") => "time bounded",
            Err(_) if ended("broke off") => "ended otherwise",
            Err(error) => {
                assert!(error.contains("\n      = "), "no advice: {error}");
                assert!(error.len() < 10_000, "{} bytes of message", error.len());
                "refused"
            }
        };
        *self.0.entry(kind).or_default() += 1;
    }

    fn tell(&self, what: &str) {
        let counts: Vec<String> = self.0.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        println!("{what}: {} trials: {}", self.0.values().sum::<u64>(), counts.join(", "));
    }
}

fn try_all(format: &'static str, few: u64) {
    let corpus = corpus(format);
    let mut tally = Tally::default();
    for trial in 0..trials(few) {
        let mut chance = Chance::of(trial);
        let bytes = damaged(&corpus[trial as usize % corpus.len()], &mut chance);
        tally.count(&read(format, bytes));
    }
    tally.tell(format);
    assert!(peak_memory() < MEMORY, "{} bytes", peak_memory());
}

fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) * 1024
}

#[test]
fn xls() {
    try_all("xls", 24);
}

#[test]
fn parquet_files() {
    try_all("parquet", 60);
}

#[test]
fn stata_files() {
    try_all("dta", 60);
}

#[test]
fn spss_files() {
    try_all("sav", 60);
}

#[test]
fn data_frames_of_r() {
    try_all("rds", 60);
}

/// Checksums tell of damage: what is read is what was packed.
#[test]
fn text_packed_by_gzip() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(TEXT.repeat(50).as_bytes()).unwrap();
    let sound = encoder.finish().unwrap();
    let before = cells(&read("csv", sound.clone()).unwrap().rows);
    let mut tally = Tally::default();
    for trial in 0..trials(60) {
        let bytes = damaged(&sound, &mut Chance::of(trial));
        let packed = bytes.starts_with(&[0x1F, 0x8B, 8]);
        let grid = read("csv", bytes);
        if let (true, Ok(grid)) = (packed, &grid) {
            assert_eq!(cells(&grid.rows), before, "trial {trial}: other cells without a word");
        }
        tally.count(&grid);
    }
    tally.tell("csv, packed");
}

#[test]
fn delimited_text() {
    try_all("csv", 2_000);
    try_all("tsv", 2_000);
    try_all("html", 2_000);
}

/// The cells of a grid, which damage may not change unseen.
fn cells(rows: &[GridRow]) -> Vec<(u32, Vec<String>)> {
    rows.iter().map(|row| (row.number, row.cells.iter().map(|cell| format!("{cell:?}")).collect())).collect()
}

fn try_zip(format: &'static str, few: u64) {
    let sound = corpus(format).swap_remove(0);
    let before = cells(&read(format, sound.clone()).unwrap().rows);
    let (mut tally, mut packed) = (Tally::default(), Tally::default());
    for trial in 0..trials(few) {
        // The archive is damaged: its checksums tell.
        let mut chance = Chance::of(trial);
        let bytes = damaged(&sound, &mut chance);
        let grid = read(format, bytes);
        if let Ok(grid) = &grid {
            assert_eq!(cells(&grid.rows), before, "{format}, trial {trial}: other cells without a word");
        }
        tally.count(&grid);
        // What is in it is damaged, and packed with the checksums of the damage.
        let bytes = with_damaged_part(&corpus(format)[trial as usize % corpus(format).len()], &mut chance);
        packed.count(&read(format, bytes));
    }
    tally.tell(&format!("{format}, archives damaged"));
    packed.tell(&format!("{format}, parts damaged under right checksums"));
    assert!(peak_memory() < MEMORY, "{} bytes", peak_memory());
}

fn with_damaged_part(bytes: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut parts = Vec::new();
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let (name, mut bytes) = (part.name().unwrap().into_owned(), Vec::new());
        // A part that its own checksum contradicts is as far as it goes.
        let _ = part.read_to_end(&mut bytes);
        parts.push((name, bytes));
    }
    let at = chance.below(parts.len());
    parts[at].1 = damaged(&parts[at].1, chance);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn xlsx_workbooks() {
    try_zip("xlsx", 25);
}

#[test]
fn xlsb_workbooks() {
    try_zip("xlsb", 25);
}

#[test]
fn ods_workbooks() {
    try_zip("ods", 25);
}

#[test]
fn files_that_readers_stumbled_over() {
    let said =
        |format: &str, file: &str| read(format, fixture(file)).map(|grid| grid.rows.len()).unwrap_err();
    for (format, file, expected) in [
        ("xls", "damaged/memory_explosion.xls", "of memory"),
        ("xls", "damaged/panic_assert.xls", "the reader stumbled over it"),
        ("parquet", "damaged/panic.parquet", "the reader stumbled over it"),
        (
            "xlsx",
            "damaged/wrong_number_bad_crc.xlsx",
            "\"xl/worksheets/sheet1.xml\" doesn't agree with its checksum",
        ),
    ] {
        let said = said(format, file);
        assert!(said.contains(expected) && said.contains(&format!("t.{format}: ")), "{file}: {said}");
    }
}

#[test]
fn a_stray_cell_is_read_where_it_stands() {
    let grid = read("xlsx", fixture("damaged/stray_cell.xlsx")).unwrap();
    let numbers: Vec<u32> = grid.rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, [1, 2, 1_048_576]);
    assert_eq!(grid.row(2).unwrap().cell(2).raw(), "2000");
}

/// A count of texts is memory asked for: an xlsx workbook of a few bytes that says it has four billion.
#[test]
fn a_workbook_that_promises_too_much_is_refused() {
    let mut archive = ZipArchive::new(Cursor::new(xlsx())).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        part.read_to_string(&mut text).unwrap();
        let text = text.replace("uniqueCount=\"", "uniqueCount=\"99999999");
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    let said = read("xlsx", writer.finish().unwrap().into_inner()).map(|grid| grid.rows.len());
    assert!(said.as_ref().is_err_and(|error| error.contains("of memory")), "{said:?}");
}
