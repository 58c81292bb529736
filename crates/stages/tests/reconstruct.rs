//! The committed reconstructed vintage, made again from its specification.

#![allow(clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use vintner_stages::reconstruct::{ReconstructError, check, reconstruct};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn published() -> PathBuf {
    root().join("data/published/tables.csv")
}

#[test]
fn the_rounded_files_show_every_published_digit_and_star() {
    let published = published();
    let folder = tempfile::tempdir().expect("a folder");
    let specification = root().join("data/vintages/reconstructed/reconstruction.yaml");
    let report =
        reconstruct(&specification, &published, folder.path()).unwrap_or_else(|error| panic!("{error}"));
    eprintln!("{report:#?}");
    assert_eq!(report.agreement.coefficients, 195);
    assert_eq!(report.agreement.equal_coefficients, 195);
    assert_eq!(report.agreement.equal_stars, 195);
    assert!(report.files.iter().all(|file| file.changed && folder.path().join(&file.path).exists()));

    let again = reconstruct(&specification, &published, folder.path()).expect("the same again");
    assert!(again.files.iter().all(|file| !file.changed), "{again:#?}");

    let first = folder.path().join(&report.files[0].path);
    std::fs::write(&first, "spoilt").expect("a file");
    let checked = check(&specification, &published, folder.path()).expect("a check");
    assert_eq!(checked.files.iter().filter(|file| file.changed).count(), 1);
    assert_eq!(std::fs::read(&first).expect("a file"), b"spoilt", "a check writes nothing");
}

#[test]
fn the_committed_files_are_those_that_the_specification_makes() {
    let published = published();
    let folder = root().join("data/vintages/reconstructed");
    let report = check(&folder.join("reconstruction.yaml"), &published, &folder).expect("a check");
    let changed: Vec<_> = report.files.iter().filter(|file| file.changed).map(|file| &file.path).collect();
    assert!(changed.is_empty(), "run `vintner reconstruct`; it would change {changed:?}");
    assert!(report.unnamed.is_empty(), "vintage.yaml names no source for {:?}", report.unnamed);
}

#[test]
fn faults_of_a_specification_are_named_with_their_place() {
    let published = published();
    let folder = tempfile::tempdir().expect("a folder");
    let original = std::fs::read_to_string(root().join("data/vintages/reconstructed/reconstruction.yaml"))
        .expect("the specification");
    let specification = folder.path().join("reconstruction.yaml");
    let fault = |text: String| {
        std::fs::write(&specification, text).expect("a file");
        reconstruct(&specification, &published, folder.path()).expect_err("a fault")
    };
    let error = fault(original.replace("loading: 0.4", "loadng: 0.4"));
    assert!(matches!(error, ReconstructError::Specification(_)), "{error}");
    assert!(error.to_string().contains("loadng"), "{error}");
    let error = fault(original.replace("expression: exp(lnPD)", "expression: exp(lnXX)"));
    assert!(matches!(error, ReconstructError::Expression { .. }), "{error}");
    assert!(error.to_string().contains("series density") && error.to_string().contains("`lnXX`"), "{error}");
    let error = fault(original.replace("expression: ln(density)", "expression: ln(density - 100)"));
    assert!(error.to_string().contains("settling lnPD: no value for 承德 in 2008: logarithm of"), "{error}");
    let error = fault(original.replace("expression: ln(density)", "expression: lnPD"));
    assert!(error.to_string().contains("settling lnPD") && error.to_string().contains("circle"), "{error}");
    let error = fault(original.replace("growth: {name: deflator,", "growth: {name: area,"));
    assert!(error.to_string().contains("series area: the name is taken"), "{error}");
    let error = fault(original.replace("pooled: 面板", "pooled: nobody"));
    assert!(error.to_string().contains("nobody"), "{error}");

    std::fs::write(&specification, &original).expect("a file");
    let spoilt = folder.path().join("tables.csv");
    let tables = std::fs::read_to_string(&published).expect("the published tables");
    let row = tables.lines().nth(1).expect("a row");
    std::fs::write(&spoilt, tables.replacen(row, &format!("{row}\n{row}"), 1)).expect("a file");
    let error = reconstruct(&specification, &spoilt, folder.path()).expect_err("a fault");
    assert!(matches!(error, ReconstructError::Published(_)), "{error}");
    assert!(error.to_string().contains("tables.csv:3: ") && error.to_string().contains("line 2"), "{error}");
}
