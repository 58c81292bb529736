//! The real spreadsheets of the public vintages, where they are found.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::{WINDOW, public_data_root, workspace};
use vintner_ingest::{Checksum, Crosswalk, Tidied, Vintage, VintageFolders, read_grid, read_source};
use vintner_panel::TidyValue;

fn crosswalk() -> Crosswalk {
    Crosswalk::read(&workspace().join("data/crosswalk/cities.csv")).unwrap()
}

fn locate(root: &Path, name: &str) -> Vintage {
    let folders = VintageFolders::new(Some(root), &workspace());
    let vintage = folders.locate(name).unwrap_or_else(|error| panic!("{error}"));
    vintage.require_files().unwrap_or_else(|error| panic!("{error}"));
    vintage
}

fn read(vintage: &Vintage, source: &str, crosswalk: &Crosswalk) -> Tidied {
    let source = vintage.manifest.source(source).unwrap();
    read_source(source, &vintage.raw_folder, Some(crosswalk), Some(WINDOW))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A golden line: values, missing values, entities and the digest of all of it.
type Golden = (usize, usize, usize, String);

fn golden() -> BTreeMap<String, Golden> {
    let text = include_str!("golden/public_vintages.csv");
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|line| {
        let fields: Vec<&str> = line.split(',').collect();
        let [source, values, missing, entities, digest] = fields.as_slice() else { panic!("{line}") };
        let count = |text: &str| text.parse().unwrap();
        (source.to_string(), (count(values), count(missing), count(entities), digest.to_string()))
    })
    .collect()
}

fn boiled_down(tidied: &Tidied, crosswalk: &Crosswalk) -> Golden {
    let name = |value: &TidyValue| {
        let id = value.entity.clone().unwrap_or_default();
        let entity = crosswalk.entities().iter().find(|entity| entity.id == id);
        entity.and_then(|entity| entity.label.zh.clone()).unwrap_or(id)
    };
    let line = |value: &TidyValue| {
        let bits =
            value.value.map_or_else(|| "missing".into(), |number| format!("{:016x}", number.to_bits()));
        let TidyValue { time, variable, address, .. } = value;
        format!("{},{time},{variable},{bits},{},{}\n", name(value), address.row, address.column)
    };
    let entities: BTreeSet<String> = tidied.values().unwrap().iter().map(name).collect();
    let lines: String = tidied.values().unwrap().iter().map(line).collect();
    let digest = Checksum::of(lines.as_bytes()).to_string();
    (tidied.counts().unwrap().0, tidied.counts().unwrap().1, entities.len(), digest)
}

#[test]
fn every_value_and_address_agrees_with_openpyxl() {
    let Some(root) = public_data_root() else { return };
    let crosswalk = crosswalk();
    let golden = golden();
    let mut compared = BTreeSet::new();
    for name in ["public-2025", "public-2025-edgar"] {
        let vintage = locate(&root, name);
        for source in &vintage.manifest.sources {
            let tidied = read(&vintage, &source.name, &crosswalk);
            let expected = golden.get(&source.name);
            assert_eq!(Some(&boiled_down(&tidied, &crosswalk)), expected, "{}", source.name);
            assert!(tidied.values().unwrap().iter().all(|value| value.source == source.name));
            compared.insert(source.name.clone());
        }
    }
    assert_eq!(compared, golden.into_keys().collect());
}

#[test]
fn every_address_leads_back_to_the_raw_text() {
    let Some(root) = public_data_root() else { return };
    let vintage = locate(&root, "public-2025");
    for source in &vintage.manifest.sources {
        let tidied = read(&vintage, &source.name, &crosswalk());
        let grid = read_grid(source, &std::fs::read(vintage.path_of(source)).unwrap()).unwrap();
        for value in &tidied.values().unwrap() {
            let raw = grid.content(&value.address).map(|content| content.raw());
            assert_eq!(raw.as_ref(), Some(&value.raw), "{}", value.address);
        }
    }
}

#[test]
fn ceads_covers_the_cities_as_unevenly_as_it_does() {
    let Some(root) = public_data_root() else { return };
    let tidied = read(&locate(&root, "public-2025"), "co2_ceads", &crosswalk());
    let mut years: BTreeMap<&str, usize> = BTreeMap::new();
    let values = tidied.values().unwrap();
    for value in &values {
        *years.entry(value.entity.as_deref().unwrap()).or_default() += 1;
    }
    let expected = [
        ("anyang", 10),
        ("baoding", 11),
        ("beijing", 12),
        ("cangzhou", 9),
        ("chengde", 3),
        ("handan", 12),
        ("hengshui", 11),
        ("langfang", 9),
        ("qinhuangdao", 10),
        ("shijiazhuang", 10),
        ("tangshan", 12),
        ("tianjin", 12),
        ("xingtai", 10),
        ("zhangjiakou", 11),
    ];
    assert_eq!(years, expected.into());
}

#[test]
fn the_manifests_leave_no_warnings() {
    let Some(root) = public_data_root() else { return };
    for name in ["public-2025", "public-2025-edgar"] {
        let vintage = locate(&root, name);
        let started = std::time::Instant::now();
        for source in &vintage.manifest.sources {
            let tidied = read(&vintage, &source.name, &crosswalk());
            assert_eq!(tidied.warnings, [""; 0], "{}", source.name);
        }
        eprintln!("{name}: nine sources in {:.2} s", started.elapsed().as_secs_f64());
    }
}
