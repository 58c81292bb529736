//! Panels read a chunk at a time give the numbers of panels in memory.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use polars::prelude::{Column, DataFrame, ParquetWriter};
use vintner_estimation::{
    ChunkedOutcome, Part, PartResiduals, PartsSolved, estimate_parts, part_residuals, part_sums, solve_parts,
};
use vintner_estimation::{
    Covariance, EstimationError, Fit, Formula, Model, Note, Reason, SmallSample, TestDistribution, Weights,
    estimate, estimate_chunked,
};
use vintner_panel::{FrameChunks, Panel, PanelChunks, PanelError, ParquetPanel};

/// An unbalanced panel with holes, weights, and regressors that are absorbed or collinear.
fn frame(entities: usize) -> DataFrame {
    let mut state = 88_172_645_463_325_252_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
    };
    let (mut id, mut time) = (Vec::new(), Vec::new());
    let mut columns: Vec<Vec<Option<f64>>> = vec![Vec::new(); 8];
    for entity in 0..entities {
        let effect = 40.0 * random();
        for year in 0..12 {
            if random() > 0.2 || (entity % 50 == 3 && year > 0) {
                continue;
            }
            id.push(format!("e{entity:05}"));
            time.push(2000 + year);
            let (x, z) = (effect + 3.0 * random(), random() - f64::from(year) * 0.1);
            let y = effect + 1.5 * x - 0.5 * z + 0.3 * f64::from(year * year % 7) + random();
            let hole = random() > 0.48;
            let values = [
                if hole { None } else { Some(y) },
                Some(x),
                Some(z),
                Some(2.0 * x - z),
                Some(effect),
                Some(f64::from(year)),
                Some((random().abs() * 4.0).floor()),
                Some(random().abs()),
            ];
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
    }
    let mut all = vec![Column::new("id".into(), id), Column::new("year".into(), time)];
    let names = ["y", "x", "z", "both", "fixed", "trend", "often", "weight"];
    all.extend(names.iter().zip(columns).map(|(name, values)| Column::new((*name).into(), values)));
    DataFrame::new(all[0].len(), all).expect("a frame")
}

fn near(what: &str, own: f64, other: f64) {
    assert!((own - other).abs() <= 1e-10 * other.abs().max(1e-6), "{what}: {own:e}, in memory {other:e}");
}

fn same(own: &Fit, other: &Fit) {
    assert_eq!(own.coefficients.len(), other.coefficients.len());
    for (own, other) in own.coefficients.iter().zip(&other.coefficients) {
        assert_eq!(own.name, other.name);
        near(&own.name, own.estimate, other.estimate);
        near("standard error", own.std_error.unwrap(), other.std_error.unwrap());
        near("p-value", own.p_value.unwrap(), other.p_value.unwrap());
    }
    assert_eq!(
        (own.n_obs, own.n_entities, own.absorbed, own.df_residual),
        (other.n_obs, other.n_entities, other.absorbed, other.df_residual)
    );
    near("RSS", own.rss, other.rss);
    near("TSS", own.tss, other.tss);
    near("R2", own.r2, other.r2);
    near("adjusted R2", own.r2_adjusted, other.r2_adjusted);
    near("R2 with effects", own.r2_with_effects.unwrap_or(0.0), other.r2_with_effects.unwrap_or(0.0));
    near("F", own.joint.unwrap().f, other.joint.unwrap().f);
    near("factor", own.covariance_used.factor, other.covariance_used.factor);
    assert_eq!(own.covariance_used.clusters, other.covariance_used.clusters);
    assert_eq!(own.notes, other.notes);
}

fn chunks(frame: &DataFrame, rows: usize) -> FrameChunks {
    FrameChunks { frame: frame.clone(), entity: "id".into(), time: "year".into(), rows }
}

#[test]
fn chunks_of_any_size_give_the_numbers_of_the_whole() {
    let frame = frame(400);
    let panel = Panel::new(frame.clone(), "id", "year").unwrap();
    let plain = Formula::new("y", &["x", "z"]);
    let formulas = [
        plain.clone(),
        plain.clone().without_intercept(),
        Formula::new("y", &["x", "z", "both"]),
        Formula::new("y", &["x", "fixed", "z", "trend"]),
        plain.clone().weighted(Weights::analytic("weight")),
        plain.clone().weighted(Weights::frequency("often")),
    ];
    let covariances = [
        Covariance::classical(),
        Covariance::clustered(SmallSample::StataXtreg),
        Covariance::clustered(SmallSample::StataAreg),
    ];
    let mut compared = 0;
    for formula in &formulas {
        for model in [Model::Ols, Model::Within, Model::WithinTwoWay] {
            for (covariance, rows) in covariances.iter().zip([7, 1000, 1_000_000]) {
                let whole = estimate(&panel, formula, model, covariance).unwrap();
                let whole = whole.fit().unwrap_or_else(|| panic!("{formula} {:?}", whole.reason()));
                let found = estimate_chunked(&mut chunks(&frame, rows), formula, model, covariance).unwrap();
                let own = found.outcome.fit().unwrap_or_else(|| panic!("{:?}", found.outcome.reason()));
                same(own, whole);
                let dropped = whole.dropped.iter().filter(|row| !row.missing.is_empty()).count();
                assert_eq!(found.incomplete, dropped);
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 54);
}

#[test]
fn parquet_is_read_a_row_group_at_a_time() {
    let mut frame = frame(300);
    let panel = Panel::new(frame.clone(), "id", "year").unwrap();
    let folder = std::env::temp_dir().join(format!("vintner-chunks-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("panel.parquet");
    let file = std::fs::File::create(&path).unwrap();
    ParquetWriter::new(file).with_row_group_size(Some(500)).finish(&mut frame).unwrap();
    let mut source = ParquetPanel::new(&path, "id", "year");
    let mut sizes = Vec::new();
    source
        .visit(&["x"], &mut |chunk| {
            sizes.push(chunk.times.len());
            true
        })
        .unwrap();
    assert!(sizes.len() > 3 && sizes.iter().all(|size| *size < 800), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), panel.height());
    let formula = Formula::new("y", &["x", "z"]);
    let covariance = Covariance::clustered(SmallSample::StataXtreg);
    let whole = estimate(&panel, &formula, Model::WithinTwoWay, &covariance).unwrap();
    let found = estimate_chunked(&mut source, &formula, Model::WithinTwoWay, &covariance).unwrap();
    same(found.outcome.fit().unwrap(), whole.fit().unwrap());
    let absent = estimate_chunked(&mut source, &Formula::new("y", &["w"]), Model::Within, &covariance);
    assert!(matches!(absent, Err(EstimationError::Panel(_))), "{absent:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn rows_out_of_order_are_refused() {
    let of = |ids: &[&str], years: &[i32]| {
        let columns = vec![
            Column::new("id".into(), ids.to_vec()),
            Column::new("year".into(), years.to_vec()),
            Column::new("y".into(), (0..ids.len()).map(|row| (row as f64).sin()).collect::<Vec<_>>()),
            Column::new("x".into(), (0..ids.len()).map(|row| (row as f64).cos()).collect::<Vec<_>>()),
        ];
        let frame = DataFrame::new(ids.len(), columns).unwrap();
        let formula = Formula::new("y", &["x"]);
        estimate_chunked(&mut chunks(&frame, 2), &formula, Model::Within, &Covariance::classical())
    };
    let unsorted = |ids: &[&str], years: &[i32]| match of(ids, years) {
        Err(EstimationError::Panel(PanelError::NotSorted { entity, time })) => (entity, time),
        other => panic!("{other:?}"),
    };
    assert_eq!(unsorted(&["a", "a", "b", "b", "a", "b"], &[1, 2, 1, 2, 3, 3]), ("a".into(), 3));
    assert_eq!(unsorted(&["a", "a", "a", "b", "b", "b"], &[1, 2, 2, 1, 2, 3]), ("a".into(), 2));
    assert_eq!(unsorted(&["a", "a", "a", "b", "b", "b"], &[1, 2, 3, 1, 3, 2]), ("b".into(), 2));
    // Sorted as numbers, though not as text.
    let numbers = of(&["9", "9", "9", "10", "10", "10"], &[1, 2, 3, 1, 2, 3]).unwrap();
    assert_eq!(numbers.outcome.fit().unwrap().n_entities, 2);
}

#[test]
fn what_chunks_cannot_do_is_said() {
    let frame = frame(20);
    let formula = Formula::new("y", &["x", "z"]);
    let run = |formula: &Formula, model: Model, covariance: &Covariance| {
        let found = estimate_chunked(&mut chunks(&frame, 50), formula, model, covariance).unwrap();
        found.outcome.reason().expect("a reason").clone()
    };
    let classical = Covariance::classical();
    let defined = |reason: Reason| matches!(reason, Reason::NotDefined { .. });
    assert!(defined(run(&formula, Model::Between, &classical)));
    assert!(defined(run(&formula.clone().with_effects(&["trend"]).unwrap(), Model::Within, &classical)));
    let mut robust = vintner_estimation::ClusterCovariance { ..Default::default() };
    robust.test = TestDistribution::Satterthwaite;
    assert!(defined(run(&formula, Model::Within, &Covariance::Cluster(robust))));
    assert!(matches!(
        run(&Formula::new("y", &["fixed"]), Model::Within, &classical),
        Reason::ConstantWithin { .. }
    ));
    assert!(matches!(
        run(&Formula::new("y", &["fixed", "trend"]), Model::WithinTwoWay, &classical),
        Reason::Absorbed { .. }
    ));
    let one = frame.slice(0, 1);
    let found = estimate_chunked(&mut chunks(&one, 50), &formula, Model::Within, &classical).unwrap();
    assert!(found.outcome.reason().is_some());
    let none = frame.slice(0, 0);
    let found = estimate_chunked(&mut chunks(&none, 50), &formula, Model::Ols, &classical).unwrap();
    assert_eq!(found.outcome.reason(), Some(&Reason::NoObservations { rows_dropped: 0 }));
}

#[test]
fn a_perfect_fit_and_a_single_cluster_are_seen() {
    let rows = 40;
    let x: Vec<f64> = (0..rows).map(|row| f64::from(row * row % 13)).collect();
    let only: Vec<f64> = (0..rows).map(|row| if row < 10 { f64::from(row * 7 % 5) } else { 1.0 }).collect();
    let y: Vec<f64> = x.iter().map(|x| 2.0 - 0.5 * x).collect();
    let noisy: Vec<f64> = y.iter().zip(0..).map(|(y, row)| y + f64::from(row % 3)).collect();
    let columns = vec![
        Column::new("id".into(), (0..rows).map(|row| format!("e{}", row / 10)).collect::<Vec<_>>()),
        Column::new("year".into(), (0..rows).map(|row| row % 10).collect::<Vec<_>>()),
        Column::new("y".into(), y),
        Column::new("noisy".into(), noisy),
        Column::new("x".into(), x),
        Column::new("only".into(), only),
    ];
    let frame = DataFrame::new(rows as usize, columns).unwrap();
    let run = |formula: &Formula| {
        let clustered = Covariance::clustered(SmallSample::StataXtreg);
        let found = estimate_chunked(&mut chunks(&frame, 15), formula, Model::Within, &clustered).unwrap();
        found.outcome.fit().expect("a fit").clone()
    };
    let perfect = run(&Formula::new("y", &["x"]));
    assert!(perfect.notes.contains(&Note::PerfectFit) && perfect.coefficients[0].std_error.is_none());
    let single = run(&Formula::new("noisy", &["only"]));
    assert!(
        single.notes.contains(&Note::SingleCluster { coefficients: vec!["only".into()] }),
        "{:?}",
        single.notes
    );
}

/// Through text and back, as between stages.
fn handed<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

/// Both rounds over parts of some entities each.
fn by_parts(
    parts: &[DataFrame],
    formula: &Formula,
    model: Model,
    covariance: &Covariance,
) -> Result<ChunkedOutcome, EstimationError> {
    let mut sums = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let found = part_sums(&mut chunks(part, 100), formula, model, covariance)?;
        sums.push(Part { name: format!("part {at}"), sums: handed(&found) });
    }
    let residuals: Vec<PartResiduals> = match handed(&solve_parts(&sums)?) {
        PartsSolved::NotEstimable(_) => Vec::new(),
        PartsSolved::Solved(solution) => parts
            .iter()
            .map(|part| {
                Ok(handed(&part_residuals(&mut chunks(part, 100), formula, model, covariance, &solution)?))
            })
            .collect::<Result<_, EstimationError>>()?,
    };
    estimate_parts(&sums, &residuals, formula, model, covariance)
}

/// The rows of the entities `of` says, one frame for each number that it says.
fn cut(frame: &DataFrame, count: usize, of: impl Fn(usize) -> usize) -> Vec<DataFrame> {
    let ids = frame.column("id").unwrap().str().unwrap();
    let place = |id: &str| of(id[1..].parse::<usize>().unwrap());
    (0..count)
        .map(|part| {
            let mask = ids.iter().map(|id| Some(place(id.unwrap()) == part)).collect();
            frame.filter(&mask).unwrap()
        })
        .collect()
}

#[test]
fn parts_on_different_machines_give_the_numbers_of_the_whole() {
    let frame = frame(400);
    let panel = Panel::new(frame.clone(), "id", "year").unwrap();
    let plain = Formula::new("y", &["x", "z"]);
    let formulas = [
        plain.clone(),
        plain.clone().without_intercept(),
        Formula::new("y", &["x", "z", "both"]),
        Formula::new("y", &["x", "fixed", "z", "trend"]),
        plain.clone().weighted(Weights::analytic("weight")),
        plain.clone().weighted(Weights::frequency("often")),
    ];
    let covariances = [
        Covariance::classical(),
        Covariance::clustered(SmallSample::StataXtreg),
        Covariance::clustered(SmallSample::StataAreg),
    ];
    // One part; parts of 16 entities; one of nothing, and the others by turns.
    let cuts =
        [vec![frame.clone()], cut(&frame, 25, |entity| entity / 16), cut(&frame, 4, |entity| 1 + entity % 3)];
    let mut compared = 0;
    for formula in &formulas {
        for model in [Model::Ols, Model::Within, Model::WithinTwoWay] {
            for covariance in &covariances {
                let whole = estimate(&panel, formula, model, covariance).unwrap();
                let whole = whole.fit().unwrap_or_else(|| panic!("{formula} {:?}", whole.reason()));
                let dropped = whole.dropped.iter().filter(|row| !row.missing.is_empty()).count();
                for parts in &cuts {
                    let found = by_parts(parts, formula, model, covariance).unwrap();
                    let mut own =
                        found.outcome.fit().unwrap_or_else(|| panic!("{:?}", found.outcome.reason())).clone();
                    for note in &mut own.notes {
                        // Parts are named in their own order.
                        if let Note::Singletons { entities } = note {
                            entities.sort();
                        }
                    }
                    same(&own, whole);
                    assert_eq!(found.incomplete, dropped);
                    compared += 1;
                }
            }
        }
    }
    assert_eq!(compared, 162);
}

#[test]
fn times_that_no_entity_of_a_part_links_are_linked_by_another_or_not_at_all() {
    // Two components: entities of the years 1 and 2, and of 7 and 8; a part of each, and a third that has both.
    let rows: Vec<(usize, i32)> = (0..60)
        .flat_map(|entity| [0, 1].map(|year| (entity, if entity % 2 == 0 { 1 } else { 7 } + year)))
        .collect();
    let value = |row: &(usize, i32), salt: usize| ((row.0 * 31 + row.1 as usize * 17 + salt * 7) % 23) as f64;
    let frame = polars::prelude::df!(
        "id" => rows.iter().map(|row| format!("e{:05}", row.0)).collect::<Vec<_>>(),
        "year" => rows.iter().map(|row| row.1).collect::<Vec<_>>(),
        "y" => rows.iter().map(|row| value(row, 1)).collect::<Vec<_>>(),
        "x" => rows.iter().map(|row| value(row, 5)).collect::<Vec<_>>(),
    )
    .unwrap();
    let panel = Panel::new(frame.clone(), "id", "year").unwrap();
    let formula = Formula::new("y", &["x"]);
    let covariance = Covariance::clustered(SmallSample::StataAreg);
    let whole = estimate(&panel, &formula, Model::WithinTwoWay, &covariance).unwrap();
    for parts in [cut(&frame, 2, |entity| entity % 2), cut(&frame, 3, |entity| entity / 20)] {
        let found = by_parts(&parts, &formula, Model::WithinTwoWay, &covariance).unwrap();
        same(found.outcome.fit().unwrap(), whole.fit().unwrap());
    }
}

#[test]
fn what_parts_cannot_give_is_said() {
    let frame = frame(60);
    let (formula, model) = (Formula::new("y", &["x", "z"]), Model::Within);
    let classical = Covariance::classical();
    let halves = cut(&frame, 2, |entity| entity / 30);
    // Parts by times have entities in common.
    let twice = [frame.clone(), halves[1].clone()];
    let error = by_parts(&twice, &formula, model, &classical).unwrap_err();
    assert_eq!(
        error.to_string(),
        "e00030 has rows in part 0 and in part 1: parts are of whole entities; cut the panel by entities, not by times"
    );
    let robust = Covariance::heteroskedastic(vintner_estimation::ResidualType::Hc1);
    let error = by_parts(&halves, &formula, model, &robust).unwrap_err();
    assert!(matches!(error, EstimationError::NotByParts { .. }), "{error}");
    assert!(matches!(by_parts(&[], &formula, model, &classical), Err(EstimationError::NoParts)));
    let sums = |formula: &Formula, at: usize| Part {
        name: format!("part {at}"),
        sums: part_sums(&mut chunks(&halves[at], 50), formula, model, &classical).unwrap(),
    };
    let mixed = [sums(&formula, 0), sums(&Formula::new("y", &["z"]), 1)];
    let error = solve_parts(&mixed).unwrap_err();
    assert_eq!(
        error.to_string(),
        "part 1 is of `y ~ z` and not of `y ~ x + z`; give all stages of an equation the same parameters"
    );
    // The second round of another panel.
    let own = [sums(&formula, 0), sums(&formula, 1)];
    let PartsSolved::Solved(other) = solve_parts(&own[..1]).unwrap() else { panic!("solved") };
    let strange: Vec<PartResiduals> = halves
        .iter()
        .map(|part| part_residuals(&mut chunks(part, 50), &formula, model, &classical, &other).unwrap())
        .collect();
    let error = estimate_parts(&own, &strange, &formula, model, &classical).unwrap_err();
    assert!(matches!(error, EstimationError::OtherRound), "{error}");
    // What isn't estimable is so by its reason.
    let constant = Formula::new("y", &["fixed"]);
    let found = by_parts(&halves, &constant, model, &classical).unwrap();
    assert_eq!(found.outcome.reason(), Some(&Reason::ConstantWithin { variables: vec!["fixed".into()] }));
}
