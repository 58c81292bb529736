//! A column that there isn't is shown where the pipeline names it, whichever operation was to read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::common::Workspace;

const PIPELINE: &str = "examples/operations/pipeline.yaml";

fn workspace() -> Workspace {
    Workspace::of_parts(&[PIPELINE, "examples/operations/data", "reports/templates"])
}

/// Makes the edits, runs, and looks for the place of every name that begins with `zz`.
fn all_are_shown(edits: &[(&str, &str)]) -> String {
    let workspace = workspace();
    for (from, to) in edits {
        workspace.edit(PIPELINE, from, to);
    }
    let run = workspace.vintner(&["-C", "examples/operations", "reproduce", "--keep-going"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let mut wanted = Vec::new();
    for (line, text) in (1..).zip(workspace.read(PIPELINE).lines()) {
        for (at, _) in text.match_indices("zz") {
            let name: String = text[at..].chars().take_while(|one| one.is_alphanumeric()).collect();
            wanted.push((format!("pipeline.yaml:{line}:{}: ", at + 1), name));
        }
    }
    assert!(wanted.len() >= edits.len());
    for (place, name) in wanted {
        let shown = run.stderr.lines().find(|line| line.contains(&place));
        assert!(
            shown.is_some_and(|line| line.contains(&name)),
            "{name} should be shown at {place}:\n{}",
            run.stderr
        );
    }
    run.stderr
}

#[test]
fn by_every_operation_that_reads_a_panel() {
    let said = all_are_shown(&[
        ("{variables: [inv, value, capital, large]}", "{variables: [inv, zzdescribe, capital, large]}"),
        (
            "      formula: lninv ~ lnvalue + lncapital | entity\n      by_entity",
            "      formula: lninv ~ l(zzformula) + lncapital | entity\n      where: zzwhere > 0 AND inv > 0\n      by: zzby\n      weights: {column: zzweights, kind: analytic}\n      by_entity",
        ),
        ("{kind: cluster}}\n\n  # The same", "{kind: cluster, by: {column: zzcluster}}}\n\n  # The same"),
        ("lncapital | lnvalue ~ lnorders", "lncapital | lnvalue ~ zzinstrument"),
        ("regressors: [lninv, lnorders]}", "regressors: [lninv, zzsystem]}"),
        ("regressors: [lnvalue, lncapital], method: mg", "regressors: [zzgroup, lncapital], method: mg"),
        (
            "[{variable: lninv, lags: [1]}, {variable: lnvalue}]",
            "[{variable: lninv, lags: [1]}, {variable: zzgmm}]",
        ),
        ("[lnvalue, lncapital], covariance: {lags", "[lnvalue, zzmacbeth], covariance: {lags"),
        (
            "formula: lninv ~ lnvalue + lncapital\n      model: within",
            "formula: lninv ~ lnvalue + zzbootstrap\n      model: within",
        ),
        ("{variables: [lninv, lnvalue], lags: 1}", "{variables: [lninv, zzgranger], lags: 1}"),
        ("variables: [lninv, lnvalue]\n      differences", "variables: [zzroot, lnvalue]\n      differences"),
        ("regressors: [lnvalue]\n      tests", "regressors: [zzlong]\n      tests"),
        (
            "regressors: [lnvalue, lncapital]\n      definitions",
            "regressors: [lnvalue, zztested]\n      definitions",
        ),
        (
            "regressors: [lnvalue, lncapital]\n      models",
            "regressors: [lnvalue, zzspecified]\n      models",
        ),
        (
            "    inputs: {frame: variables}\n",
            "    inputs: {frame: variables}\n    params: {columns: [inv, zzcsv]}\n",
        ),
        ("variable: inv, variables: [", "variable: zzpath, variables: ["),
        ("show: [inv, value, capital]", "show: [inv, zzmissing, capital]"),
        ("show: [lninv, lnvalue, lncapital]", "show: [lninv, lnvalue, zzcorrelated]"),
    ]);
    assert!(said.contains("there is no column `zzwhere`"), "{said}");
    assert!(said.contains("there are: "), "{said}");
}

#[test]
fn by_operations_that_make_a_panel() {
    all_are_shown(&[(
        "variables: [inv, value, capital, price]",
        "variables: [inv, value, capital, price, zzasked]",
    )]);
    all_are_shown(&[("shift: orders", "shift: zzshift"), ("nominal: value", "nominal: zznominal")]);
    let said = all_are_shown(&[
        ("lnvalue: ln(real_value)", "lnvalue: ln(zzrealvalue)"),
        ("keep: [inv, value", "keep: [inv, zzkept"),
    ]);
    assert!(said.contains("definition `lnvalue`: there is no column `zzrealvalue`"), "{said}");
}

#[test]
fn a_near_name_is_proposed_under_the_line() {
    let workspace = workspace();
    workspace.edit(PIPELINE, "{variables: [inv, value, capital, large]}", "{variables: [inv, valeu]}");
    let run = workspace.vintner(&["-C", "examples/operations", "reproduce", "--until", "descriptives"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let lines: Vec<&str> = run.stderr.lines().map(str::trim_start).collect();
    let at = lines.iter().position(|line| line.contains("there is no column `valeu`")).expect(&run.stderr);
    assert!(lines[at + 1].ends_with("params: {variables: [inv, valeu]}"), "{}", run.stderr);
    assert!(lines[at + 2].ends_with("^^^^^"), "{}", run.stderr);
    assert!(lines[at + 3].starts_with("= did you mean `value`? there are: capital, "), "{}", run.stderr);
}

/// A reference that is no category, and a text where numbers are needed.
#[test]
fn so_is_what_a_column_holds() {
    let workspace = workspace();
    workspace.edit(
        PIPELINE,
        "{variables: [lninv, lnvalue], lags: 1}",
        "{variables: [lninv, large], lags: 1}",
    );
    let run = workspace.vintner(&["-C", "examples/operations", "reproduce", "--until", "causality"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("column `large` holds"), "{}", run.stderr);
    assert!(run.stderr.contains("pipeline.yaml:"), "{}", run.stderr);
}

/// A list that names nothing would make a result of nothing.
#[test]
fn lists_that_name_nothing_are_refused() {
    for (from, to, said) in [
        ("{variables: [inv, value, capital, large]}", "{variables: []}", "`variables` names no variable"),
        ("show: [inv, value, capital]", "show: []", "`show` names no variable"),
        ("show: [lninv, lnvalue, lncapital]", "show: []", "`show` names no variable"),
        ("estimators: [{kind: 2sls}, {kind: liml}]", "estimators: []", "nothing to estimate"),
        ("{variables: [lninv, lnvalue], lags: 1}", "{variables: [], lags: 1}", "no variables to test"),
    ] {
        let workspace = workspace();
        workspace.edit(PIPELINE, from, to);
        let run = workspace.vintner(&["-C", "examples/operations", "reproduce"]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(said) && run.stderr.contains("pipeline.yaml:"), "{}", run.stderr);
    }
}

/// A choice among which a column may be named: by its name alone it is none.
#[test]
fn a_column_to_cluster_by_is_offered_in_its_form() {
    let workspace = workspace();
    workspace.edit(
        PIPELINE,
        "{kind: cluster}}\n\n  # The same",
        "{kind: cluster, by: lagre}}\n\n  # The same",
    );
    let run = workspace.vintner(&["-C", "examples/operations", "reproduce"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("`lagre` isn't known here"), "{}", run.stderr);
    assert!(run.stderr.contains("a column is named as `{column: lagre}`"), "{}", run.stderr);
    workspace.edit(PIPELINE, "by: lagre", "by: {column: lagre}");
    let run = workspace.vintner(&["-C", "examples/operations", "reproduce", "--keep-going"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("pipeline.yaml:") && run.stderr.contains("did you mean `large`?"),
        "{}",
        run.stderr
    );
}
