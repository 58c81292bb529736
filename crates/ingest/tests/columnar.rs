//! Files that are laid out by column, cell by cell as pandas reads them (`fixtures/columnar/generate.py`).
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;

use crate::support::{fault_text, lines, read, source};
use vintner_ingest::{read_grid, read_source_bytes};

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/columnar").join(name))
        .unwrap()
}

/// The texts of all cells, the names among them; a label is read of what is read as text.
fn cells(file: &str, more: &str) -> Vec<Vec<String>> {
    let bytes = fixture(file);
    let format = file.rsplit_once('.').unwrap().1;
    let columns = "columns:\n  - {column: v, variable: v}";
    let fields =
        format!("name: s\nfile: {file}\nformat: {format}\nentity: city\ntime: year\n{columns}\n{more}");
    let grid = read_grid(&source(&fields, &bytes), &bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
    grid.rows.iter().map(|row| row.cells.iter().map(|cell| cell.raw()).collect()).collect()
}

#[test]
fn stata_files_of_every_release_hold_what_pandas_reads() {
    let expected = table("types.csv");
    for file in ["types_114.dta", "types_117.dta", "types_118.dta", "types_119.dta", "types_big_endian.dta"] {
        let found = cells(file, "category: sector");
        assert_eq!(found.len(), expected.len(), "{file}");
        for (found, expected) in found.iter().zip(&expected) {
            for (one, other) in found.iter().zip(expected) {
                assert!(is_same(one, other), "{file}: {one} instead of {other}");
            }
        }
    }
}

#[test]
fn letters_of_missing_values_are_kept() {
    for release in [113, 114, 115, 117, 118, 119] {
        let file = format!("tagged_{release}.dta");
        let bytes = fixture(&file);
        let fields = format!(
            "name: s\nfile: {file}\nformat: dta\nentity: city\ntime: year\ncolumns:\n  - {{column: v, variable: v}}"
        );
        let tidied = read(&source(&fields, &bytes), &bytes).unwrap_or_else(|error| panic!("{file}: {error}"));
        let raw: Vec<String> = tidied.values().unwrap().into_iter().map(|value| value.raw).collect();
        assert_eq!(raw, ["1", ".a", ".z"], "{file}");
        assert!(tidied.values().unwrap().iter().skip(1).all(|value| value.value.is_none()));
        let labels = tidied.warnings.iter().find(|warning| warning.contains("have labels"));
        assert!(
            labels.is_some_and(|said| said.contains("\"year\"") && said.contains("codes are read")),
            "{labels:?}"
        );
    }
}

/// Whether two texts are the same, or write the same number.
fn is_same(one: &str, other: &str) -> bool {
    let numbers = one.parse::<f64>().ok().zip(other.parse::<f64>().ok());
    one == other || numbers.is_some_and(|(one, other)| one.to_bits() == other.to_bits())
}

fn table(file: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8(fixture(file)).unwrap();
    text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// What a source reads of its column `v`, and what is told.
fn tidied(file: &str, bytes: &[u8], fields: &str) -> vintner_ingest::Tidied {
    let format = file.rsplit_once('.').unwrap().1;
    let fields = format!("name: s\nfile: {file}\nformat: {format}\n{fields}");
    read_source_bytes(&source(&fields, bytes), bytes, None, None)
        .unwrap_or_else(|error| panic!("{file}: {error}"))
}

const CITY_YEAR_V: &str = "entity: city\ntime: year\ncolumns:\n  - {column: v, variable: v}";

#[test]
fn spss_files_hold_what_pyreadstat_reads() {
    let expected = table("spss.csv");
    for file in ["spss_plain.sav", "spss_codes.sav", "spss_packed.sav"] {
        let found = cells(file, "");
        assert_eq!(found.len(), expected.len(), "{file}");
        assert_eq!(found[0], expected[0], "{file}");
        for (row, (found, cells)) in found.iter().zip(&expected).enumerate() {
            for ((one, other), name) in found.iter().zip(cells).zip(&expected[0]) {
                // A value that is declared missing is missing, under its code.
                let declared = match (name.as_str(), row) {
                    ("income", 1) => Some("99"),
                    ("income", 3) => Some("150"),
                    ("income", 4) => Some("98"),
                    ("income", 5) => Some("-7"),
                    ("answer", 2) => Some("refused"),
                    _ => None,
                };
                let other = declared.unwrap_or(other);
                assert!(is_same(one, other), "{file}, row {row}: {one} instead of {other}");
            }
        }
    }
}

#[test]
fn missing_values_of_spss_are_missing_and_told() {
    let bytes = fixture("spss_codes.sav");
    let fields = "entity: a_rather_long_name\ntime: year\ncolumns:\n  - {column: income, variable: income}";
    let tidied = tidied("spss_codes.sav", &bytes, fields);
    let values: Vec<Option<f64>> = tidied.values().unwrap().into_iter().map(|value| value.value).collect();
    assert_eq!(values, [None, Some(5.0), None, None, None]);
    let told = tidied.warnings.iter().find(|warning| warning.contains("declares to be missing"));
    assert!(
        told.is_some_and(
            |told| told.contains("\"income\"") && told.contains("-7 (1), 150 (1), 98 (1), 99 (1)")
        ),
        "{:?}",
        tidied.warnings
    );
}

#[test]
fn labels_of_spss_are_read_where_that_is_declared() {
    let read_as = |how: &str| {
        let fields = format!(
            "value_labels: {{sector: {how}}}\nentity: a_rather_long_name\ntime: year\ncolumns:\n  - {{column: sector, \
             variable: sector, type: text}}"
        );
        let tidied = tidied("spss_plain.sav", &fixture("spss_plain.sav"), &fields);
        tidied.values().unwrap().into_iter().map(|value| value.raw).collect::<Vec<_>>()
    };
    assert_eq!(read_as("labels"), ["mines", "mills", "mines", "3", "mills"]);
    assert_eq!(read_as("codes"), ["1", "2", "1", "3", "2"]);
}

#[test]
fn texts_of_spss_are_in_the_encoding_that_it_says_or_one_that_is_told() {
    let cities = |file: &str, more: &str| {
        let tidied = tidied(file, &fixture(file), &format!("{CITY_YEAR_V}\n{more}"));
        let cities: Vec<String> =
            tidied.values().unwrap().into_iter().filter_map(|value| value.entity.clone()).collect();
        (cities, tidied.warnings)
    };
    let (found, warnings) = cities("spss_cp936.sav", "");
    assert_eq!(found, ["保定市", "北京市"]);
    assert!(!warnings.iter().any(|warning| warning.contains("encoding")), "{warnings:?}");
    let (found, warnings) = cities("spss_silent.sav", "");
    assert_eq!(found, ["保定市", "北京市"]);
    assert!(warnings.iter().any(|warning| warning.contains("declare `encoding: gb18030`")), "{warnings:?}");
    let (found, warnings) = cities("spss_silent.sav", "encoding: gb18030");
    assert_eq!((found.len(), warnings.iter().any(|warning| warning.contains("encoding"))), (2, false));
    let found = cells("spss_big_endian.sav", "");
    assert_eq!(found[0], ["CITY", "YEAR", "V"]);
    assert_eq!(found[1], ["Köln", "1990", "1.5"]);
    assert_eq!(found[2], ["Bonn", "1990", ""]);
}

#[test]
fn spss_files_that_are_cut_or_say_otherwise_are_refused() {
    let refused = |bytes: &[u8], format: &str| {
        let fields = format!("name: s\nfile: t.{format}\nformat: {format}\n{CITY_YEAR_V}");
        fault_text(&source(&fields, bytes), bytes)
    };
    let bytes = fixture("spss_codes.sav");
    assert!(refused(&bytes[..bytes.len() - 24], "sav").contains("not a readable SPSS file: it "));
    let mut more = bytes.clone();
    more[80] = 4;
    assert!(refused(&more, "sav").contains("it says that it has 4 cases, and that it has 5"));
    let mut more = fixture("spss_big_endian.sav");
    more[83] = 1;
    assert!(refused(&more, "sav").contains("it says that it has 1 cases, and has more"));
    more[83] = 3;
    assert!(refused(&more, "sav").contains("it says that it has 3 cases, and ends after 2"));
    assert!(refused(b"$FL2", "sav").contains("not a readable SPSS file"));
}

#[test]
fn data_frames_of_r_hold_what_r_reads() {
    let expected = table("frame.csv");
    for file in ["frame.rds", "frame_v2.rds", "frame_plain.rds", "frame_xz.rds", "frame_bzip2.rds"] {
        let found = cells(file, "");
        for (row, cells) in expected.iter().enumerate() {
            for (name, other) in expected[0].iter().zip(cells) {
                let column = found[0].iter().position(|own| own == name).unwrap();
                let one = &found[row][column];
                assert!(is_same(one, other), "{file}, row {row}, {name}: {one} instead of {other}");
            }
        }
    }
    // A frame's own names of rows are data.
    assert_eq!(cells("row_names.rds", "")[1], ["21", "6", "Mazda RX4"]);
    assert_eq!(cells("latin1.rds", "")[1], ["Köln", "1990", "1.5"]);
}

#[test]
fn damaged_packings_of_r_files_are_refused() {
    for (file, packer) in [("frame_xz.rds", "xz"), ("frame_bzip2.rds", "bzip2")] {
        let bytes = fixture(file);
        let read_of = |bytes: &[u8]| {
            let fields = format!(
                "name: s\nfile: {file}\nformat: rds\nentity: id\ncolumns:\n  - {{column: v, variable: v}}"
            );
            read_source_bytes(&source(&fields, bytes), bytes, None, None)
        };
        assert!(read_of(&bytes).is_ok(), "{file}");
        let cut = read_of(&bytes[..bytes.len() / 2]).unwrap_err().to_string();
        assert!(cut.contains(&format!("packed by {packer}, and it can't be unpacked to its end")), "{cut}");
        let mut damaged = bytes.clone();
        damaged[bytes.len() / 2] ^= 4;
        assert!(read_of(&damaged).is_err(), "{file}");
    }
}

/// The day of a time in a zone is the one that its clock shows there.
#[test]
fn times_in_zones_are_of_the_day_there() {
    let bytes = fixture("frame.rds");
    let fields = "name: s\nfile: frame.rds\nformat: rds\nentity: id\ncolumns:\n  - {column: local, variable: v, type: text}";
    let tidied = read_source_bytes(&source(fields, &bytes), &bytes, None, None).unwrap();
    let texts = tidied.table.variable("v").unwrap().unwrap();
    assert_eq!(texts.labels().unwrap().get(0), Some("2000-01-01T00:00:00+08:00"));
    // In a zone that isn't known the day isn't either.
    let mut bytes = fixture("frame_plain.rds");
    let zone = b"Asia/Shanghai";
    let at = bytes.windows(zone.len()).position(|window| window == zone).unwrap();
    bytes[at..at + zone.len()].copy_from_slice(b"Asia/Xanadu22");
    let said = read_source_bytes(&source(fields, &bytes), &bytes, None, None).unwrap_err().to_string();
    assert!(said.contains("times of the zone Asia/Xanadu22"), "{said}");
    let days = |name: &str| {
        let file = format!("zone_{name}.parquet");
        let bytes = fixture(&file);
        let fields = format!(
            "name: s\nfile: {file}\nformat: parquet\nentity: c\ntime: day\nperiod: {{frequency: day}}\ncolumns:\n  - {{column: v, variable: v}}"
        );
        let tidied = read_source_bytes(&source(&fields, &bytes), &bytes, None, None);
        tidied.map_err(|error| error.to_string()).map(|tidied| {
            let values = tidied.values().unwrap();
            values.iter().map(|value| value.period.clone().unwrap()).collect::<Vec<String>>()
        })
    };
    // As pandas has them: `frame["day"].dt.date`.
    assert_eq!(days("shanghai").unwrap(), ["2020-01-01", "2020-01-02"]);
    assert_eq!(days("new_york").unwrap(), ["2020-07-01", "2020-01-01"]);
    assert_eq!(days("offset").unwrap(), ["2020-01-01", "2020-01-02"]);
    assert_eq!(days("utc").unwrap(), ["2020-01-01", "2020-01-02"]);
    // Midnight in London is the evening before in New York.
    let said = days("evening").unwrap_err();
    assert!(said.contains("2019-12-31T19:00:00-05:00") && said.contains("has a time of day"), "{said}");
    let said = days("nowhere").unwrap_err();
    assert!(said.contains("of one day there and of another in UTC"), "{said}");
}

/// A text's width and the parts that follow it say the same twice; where they don't, all that stands behind it would shift.
#[test]
fn texts_of_spss_have_the_parts_that_their_width_says() {
    let sound = fixture("spss_plain.sav");
    let declared = source(
        "name: s\nfile: t.sav\nformat: sav\nentity: city\ntime: year\ncolumns:\n  - {column: v, variable: v}",
        &sound,
    );
    assert!(read_grid(&declared, &sound).is_ok());
    // Records of variables begin with 2 and the width.
    let records: Vec<usize> = (176..sound.len() - 8)
        .step_by(4)
        .filter(|at| sound[*at..at + 4] == [2, 0, 0, 0] && sound[at + 5..at + 8] == [0; 3])
        .filter(|at| (1..=255).contains(&sound[at + 4]) && sound[at + 24..at + 32].is_ascii())
        .collect();
    assert!(!records.is_empty());
    for (width, said) in
        [([0xFF, 0xFF, 0xFF, 0x7F], "where none has more than 255"), ([0xFF, 0, 0, 0], "of its parts")]
    {
        let mut bytes = sound.clone();
        bytes[records[0] + 4..records[0] + 8].copy_from_slice(&width);
        let found =
            read_grid(&declared, &bytes).map(|grid| grid.rows.len()).map_err(|error| error.to_string());
        assert!(found.as_ref().is_err_and(|error| error.contains(said)), "{found:?}");
    }
}

#[test]
fn what_isnt_what_it_is_stored_as_is_refused_in_r_files() {
    let read_of = |file: &str, column: &str| {
        let bytes = fixture(file);
        let fields = format!(
            "name: s\nfile: {file}\nformat: rds\nentity: id\ncolumns:\n  - {{column: {column}, variable: v}}"
        );
        read_source_bytes(&source(&fields, &bytes), &bytes, None, None).unwrap_err().to_string()
    };
    assert!(read_of("frame.rds", "several").contains("a list"), "{}", read_of("frame.rds", "several"));
    assert!(read_of("list.rds", "v").contains("it holds a list, not a data frame"));
}

#[test]
fn labels_are_read_where_that_is_declared() {
    let bytes = fixture("types_118.dta");
    let fields = |more: &str| {
        format!(
            "name: s\nfile: t.dta\nformat: dta\nentity: city\ntime: year\ncolumns:\n  - {{column: sector, variable: v{more}"
        )
    };
    let text = source(&fields(", type: text}"), &bytes);
    let tidied = read(&text, &bytes).unwrap();
    let texts = |tidied: &vintner_ingest::Tidied| -> Vec<Option<String>> {
        tidied.values().unwrap().into_iter().map(|value| value.text).collect()
    };
    let of = |names: [&str; 4]| names.map(|name| Some(name.to_owned())).to_vec();
    assert_eq!(texts(&tidied), of(["mines", "mills", "mines", "farms"]));
    assert!(
        tidied.warnings.iter().any(|said| said.contains("value_labels: {sector: labels}")),
        "{:?}",
        tidied.warnings
    );
    let codes = source(&fields(", type: text}\nvalue_labels: {sector: codes}"), &bytes);
    let tidied = read(&codes, &bytes).unwrap();
    assert_eq!(texts(&tidied), of(["2", "1", "2", "0"]));
    assert!(tidied.warnings.iter().all(|said| !said.contains("labels")), "{:?}", tidied.warnings);
    let numbers = source(&fields("}"), &bytes);
    assert_eq!(lines(&read(&numbers, &bytes).unwrap())[0], "jia 2008 v = 2 at G2");
}

#[test]
fn an_encoding_is_declared_or_guessed_and_said() {
    let bytes = fixture("gb18030_117.dta");
    let of = |more: &str| {
        let fields = "name: s\nfile: t.dta\nformat: dta\nentity: city\ntime: year\ncolumns:\n  - {column: v, variable: v}";
        let source = source(&format!("{fields}\n{more}"), &bytes);
        vintner_ingest::read_source_bytes(&source, &bytes, None, None)
    };
    let names = |tidied: &vintner_ingest::Tidied| -> Vec<String> {
        tidied.values().unwrap().into_iter().map(|value| value.entity.unwrap()).collect()
    };
    let guessed = of("").unwrap();
    assert_eq!(names(&guessed), ["保定市", "北京市", "哈尔滨市", "保定市"]);
    assert!(guessed.warnings[0].contains("read as gb18030"), "{:?}", guessed.warnings);
    let declared = of("encoding: gb18030").unwrap();
    assert_eq!(names(&declared), names(&guessed));
    assert!(declared.warnings.is_empty(), "{:?}", declared.warnings);
    assert!(of("encoding: utf-8").is_err());
}

#[test]
fn every_ordinary_type_of_parquet_is_read() {
    let rows = |file: &str| cells(file, "");
    // The values that `generate.py` writes.
    let expected: [(&str, [&str; 4]); 21] = [
        ("city", ["Jia", "Yi", "Bing", "Jia"]),
        ("year", ["2008", "2008", "2008", "2009"]),
        ("int8", ["-128", "127", "", "0"]),
        ("uint8", ["255", "0", "", "1"]),
        ("uint16", ["65535", "0", "", "1"]),
        ("int32", ["-2147483648", "2147483647", "", "1"]),
        ("uint32", ["4294967295", "0", "", "1"]),
        ("int64", ["9223372036854775807", "-9223372036854775808", "", "1"]),
        ("uint64", ["18446744073709551615", "0", "", "1"]),
        ("float16", ["0.5", "-2", "1", "65504"]),
        ("float32", ["0.10000000149011612", "10000000000", "", "1"]),
        ("decimal", ["1234.56", "-0.01", "", "0.1"]),
        ("decimal38", ["1.2345678901234568e25", "", "", "0.001"]),
        ("flag", ["TRUE", "FALSE", "", "TRUE"]),
        ("date", ["2000-01-01", "1899-12-31", "", "2024-02-29"]),
        ("date64", ["2000-01-01", "1899-12-31", "", "2024-02-29"]),
        ("stamp", ["2000-01-01", "2000-01-01T12:30:00", "", "1960-01-01"]),
        ("stamp_ns", ["2000-01-01", "2000-01-01T12:30:00", "", "1960-01-01"]),
        ("zoned", ["2000-01-01T08:00:00+08:00", "", "", ""]),
        ("word", ["a", "b", "", "a"]),
        ("large", ["a", "b", "", "a"]),
    ];
    for file in ["types.parquet", "types_v1.parquet"] {
        let rows = rows(file);
        // Without the schema of Arrow nothing says that two bytes are a number.
        let has = |name: &str| file == "types.parquet" || name != "float16";
        for (name, expected) in expected.iter().filter(|(name, _)| has(name)) {
            let at = rows[0].iter().position(|header| header == name).unwrap();
            let found: Vec<&str> =
                rows[1..].iter().map(|row| row.get(at).map_or("", String::as_str)).collect();
            // Without that schema the zone is UTC.
            let expected = match (file, *name) {
                ("types_v1.parquet", "zoned") => ["2000-01-01T00:00:00Z", "", "", ""],
                _ => *expected,
            };
            assert_eq!(found, expected, "{file}, {name}");
        }
    }
}

#[test]
fn a_type_that_is_not_read_matters_where_it_is_asked_for() {
    let bytes = fixture("types.parquet");
    let of = |column: &str| {
        let fields = "name: s\nfile: t.parquet\nformat: parquet\nentity: city\ntime: year\ncolumns:";
        source(&format!("{fields}\n  - {{column: {column}, variable: v}}"), &bytes)
    };
    assert_eq!(lines(&read(&of("int8"), &bytes).unwrap())[0], "jia 2008 v = -128 at C2");
    let said = fault_text(&of("list"), &bytes);
    assert!(said.contains("column `list` holds"), "{said}");
    let said = fault_text(&of("date"), &bytes);
    assert!(said.contains("a date where a number is due: 2000-01-01"), "{said}");
}

/// Every release there is, written by the crate that reads them.
#[test]
fn stata_releases_from_102_on_are_read() {
    use dta::stata::dta::byte_order::ByteOrder;
    use dta::stata::dta::dta_writer::DtaWriter;
    use dta::stata::dta::header::Header;
    use dta::stata::dta::release::Release;
    use dta::stata::dta::schema::Schema;
    use dta::stata::dta::value::Value;
    use dta::stata::dta::variable::Variable;
    use dta::stata::dta::variable_type::VariableType;
    use dta::stata::stata_double::StataDouble;
    use dta::stata::stata_int::StataInt;

    for number in (102..=119_u8).filter(|number| *number != 106 && *number != 109) {
        let Ok(release) = Release::try_from(number) else { continue };
        let schema = Schema::builder()
            .add_variable(Variable::builder(VariableType::FixedString(8), "city").format("%8s"))
            .add_variable(Variable::builder(VariableType::Int, "year").format("%8.0g"))
            .add_variable(Variable::builder(VariableType::Double, "v").format("%9.0g"))
            .build()
            .unwrap();
        let header = Header::builder(release, ByteOrder::LittleEndian).build();
        let writer = DtaWriter::new().from_writer(std::io::Cursor::new(Vec::<u8>::new()));
        let mut records = writer
            .write_header(header)
            .and_then(|writer| writer.write_schema(schema))
            .and_then(|writer| writer.into_record_writer())
            .unwrap_or_else(|error| panic!("{number}: {error}"));
        for (city, year, v) in [("Jia", 2008, 0.1), ("Yi", 2009, -1e100)] {
            let row = [
                Value::string(city),
                Value::Int(StataInt::Present(year)),
                Value::Double(StataDouble::Present(v)),
            ];
            records.write_record(&row).unwrap();
        }
        let bytes = records
            .into_long_string_writer()
            .and_then(|writer| writer.into_value_label_writer())
            .and_then(|writer| writer.finish())
            .unwrap()
            .into_inner();
        let fields = "name: s\nfile: t.dta\nformat: dta\nentity: city\ntime: year\ncolumns:\n  - {column: v, variable: v}";
        let tidied =
            read(&source(fields, &bytes), &bytes).unwrap_or_else(|error| panic!("{number}: {error}"));
        let large = format!("yi 2009 v = {} at C3", -1e100);
        assert_eq!(lines(&tidied), ["jia 2008 v = 0.1 at C2".to_owned(), large], "{number}");
    }
}

#[test]
fn a_count_of_rows_that_the_file_cannot_hold_is_refused_at_once() {
    let mut bytes = fixture("types_114.dta");
    // After format, order of bytes, type, a blank and the count of variables.
    bytes[6..10].copy_from_slice(&0x7FFF_FFFF_u32.to_le_bytes());
    let columns = "columns:\n  - {column: v, variable: v}";
    let fields = format!("name: s\nfile: f.dta\nformat: dta\nentity: city\ntime: year\n{columns}\n");
    let error = read_grid(&source(&fields, &bytes), &bytes).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("it says that it has"), "{error}");
}
