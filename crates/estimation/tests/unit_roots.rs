//! Unit root tests against plm, urca and statsmodels.
//!
//! As in golden.rs: the committed records are walked always, the complete reference where it lies beside the
//! workspace. What is out of scope is left out for a stated reason.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use crate::support::{Record, Tally, golden, padded, panel, shared, walk};
use polars::prelude::{Column, DataFrame};
use vintner_estimation::unit_root::{
    AdfOptions, Bandwidth, BeyondTable, CipsModel, Criterion, Deterministic, FisherUnits, Interpolation,
    IpsStatistic, Kernel, KpssOptions, Lags, MackinnonTables, PValues, PanelTest, PanelUnitRoot,
    PanelUnitRootOptions, PhillipsPerronOptions, SeriesTest, UnitRootOutcome, UnitStatistic, adf, by_entity,
    fuller_critical_values, kpss, mackinnon, panel_unit_root, phillips_perron,
};
use vintner_estimation::{EstimationError, NullDistribution, Reason, TestOutcome, Untestable};
use vintner_panel::Panel;

const NO_TABLES: &str = "MacKinnon's 1996 tables, which may not be distributed";

/// MacKinnon's (1996) tables, where there are any: docs/methods/unit_roots.md says how they are made.
fn tables() -> Option<Arc<MackinnonTables>> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/reference/mackinnon1996.csv");
    let file = match std::env::var_os("VINTNER_MACKINNON_TABLES") {
        Some(named) => named.into(),
        None if beside.is_file() => beside,
        None => {
            println!("left out: {NO_TABLES}");
            return None;
        }
    };
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    Some(Arc::new(MackinnonTables::parse(&text).unwrap_or_else(|error| panic!("{error}"))))
}

/// The options with plm's p-values where the tables are at hand, else with the default's.
fn with(tables: Option<&Arc<MackinnonTables>>) -> PanelUnitRootOptions {
    PanelUnitRootOptions {
        p_values: if tables.is_some() { PValues::Mackinnon1996 } else { PValues::default() },
        tables: tables.cloned(),
        ..PanelUnitRootOptions::default()
    }
}

/// The data's panels, each variable by the name that the records give it.
fn data(folder: &Path, name: &str) -> Panel {
    let entity = if name.starts_with("synth") { "city" } else { "firm" };
    panel(&folder.join(format!("data/{name}.csv")), entity, &[])
}

fn deterministic(name: &str) -> Deterministic {
    match name {
        "none" | "nc" | "n" => Deterministic::None,
        "intercept" | "drift" | "c" | "mu" => Deterministic::Intercept,
        "trend" | "ct" | "tau" => Deterministic::Trend,
        other => panic!("{other}"),
    }
}

/// The series of an entity.
fn series(panel: &Panel, variable: &str, entity: &str) -> Vec<f64> {
    let place = panel.entities().iter().position(|known| *known == padded(entity)).expect(entity);
    panel.values(variable).expect(variable)[panel.groups()[place].clone()].iter().flatten().copied().collect()
}

/// `lags_SIC`, of at most `max`.
fn lags(name: &str, max: usize) -> Lags {
    let chosen = |criterion| Lags::Chosen { criterion, max, fixed_sample: true };
    match name {
        "SIC" => chosen(Criterion::Sic),
        "AIC" => chosen(Criterion::Aic),
        "Hall" => chosen(Criterion::Hall),
        number => Lags::Fixed(number.parse().expect(number)),
    }
}

fn after<'a>(text: &'a str, prefix: &str) -> &'a str {
    text.strip_prefix(prefix).unwrap_or_else(|| panic!("{text} without {prefix}"))
}

fn units(result: &PanelUnitRoot) -> Vec<&UnitStatistic> {
    result
        .units
        .iter()
        .map(|unit| match &unit.outcome {
            UnitRootOutcome::Statistic(statistic) => statistic,
            UnitRootOutcome::NotTestable { reason } => panic!("{}: {reason}", unit.entity),
        })
        .collect()
}

const LABELS: [&str; 4] = ["statistic_name", "parameter_name", "method", "call"];

fn compare_test(
    record: &mut Record,
    result: &PanelUnitRoot,
    tables: Option<&Arc<MackinnonTables>>,
) -> Result<(), &'static str> {
    if tables.is_none() {
        record.skip(&["p_trho"], NO_TABLES);
        let combines = matches!(
            result.test,
            PanelTest::MaddalaWu { .. }
                | PanelTest::ChoiModifiedP { .. }
                | PanelTest::ChoiInverseNormal { .. }
                | PanelTest::ChoiLogit { .. }
        );
        if combines {
            record.skip(&["statistic", "p_value", "parameter"], NO_TABLES);
        }
    }
    record.skip(&LABELS, "names");
    record.skip(&["warnings"], "the peer's own words; ours are notes and bounds, checked below");
    match &result.outcome {
        _ if record.taken("statistic") => {}
        TestOutcome::Test(test) => {
            record.compare("statistic", &[test.statistic]);
            if record.id.contains("ips-tbar") {
                assert!(record.take("p_value")[0].is_null(), "plm has no p-value of t-bar");
            } else {
                record.compare("p_value", &[test.p_value]);
            }
            if record.has("parameter") {
                let expected = match test.distribution {
                    NullDistribution::ChiSquared { df } | NullDistribution::StudentTTail { df, .. } => df,
                    NullDistribution::Tabulated { .. } => match &result.test {
                        PanelTest::Cips { lags, .. } => *lags as f64,
                        other => panic!("{other:?}"),
                    },
                    ref other => panic!("{other:?}"),
                };
                record.compare("parameter", &[expected]);
            }
        }
        // DIFFERENCE: plm has an infinite statistic where an entity's p-value is 1.
        TestOutcome::NotTestable { reason, .. } => {
            let Reason::Entity { entity, reason } = reason else { panic!("{}: {reason}", record.id) };
            assert_eq!(**reason, Reason::ExtremePValue { one: true }, "{}", record.id);
            let unit = result.units.iter().find(|unit| unit.entity == *entity).expect("the entity");
            assert!(
                matches!(&unit.outcome, UnitRootOutcome::Statistic(unit) if unit.p_value == Some(1.0)),
                "{}",
                record.id
            );
            assert_eq!(record.take("statistic")[0], "inf", "{}", record.id);
            record.skip(&["p_value", "parameter"], "infinite in plm, refused here");
        }
    }
    if record.has("lags") {
        record.compare("lags", &units(result).iter().map(|unit| unit.lags as f64).collect::<Vec<_>>());
    }
    if record.has("trho") {
        record.compare("trho", &units(result).iter().map(|unit| unit.statistic).collect::<Vec<_>>());
        let p_values: Vec<f64> = units(result).iter().flat_map(|unit| unit.p_value).collect();
        if tables.is_some() {
            record.compare("p_trho", &p_values);
        }
    }
    if record.has("adjval") {
        let expected: Vec<f64> = match result.adjustment {
            Some(adjustment) => adjustment.to_vec(),
            None => units(result).iter().flat_map(|unit| unit.moments).flatten().collect(),
        };
        record.compare("adjval", &expected);
    }
    if record.has("sigma2_ST_LT") {
        let variances: Vec<f64> = units(result).iter().flat_map(|unit| unit.variances).flatten().collect();
        record.compare("sigma2_ST_LT", &variances);
    }
    if record.has("crit_1_5_10") {
        record.compare(
            "crit_1_5_10",
            &result.critical_values.iter().map(|critical| critical.value).collect::<Vec<_>>(),
        );
    }
    if record.has("q") {
        record.compare("q", &[result.bandwidth.expect("a bandwidth") as f64]);
    }
    for field in ["LM_i", "cadf_t"] {
        if record.has(field) {
            record.compare(field, &units(result).iter().map(|unit| unit.statistic).collect::<Vec<_>>());
        }
    }
    Ok(())
}

/// One of plm's or urca's records: `<variable>/<function>/…`.
fn check_r(
    panel: &Panel,
    record: &mut Record,
    tables: Option<&Arc<MackinnonTables>>,
) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    let variable = parts[0];
    let longest = panel.groups().iter().map(|group| group.len()).max().expect("rows");
    let run = |test: &PanelTest, options: &PanelUnitRootOptions| {
        panel_unit_root(panel, variable, test, options).expect("a test that is defined")
    };
    match parts[1] {
        "purtest" if parts[2] == "hadri" => {
            let test = PanelTest::Hadri {
                heteroskedastic: parts[4] == "Hcons_TRUE",
                kernel: Kernel::Bartlett,
                bandwidth: Bandwidth::Lags(0),
            };
            let options = PanelUnitRootOptions {
                deterministic: deterministic(parts[3]),
                dfcor: parts[5] == "dfcor_TRUE",
                ..with(tables)
            };
            compare_test(record, &run(&test, &options), tables)
        }
        "purtest" => {
            let options = PanelUnitRootOptions {
                deterministic: deterministic(parts[3]),
                lags: lags(after(parts[4], "lags_"), if longest >= 19 { 3 } else { 2 }),
                dfcor: parts[5] == "dfcor_TRUE",
                ..with(tables)
            };
            let (kernel, fisher) = (Kernel::Bartlett, FisherUnits::Adf);
            let test = match parts[2] {
                "levinlin" => PanelTest::LevinLinChu { kernel, bandwidth: Bandwidth::LevinLinChuRounded },
                "levinlin_qfloor" => {
                    PanelTest::LevinLinChu { kernel, bandwidth: Bandwidth::LevinLinChuFloor }
                }
                "ips-Wtbar" => PanelTest::ImPesaranShin { statistic: IpsStatistic::WTBar },
                "ips-Ztbar" => PanelTest::ImPesaranShin { statistic: IpsStatistic::ZTBar },
                "ips-tbar" => PanelTest::ImPesaranShin { statistic: IpsStatistic::TBar },
                "madwu" => PanelTest::MaddalaWu { units: fisher },
                "Pm" => PanelTest::ChoiModifiedP { units: fisher },
                "invnormal" => PanelTest::ChoiInverseNormal { units: fisher },
                "logit" => PanelTest::ChoiLogit { units: fisher },
                other => panic!("{other}"),
            };
            let short = record.has("warnings");
            let result = run(&test, &options);
            assert_eq!(
                short,
                !result.notes.is_empty() && result.notes[0].to_string().contains("beyond"),
                "{id}"
            );
            compare_test(record, &result, tables)
        }
        "cipstest" => {
            let test = PanelTest::Cips {
                model: match parts[2] {
                    "cmg" => CipsModel::Cmg,
                    "mg" => CipsModel::Mg,
                    _ => CipsModel::Dmg,
                },
                lags: after(parts[4], "lags_").parse().expect("lags"),
                truncated: parts[5] == "truncated_TRUE",
                interpolation: Interpolation::Plm,
            };
            let options = PanelUnitRootOptions {
                deterministic: deterministic(parts[3]),
                ..PanelUnitRootOptions::default()
            };
            let result = run(&test, &options);
            assert_eq!(record.has("warnings"), result.bound.is_some(), "{id}");
            compare_test(record, &result, tables)
        }
        "ur.df" => {
            let values = series(panel, variable, parts[2]);
            let options = AdfOptions {
                deterministic: deterministic(parts[3]),
                lags: Lags::Fixed(after(parts[4], "lags_").parse().expect("lags")),
                ..AdfOptions::default()
            };
            let test = adf(&values, &options).expect("a test");
            let mut names = vec![match options.deterministic {
                Deterministic::None => "tau1",
                Deterministic::Intercept => "tau2",
                Deterministic::Trend => "tau3",
            }];
            names.extend(test.joint.iter().map(|joint| joint.name.as_str()));
            assert_eq!(record.texts("stat_names"), names, "{id}");
            let mut statistics = vec![test.statistic];
            statistics.extend(test.joint.iter().map(|joint| joint.statistic));
            record.compare("statistic", &statistics);
            let mut critical = fuller_critical_values(options.deterministic, values.len() - 1).to_vec();
            critical.extend(test.joint.iter().flat_map(|joint| joint.critical_values));
            record.compare("cval", &critical);
            Ok(())
        }
        "ur.kpss" => {
            let options = KpssOptions { deterministic: deterministic(parts[3]), ..KpssOptions::default() };
            let test = kpss(&series(panel, variable, parts[2]), &options).expect("a test");
            record.compare("statistic", &[test.statistic]);
            record.compare("lag", &[test.bandwidth as f64]);
            Ok(())
        }
        "ur.pp" => {
            let test = phillips_perron(&series(panel, variable, parts[2]), &PhillipsPerronOptions::default())
                .expect("a test");
            record.compare("statistic", &[test.statistic]);
            Ok(())
        }
        other => panic!("{other}"),
    }
}

/// statsmodels' records of each entity's ADF and KPSS tests.
fn check_statsmodels(panel: &Panel, record: &mut Record) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    match parts.as_slice() {
        ["unit", entity, "adf", variable, lags, terms] => {
            let options = AdfOptions {
                deterministic: deterministic(terms),
                lags: Lags::Fixed(after(lags, "lag").parse().expect("lags")),
                p_values: PValues::Mackinnon1994,
                ..AdfOptions::default()
            };
            let test = adf(&series(panel, variable, entity), &options).expect("a test");
            record.compare("v", &[test.statistic, test.p_value, test.lags as f64, test.observations as f64]);
            Ok(())
        }
        ["unit", entity, "kpss", variable] => {
            let options = KpssOptions { bandwidth: Bandwidth::Lags(2), ..KpssOptions::default() };
            let test = kpss(&series(panel, variable, entity), &options).expect("a test");
            record.compare("v", &[test.statistic]);
            Ok(())
        }
        _ => Err("no unit root test: golden.rs and others compare it"),
    }
}

/// Tables of p-values and critical values. The tables of moments are our own constants too.
fn check_tables(record: &mut Record, tables: Option<&Arc<MackinnonTables>>) -> Result<(), &'static str> {
    let id = record.id.clone();
    let parts: Vec<&str> = id.split('/').collect();
    match parts.as_slice() {
        ["punitroot", terms, n] => {
            let Some(tables) = tables else { return Err(NO_TABLES) };
            let n = after(n, "N_").parse::<usize>().ok();
            let taus = record.numbers("tau");
            let p: Vec<f64> = taus
                .iter()
                .map(|tau| mackinnon::p_value_1996(tables, *tau, deterministic(terms), n))
                .collect();
            record.compare("p", &p);
            Ok(())
        }
        ["padf1994" | "mackinnonp", terms] => {
            let bounded = parts[0] == "mackinnonp";
            let taus = record.numbers("tau");
            let p: Vec<f64> =
                taus.iter().map(|tau| mackinnon::p_value_1994(*tau, deterministic(terms), bounded)).collect();
            record.compare("p", &p);
            Ok(())
        }
        ["mackinnoncrit", terms, n] => {
            let critical = mackinnon::critical_values_2010(deterministic(terms), n.parse().expect("n"));
            record.compare("crit", &critical);
            Ok(())
        }
        _ => Err("a table of moments or critical values: compared by a test beside our own"),
    }
}

fn r_files(folder: &Path, tables: Option<&Arc<MackinnonTables>>) -> Vec<Tally> {
    ["grunfeld", "grunfeld_unb", "synth14x12"]
        .into_iter()
        .map(|name| {
            let panel = data(folder, name);
            walk(&folder.join(format!("json/r_unitroot_{name}.json")), |record| {
                check_r(&panel, record, tables)
            })
        })
        .collect()
}

#[test]
fn committed_records_agree() {
    let folder = golden();
    let tables = tables();
    let tables = tables.as_ref();
    for (tally, records) in r_files(&folder, tables).iter().zip([254, 68, 247]) {
        assert_eq!(tally.records, records);
        assert!(tally.left_out.keys().all(|reason| !reason.starts_with("record")), "{:?}", tally.left_out);
    }
    for file in ["r_unitroot_tables", "py_statsmodels_tables"] {
        let tally = walk(&folder.join(format!("json/{file}.json")), |record| check_tables(record, tables));
        let expected = if file.starts_with("py") || tables.is_some() { 21 } else { 3 };
        assert_eq!(tally.records, expected);
    }
}

#[test]
fn the_whole_reference_agrees() {
    let Some(folder) = shared() else { return };
    let tables = tables();
    let tables = tables.as_ref();
    for (tally, records) in r_files(&folder, tables).iter().zip([981, 270, 987]) {
        assert_eq!(tally.records, records);
    }
    let records = |file: &str| walk(&folder.join(file), |record| check_tables(record, tables)).records;
    assert_eq!(records("json/r_unitroot_tables.json"), if tables.is_some() { 21 } else { 3 });
    assert_eq!(records("json/py_statsmodels_tables.json"), 21);
    for name in ["grunfeld", "grunfeld_unb", "synth14x12"] {
        let panel = data(&folder, name);
        let file = folder.join(format!("json/py_statsmodels_{name}.json"));
        let tally = walk(&file, |record| check_statsmodels(&panel, record));
        assert!(tally.records >= 150, "{} records", tally.records);
    }
}

/// A stream of standard normals that depends on its seed alone: splitmix64, then Box and Muller.
struct Normals(u64);

impl Normals {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn next(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// N entities over T periods, each an autoregression of the first order.
fn simulated(seed: u64, n: usize, t: usize, rho: f64) -> Panel {
    let mut normals = Normals(seed);
    let series = (0..n)
        .map(|_| {
            let mut level = 0.0;
            (0..t)
                .map(|_| {
                    level = rho * level + normals.next();
                    Some(level)
                })
                .collect()
        })
        .collect();
    built(series)
}

fn built(series: Vec<Vec<Option<f64>>>) -> Panel {
    let (mut entity, mut time, mut x) = (vec![], vec![], vec![]);
    for (unit, values) in series.into_iter().enumerate() {
        for (period, value) in values.into_iter().enumerate() {
            entity.push(format!("{unit:03}"));
            time.push(2000 + period as i32);
            x.push(value);
        }
    }
    let columns = vec![
        Column::new("entity".into(), &entity),
        Column::new("time".into(), &time),
        Column::new("x".into(), x),
    ];
    Panel::new(DataFrame::new(entity.len(), columns).expect("a frame"), "entity", "time").expect("a panel")
}

fn every_test() -> Vec<PanelTest> {
    let units = FisherUnits::Adf;
    vec![
        PanelTest::LevinLinChu { kernel: Kernel::Bartlett, bandwidth: Bandwidth::LevinLinChuRounded },
        PanelTest::ImPesaranShin { statistic: IpsStatistic::WTBar },
        PanelTest::ImPesaranShin { statistic: IpsStatistic::ZTBar },
        PanelTest::ImPesaranShin { statistic: IpsStatistic::TBar },
        PanelTest::MaddalaWu { units },
        PanelTest::ChoiModifiedP { units: FisherUnits::PhillipsPerron },
        PanelTest::ChoiInverseNormal { units },
        PanelTest::ChoiLogit { units },
        PanelTest::Hadri { heteroskedastic: true, kernel: Kernel::Bartlett, bandwidth: Bandwidth::Lags(0) },
        PanelTest::Cips {
            model: CipsModel::Cmg,
            lags: 1,
            truncated: true,
            interpolation: Interpolation::Linear,
        },
    ]
}

fn run(panel: &Panel, test: &PanelTest, options: &PanelUnitRootOptions) -> PanelUnitRoot {
    panel_unit_root(panel, "x", test, options).expect("a test that is defined")
}

fn refusal(result: &PanelUnitRoot) -> &Reason {
    match &result.outcome {
        TestOutcome::NotTestable { reason, .. } => reason,
        TestOutcome::Test(test) => panic!("{}: {}", test.name, test.statistic),
    }
}

#[test]
fn no_length_and_no_size_gives_a_nan() {
    for rho in [1.0, 0.0] {
        for n in [1, 2, 11] {
            for t in 1..14 {
                let panel = simulated(17, n, t, rho);
                for test in every_test() {
                    for deterministic in [Deterministic::Intercept, Deterministic::Trend] {
                        for lags in [Lags::default(), Lags::Fixed(0)] {
                            let options = PanelUnitRootOptions {
                                deterministic,
                                lags,
                                ..PanelUnitRootOptions::default()
                            };
                            let result = run(&panel, &test, &options);
                            match &result.outcome {
                                TestOutcome::Test(test) => assert!(
                                    test.statistic.is_finite() && (0.0..=1.0).contains(&test.p_value),
                                    "{} with {t} periods of {n}: {}",
                                    test.name,
                                    test.statistic
                                ),
                                TestOutcome::NotTestable { reason, .. } => {
                                    assert!(
                                        t < 12
                                            || n == 1
                                            || matches!(
                                                test,
                                                PanelTest::ImPesaranShin { .. }
                                                    | PanelTest::Cips { .. }
                                                    | PanelTest::ChoiLogit { .. }
                                                    | PanelTest::ChoiInverseNormal { .. }
                                            ),
                                        "{reason}"
                                    );
                                }
                            }
                            if t <= 2 && !matches!(test, PanelTest::Hadri { .. }) {
                                refusal(&result);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// What needs the tables is refused without them, whatever the test; Hadri's and Pesaran's don't need them.
#[test]
fn p_values_of_1996_need_tables() {
    let panel = simulated(2, 12, 40, 1.0);
    for p_values in [PValues::Mackinnon1996, PValues::Mackinnon1996Finite] {
        let options =
            PanelUnitRootOptions { p_values, lags: Lags::Fixed(0), ..PanelUnitRootOptions::default() };
        for test in every_test() {
            let result = run(&panel, &test, &options);
            if matches!(test, PanelTest::Hadri { .. } | PanelTest::Cips { .. }) {
                assert!(result.outcome.test().is_some());
            } else {
                let Reason::Entity { reason, .. } = refusal(&result) else { panic!("{:?}", result.outcome) };
                assert_eq!(**reason, Reason::NeedsTables);
            }
        }
        let values = series(&panel, "x", "000");
        let adf_options = AdfOptions { p_values, ..AdfOptions::default() };
        assert_eq!(adf(&values, &adf_options), Err(Reason::NeedsTables));
        let perron = PhillipsPerronOptions { p_values, ..PhillipsPerronOptions::default() };
        assert_eq!(phillips_perron(&values, &perron), Err(Reason::NeedsTables));
    }
}

type Expected = fn(&Reason) -> bool;

#[test]
fn reasons_name_the_entity() {
    let mut normals = Normals(5);
    let mut noise = |t: usize| -> Vec<Option<f64>> { (0..t).map(|_| Some(normals.next())).collect() };
    let (mut holed, constant) = (noise(30), vec![Some(2.5); 30]);
    holed[9] = None;
    let trended = (0..30).map(|t| Some(f64::from(t))).collect();
    let missing = vec![None; 30];
    let cases: [(Vec<Option<f64>>, Expected); 4] = [
        (holed, |reason| *reason == Reason::Hole { after: 2008, before: 2010 }),
        (constant, |reason| *reason == Reason::ConstantSeries),
        (trended, |reason| matches!(reason, Reason::RankDeficient { .. } | Reason::PerfectFit)),
        (missing, |reason| *reason == Reason::NoObservations { rows_dropped: 30 }),
    ];
    for (bad, expected) in cases {
        let panel = built(vec![noise(30), bad, noise(30)]);
        for test in every_test() {
            let options = PanelUnitRootOptions {
                deterministic: Deterministic::Trend,
                lags: Lags::Fixed(0),
                ..PanelUnitRootOptions::default()
            };
            let result = run(&panel, &test, &options);
            let Reason::Entity { entity, reason } = refusal(&result) else { panic!("{:?}", result.outcome) };
            assert_eq!(entity, "001");
            assert!(expected(reason), "{reason}");
            let options = PanelUnitRootOptions { untestable: Untestable::LeaveOut, ..options };
            let result = run(&panel, &test, &options);
            assert!(result.outcome.test().is_some(), "{:?}", result.outcome);
            assert_eq!(result.left_out, ["001"]);
            assert_eq!(
                result.units.iter().map(|unit| unit.entity.as_str()).collect::<Vec<_>>(),
                ["000", "001", "002"]
            );
        }
    }
}

#[test]
fn balanced_tests_refuse_unbalanced_panels_and_tables_can_be_kept_to() {
    let mut normals = Normals(8);
    let mut noise = |t: usize| -> Vec<Option<f64>> { (0..t).map(|_| Some(normals.next())).collect() };
    let panel = built(vec![noise(30), noise(28)]);
    let balanced = ["Levin-Lin-Chu test", "Hadri test", "Im-Pesaran-Shin t-bar"];
    let options = PanelUnitRootOptions { lags: Lags::Fixed(0), ..PanelUnitRootOptions::default() };
    for test in every_test() {
        match &run(&panel, &test, &options).outcome {
            TestOutcome::NotTestable { name, reason } => {
                assert!(balanced.contains(&name.as_str()), "{name}: {reason}");
                assert!(matches!(reason, Reason::UnbalancedPanel { shortest: 28, longest: 30, .. }));
            }
            TestOutcome::Test(test) => assert!(!balanced.contains(&test.name.as_str())),
        }
    }
    let short = simulated(4, 12, 20, 1.0);
    let llc = &every_test()[0];
    let nearest = run(&short, llc, &options);
    assert_eq!(
        nearest.notes[0].to_string(),
        "T = 20 lies beyond table 2 of Levin, Lin and Chu (2002), whose entry for 25 is used"
    );
    let strict = PanelUnitRootOptions { beyond_table: BeyondTable::Refuse, ..options.clone() };
    assert!(matches!(refusal(&run(&short, llc, &strict)), Reason::BeyondTable { .. }));
    let lagged = PanelUnitRootOptions { lags: Lags::Fixed(1), ..options };
    assert_eq!(refusal(&run(&short, &every_test()[3], &lagged)), &Reason::OnlyWithoutLags);
}

#[test]
fn what_is_not_defined_is_a_fault_of_the_question() {
    let panel = simulated(1, 3, 30, 1.0);
    let none = PanelUnitRootOptions { deterministic: Deterministic::None, ..PanelUnitRootOptions::default() };
    let undefined = every_test()
        .iter()
        .filter(|test| {
            matches!(panel_unit_root(&panel, "x", test, &none), Err(EstimationError::UndefinedTest { .. }))
        })
        .count();
    assert_eq!(undefined, 5); // three of Im, Pesaran and Shin, Choi's of Phillips-Perron, Hadri
    let orders = Lags::PerEntity([("000".to_owned(), 1)].into());
    let some = PanelUnitRootOptions { lags: orders, ..PanelUnitRootOptions::default() };
    assert!(matches!(
        panel_unit_root(&panel, "x", &every_test()[1], &some),
        Err(EstimationError::NoOrderForEntity { .. })
    ));
    assert!(panel_unit_root(&panel, "absent", &every_test()[1], &none).is_err());
    let kpss = SeriesTest::Kpss(KpssOptions { deterministic: Deterministic::None, ..KpssOptions::default() });
    assert!(matches!(by_entity(&panel, "x", &kpss), Err(EstimationError::UndefinedTest { .. })));
}

#[test]
fn lags_may_differ_between_entities() {
    let panel = simulated(21, 3, 40, 1.0);
    let orders = [("000", 0), ("001", 2), ("002", 1)].map(|(entity, lags)| (entity.to_owned(), lags));
    let options = PanelUnitRootOptions {
        lags: Lags::PerEntity(orders.clone().into()),
        ..PanelUnitRootOptions::default()
    };
    let result = run(&panel, &every_test()[1], &options);
    for ((entity, lags), unit) in orders.iter().zip(units(&result)) {
        let own = AdfOptions { lags: Lags::Fixed(*lags), ..AdfOptions::default() };
        let test = adf(&series(&panel, "x", entity), &own).expect("a test");
        assert_eq!((unit.lags, unit.statistic), (*lags, test.statistic));
    }
}

#[test]
fn units_of_measurement_and_order_do_not_matter() {
    let panel = simulated(33, 12, 40, 0.9);
    let values: Vec<Vec<Option<f64>>> =
        panel.groups().iter().map(|rows| panel.values("x").expect("x")[rows.clone()].to_vec()).collect();
    let other = built(
        values
            .iter()
            .rev()
            .map(|series| series.iter().map(|value| value.map(|value| 1e6 * value + 2e6)).collect())
            .collect(),
    );
    for test in every_test() {
        let options = PanelUnitRootOptions { lags: Lags::Fixed(0), ..PanelUnitRootOptions::default() };
        let statistic = |panel: &Panel| match run(panel, &test, &options).outcome {
            TestOutcome::Test(test) => test.statistic,
            TestOutcome::NotTestable { reason, .. } => panic!("{reason}"),
        };
        let (a, b) = (statistic(&panel), statistic(&other));
        // Phillips and Perron's moment isn't that of deviations alone (see there), Hadri's and the others' are.
        let tolerance = 1e-7 * a.abs().max(1.0);
        assert!((a - b).abs() <= tolerance, "{test:?}: {a} and {b}");
    }
}

/// 300 panels of 15 x 60 under the null, and 30 under the alternative. A share of 5% has a standard error of 1.3 points.
#[test]
fn sizes_are_near_nominal_and_alternatives_are_found() {
    let options = PanelUnitRootOptions { lags: Lags::Fixed(0), ..PanelUnitRootOptions::default() };
    for test in every_test() {
        let stationarity = matches!(test, PanelTest::Hadri { .. });
        let share = |rho: f64, replications: u64| {
            let rejected = (0..replications)
                .filter(|seed| {
                    let panel = simulated(1 + seed * 1_000_003, 15, 60, rho);
                    run(&panel, &test, &options).outcome.test().expect("a test").p_value < 0.05
                })
                .count();
            rejected as f64 / replications as f64
        };
        let (null, alternative) = if stationarity { (0.0, 1.0) } else { (1.0, 0.7) };
        let size = share(null, 300);
        println!("{test:?}: {size:.3}");
        // Levin, Lin and Chu's test is known to reject too often (Hlouskova and Wagner 2006, Econometric Reviews 25).
        let most = if matches!(test, PanelTest::LevinLinChu { .. }) { 0.25 } else { 0.11 };
        assert!((0.01..=most).contains(&size), "{test:?} rejects in {:.1}%", 100.0 * size);
        assert!(share(alternative, 30) >= 0.95, "{test:?}");
    }
}

/// statsmodels' table p-values lie within a point or so of the finite-sample ones of MacKinnon (1996).
#[test]
fn approximations_of_p_values_agree_among_themselves() {
    let tables = tables();
    for terms in [Deterministic::None, Deterministic::Intercept, Deterministic::Trend] {
        // The critical values of the 2010 surfaces have the levels that they are for.
        for (level, critical) in
            [0.01, 0.05, 0.1].iter().zip(mackinnon::critical_values_2010(terms, 1_000_000))
        {
            let p = PValues::default().p_value(critical, terms, 50, None).expect("a p-value");
            assert!((p - level).abs() < 0.002, "{terms:?} {level}: {p}");
        }
        let Some(tables) = tables.as_deref() else { continue };
        let p_value = |kind: PValues, t, n| kind.p_value(t, terms, n, Some(tables)).expect("a p-value");
        let mut last = 0.0;
        for step in -80..20 {
            let t = f64::from(step) / 16.0;
            let exact = p_value(PValues::Mackinnon1996, t, 50);
            assert!((0.0..=1.0).contains(&exact) && exact >= last, "{terms:?} {t}");
            last = exact;
            let old = p_value(PValues::Mackinnon1994, t, 50);
            assert!((exact - old).abs() < 0.01, "{terms:?} {t}: {exact} and {old}");
            let finite = p_value(PValues::Mackinnon1996Finite, t, 50);
            assert!((exact - finite).abs() < 0.02, "{terms:?} {t}: {exact} and {finite}");
        }
        for (level, critical) in [0.01, 0.05, 0.1].iter().zip(mackinnon::critical_values_2010(terms, 100)) {
            let p = p_value(PValues::Mackinnon1996Finite, critical, 100);
            assert!((p - level).abs() < 0.002, "{terms:?} {level}: {p}");
        }
    }
}

/// gretl 2022c, a third code base: what its script prints of `inv` (reference/gretl/grunfeld.out), to the digits printed.
#[test]
fn gretl_agrees() {
    let panel = data(&golden(), "grunfeld");
    let tables = tables();
    let value = |test: &PanelTest, deterministic, lags, dfcor, p_values| {
        let options = PanelUnitRootOptions {
            deterministic,
            lags: Lags::Fixed(lags),
            dfcor,
            p_values,
            tables: tables.clone(),
            ..PanelUnitRootOptions::default()
        };
        let result = panel_unit_root(&panel, "inv", test, &options).expect("a test that is defined");
        result.outcome.test().expect("a test").statistic
    };
    let close = |found: f64, printed: f64, digits: f64| {
        assert!((found - printed).abs() <= digits * printed.abs(), "{found}, gretl {printed}");
    };
    let (none, intercept, trend) = (Deterministic::None, Deterministic::Intercept, Deterministic::Trend);
    let exact = PValues::default();
    let llc = PanelTest::LevinLinChu { kernel: Kernel::Bartlett, bandwidth: Bandwidth::LevinLinChuFloor };
    for (terms, lags, printed) in [
        (none, 0, 3.68537865400642),
        (intercept, 0, 2.05659681621421),
        (trend, 0, -1.41368534358534),
        (intercept, 1, 2.20493633758746),
        (trend, 2, 0.304687380163653),
    ] {
        close(value(&llc, terms, lags, false, exact), printed, 1e-10);
    }
    let t_bar = PanelTest::ImPesaranShin { statistic: IpsStatistic::TBar };
    close(value(&t_bar, intercept, 0, true, exact), -0.741213, 1e-6);
    close(value(&t_bar, trend, 0, true, exact), -2.09858, 3e-6);
    let w_t_bar = PanelTest::ImPesaranShin { statistic: IpsStatistic::WTBar };
    close(value(&w_t_bar, intercept, 1, true, exact), 2.55019, 3e-6);
    if tables.is_none() {
        return;
    }
    // Without lags gretl takes finite-sample p-values, with lags asymptotic ones.
    let units = FisherUnits::Adf;
    for (terms, lags, p_values, [chi_squared, normal, logit]) in [
        (intercept, 0, PValues::Mackinnon1996Finite, [12.8312, 2.3992, 3.03374]),
        (intercept, 1, PValues::Mackinnon1996, [13.8599, 2.70976, 3.61224]),
        (trend, 0, PValues::Mackinnon1996Finite, [22.3106, 0.126228, 0.424329]),
    ] {
        let pairs = [
            (PanelTest::MaddalaWu { units }, chi_squared),
            (PanelTest::ChoiInverseNormal { units }, normal),
            (PanelTest::ChoiLogit { units }, logit),
        ];
        for (test, printed) in pairs {
            close(value(&test, terms, lags, true, p_values), printed, 5e-6);
        }
    }
}

/// plm 2.6-2: purtest(value, test = "ips", exo = "trend", lags = …, pmax = 4, fixedT = FALSE, dfcor = TRUE) on Grunfeld's firms.
#[test]
fn lags_may_be_chosen_on_samples_of_their_own() {
    let panel = data(&golden(), "grunfeld");
    for (criterion, statistic, lags) in [
        (Criterion::Sic, 0.15099180386600244, [4, 3, 3, 1, 4, 0, 2, 4, 4, 4]),
        (Criterion::Aic, 0.28706517551047867, [4, 3, 3, 2, 4, 0, 2, 4, 4, 4]),
        (Criterion::Hall, -1.148654202570192, [0, 0, 0, 0, 4, 0, 0, 0, 4, 0]),
    ] {
        let options = PanelUnitRootOptions {
            deterministic: Deterministic::Trend,
            lags: Lags::Chosen { criterion, max: 4, fixed_sample: false },
            ..PanelUnitRootOptions::default()
        };
        let test = PanelTest::ImPesaranShin { statistic: IpsStatistic::WTBar };
        let result = panel_unit_root(&panel, "value", &test, &options).expect("a test that is defined");
        let chosen: Vec<usize> = units(&result).iter().map(|unit| unit.lags).collect();
        assert_eq!(chosen, lags, "{criterion:?}");
        let found = result.outcome.test().expect("a test").statistic;
        assert!((found - statistic).abs() <= 1e-8 * statistic.abs(), "{criterion:?}: {found}");
    }
}
