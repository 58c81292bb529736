//! Stata files that say which variables `xtset` or `tsset` made their keys: what `vintage new` proposes for them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

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
use vintner_ingest::{Scaffold, read_source_bytes, scaffold};

const RELEASES: [u8; 3] = [114, 117, 118];

/// Three persons, `nr` 11, 12, 13, at six times each from `first` on, the time called `time` with a label.
fn file(release: u8, time: &str, label: &str, first: i16, by: i16) -> Vec<u8> {
    let schema = Schema::builder()
        .add_variable(Variable::builder(VariableType::Int, "nr").format("%8.0g"))
        .add_variable(Variable::builder(VariableType::Int, time).format("%8.0g").label(label))
        .add_variable(Variable::builder(VariableType::Double, "v").format("%9.0g"))
        .build()
        .unwrap();
    let header = Header::builder(Release::try_from(release).unwrap(), ByteOrder::LittleEndian).build();
    let writer = DtaWriter::new().from_writer(std::io::Cursor::new(Vec::<u8>::new()));
    let writer = writer.write_header(header).and_then(|writer| writer.write_schema(schema)).unwrap();
    let mut records = writer.into_record_writer().unwrap();
    for person in 11..14_i16 {
        for at in 0..6_i16 {
            let row = [
                Value::Int(StataInt::Present(person)),
                Value::Int(StataInt::Present(first + by * at)),
                Value::Double(StataDouble::Present(f64::from(person) + f64::from(at) / 8.0)),
            ];
            records.write_record(&row).unwrap();
        }
    }
    let writer =
        records.into_long_string_writer().and_then(|writer| writer.into_value_label_writer()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// The file with characteristics of the dataset, as Stata writes them: names in fields of fixed width, behind whose end
/// anything may stand.
fn declaring(release: u8, mut bytes: Vec<u8>, characteristics: &[(&str, &str)]) -> Vec<u8> {
    let width = if release < 118 { 33 } else { 129 };
    let field = |name: &str| -> Vec<u8> {
        let mut field = name.as_bytes().to_vec();
        field.push(0);
        while field.len() < width {
            field.push(0xE2 ^ (field.len() % 7) as u8);
        }
        field
    };
    let mut section = Vec::new();
    for (name, value) in characteristics {
        let payload = [field("_dta"), field(name), value.as_bytes().to_vec(), vec![0]].concat();
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        if release < 117 {
            section.extend([&[1], length.as_slice(), &payload].concat());
        } else {
            section.extend([b"<ch>".as_slice(), &length, &payload, b"</ch>"].concat());
        }
    }
    let place = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).position(|own| own == part).unwrap();
    let at = if release < 117 {
        // The header; of each of three variables type, name, format, name of labels, label; the order of rows.
        109 + 3 * (1 + 33 + 49 + 33 + 81) + 2 * 4
    } else {
        let at = place(&bytes, b"<characteristics>") + "<characteristics>".len();
        let map = place(&bytes, b"<map>") + "<map>".len();
        for offset in 0..14 {
            let own = map + 8 * offset..map + 8 * offset + 8;
            let old = u64::from_le_bytes(bytes[own.clone()].try_into().unwrap());
            if old > at as u64 {
                bytes[own].copy_from_slice(&(old + section.len() as u64).to_le_bytes());
            }
        }
        at
    };
    bytes.splice(at..at, section);
    bytes
}

fn proposed(bytes: &[u8]) -> Scaffold {
    scaffold("first", "2020-01-01", &[("t.dta".to_owned(), bytes.to_vec())], None, &[])
}

/// Entity and time of the first three values as the proposal reads them.
fn read(bytes: &[u8]) -> Vec<String> {
    let proposed = proposed(bytes);
    let source = proposed.sources[0].source.as_ref().unwrap_or_else(|| panic!("{}", proposed.manifest));
    assert_eq!(proposed.sources[0].faults, 0, "{}", proposed.manifest);
    let values = read_source_bytes(source, bytes, None, None).unwrap().values().unwrap();
    assert_eq!(values.len(), 18, "{}", proposed.manifest);
    let time = |one: &vintner_panel::TidyValue| one.period.clone().unwrap_or_else(|| one.time.to_string());
    values
        .iter()
        .take(3)
        .map(|one| format!("{} {}", one.entity.as_deref().unwrap_or("-"), time(one)))
        .collect()
}

const SET: [(&str, &str); 4] =
    [("_TSitrvl", "1"), ("_TSdelta", "+1.0000000000000X+000"), ("_TSpanel", "nr"), ("_TStvar", "t")];

#[test]
fn keys_that_xtset_declares_are_proposed() {
    for release in RELEASES {
        let bare = file(release, "t", "", 160, 1);
        assert!(!proposed(&bare).manifest.contains("time: \"t\""), "{}", proposed(&bare).manifest);
        let set = declaring(release, bare, &SET);
        let manifest = proposed(&set).manifest;
        assert!(
            manifest.contains("entity: \"nr\"") && manifest.contains("time: \"t\"  # REVIEW"),
            "{manifest}"
        );
        assert!(manifest.contains("zero: 1960Q1"), "{manifest}");
        assert_eq!(read(&set), ["11 160", "11 161", "11 162"], "{release}");
        // Numbers below zero, and those of years, which need no question.
        let set = declaring(release, file(release, "t", "", -3, 1), &SET);
        assert_eq!(read(&set), ["11 -3", "11 -2", "11 -1"], "{release}");
        let set = declaring(release, file(release, "t", "", 1990, 1), &SET);
        assert_eq!(read(&set), ["11 1990", "11 1991", "11 1992"], "{release}");
        assert!(proposed(&set).manifest.contains("time: \"t\"  # guess"), "{}", proposed(&set).manifest);
    }
}

#[test]
fn numbers_under_a_name_of_quarters_are_counted_from_1960() {
    for release in RELEASES {
        let set = declaring(release, file(release, "t", "Quarter of interview", 160, 1), &SET);
        assert_eq!(read(&set), ["11 2000Q1", "11 2000Q2", "11 2000Q3"], "{release}");
        let manifest = proposed(&set).manifest;
        assert!(manifest.contains("period: {frequency: quarter, zero: 1960Q1}  # REVIEW"), "{manifest}");
        let months = [("_TSpanel", "nr"), ("_TStvar", "month")];
        let set = declaring(release, file(release, "month", "", 480, 1), &months);
        assert_eq!(read(&set), ["11 2000-01", "11 2000-02", "11 2000-03"], "{release}");
        // The first quarters of a study, not those of 1960.
        let set = declaring(release, file(release, "t", "quarter", 1, 1), &SET);
        assert_eq!(read(&set), ["11 1", "11 2", "11 3"], "{release}");
    }
}

#[test]
fn what_a_file_declares_is_held_against_its_data() {
    for release in RELEASES {
        let data = || file(release, "t", "", 160, 1);
        // Stata 8 and before; a step that isn't one; a variable that was renamed since; nothing any more.
        let old = declaring(release, data(), &[("iis", "nr"), ("tis", "t")]);
        assert_eq!(read(&old), ["11 160", "11 161", "11 162"], "{release}");
        let mut step = SET;
        step[1].1 = "+1.4000000000000X+002";
        let five = declaring(release, file(release, "t", "", 160, 5), &step);
        assert!(proposed(&five).manifest.contains("are 5 apart"), "{}", proposed(&five).manifest);
        let plain = proposed(&data()).manifest;
        let body = |manifest: &str| manifest.split_once("format:").unwrap().1.to_owned();
        let gone = declaring(release, data(), &[("_TSpanel", ""), ("_TStvar", "")]);
        assert_eq!(body(&proposed(&gone).manifest), body(&plain), "{release}");
        let gone =
            proposed(&declaring(release, data(), &[("_TSpanel", "person"), ("_TStvar", "quarter")])).manifest;
        assert!(gone.contains("names \"person\", which no column is called"), "{gone}");
        let own = body(&gone);
        let (_, rest) = own.split_once("called: the keys are told by the data alone\n").unwrap();
        assert!(body(&plain).ends_with(rest), "{gone}");
        // Keys that leave two rows alike are none: `v` is no whole number, `nr` no time of persons.
        let wrong = declaring(release, data(), &[("_TSpanel", "nr"), ("_TStvar", "v")]);
        assert!(!proposed(&wrong).manifest.contains("time: \"v\""), "{}", proposed(&wrong).manifest);
    }
}

/// Whether the names of both keys and what they are called by are there.
fn declares(bytes: &[u8]) -> bool {
    let has = |part: &[u8]| bytes.windows(part.len()).any(|own| own == part);
    has(b"_TSpanel\0") && has(b"_TStvar\0") && has(b"_dta\0")
}

/// Of bytes of the characteristics, damaged in four ways: the data are read as they are or not at all, and where the keys
/// can't be told from them any more, the proposal says so.
#[test]
fn damaged_characteristics_change_no_number() {
    for release in RELEASES {
        let bare = file(release, "t", "", 160, 1);
        let set = declaring(release, bare.clone(), &SET);
        let fields = "name: s\nfile: t.dta\nformat: dta\nentity: nr\ntime: t\nperiod: {frequency: quarter, zero: 1960Q1}\n\
                      columns:\n  - {column: v, variable: v}";
        let values = |bytes: &[u8]| -> Option<Vec<String>> {
            let tidied = read_source_bytes(&crate::support::source(fields, bytes), bytes, None, None).ok()?;
            let values = tidied.values().unwrap();
            Some(
                values
                    .iter()
                    .map(|one| format!("{:?} {:?} {:?}", one.entity, one.period, one.value))
                    .collect(),
            )
        };
        let whole = values(&set).unwrap();
        let first = bare.iter().zip(&set).position(|(one, other)| one != other).unwrap();
        let mut refused = 0;
        for at in (first..first + (set.len() - bare.len())).step_by(9) {
            for damage in [0x00, 0xFF, set[at] ^ 0x01, set[at] ^ 0x80] {
                let mut bytes = set.clone();
                bytes[at] = damage;
                match values(&bytes) {
                    Some(own) => assert_eq!(own, whole, "format {release}, byte {at} as {damage:#x}"),
                    None => refused += 1,
                }
            }
            // What is proposed of it reads the same, or says what is wrong.
            let mut bytes = set.clone();
            bytes[at] ^= 0x80;
            let manifest = proposed(&bytes).manifest;
            let is_said = ["damaged", "not a readable Stata file", "which no column is called"];
            let has_keys = manifest.contains("entity: \"nr\"") && manifest.contains("time: \"t\"");
            let is_said = is_said.iter().any(|said| manifest.contains(said));
            assert!(has_keys || is_said || !declares(&bytes), "format {release}, byte {at}:\n{manifest}");
        }
        assert!(refused > 0, "format {release}");
    }
}

#[test]
fn numbers_are_counted_from_a_zero() {
    let bytes = file(118, "t", "", 160, 1);
    let fields = "name: s\nfile: t.dta\nformat: dta\nentity: nr\ntime: t\nperiod: {frequency: quarter, zero: 1960Q1}\n\
                  columns:\n  - {column: v, variable: v}";
    let source = crate::support::source(fields, &bytes);
    let values = read_source_bytes(&source, &bytes, None, None).unwrap().values().unwrap();
    assert_eq!(values[0].period.as_deref(), Some("2000Q1"));
    assert_eq!(values[5].period.as_deref(), Some("2001Q2"));
}
