#![allow(clippy::unwrap_used)]

use polars::prelude::*;
use proptest::prelude::*;

use super::*;

fn parquet(mut frame: DataFrame) -> Vec<u8> {
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).set_parallel(false).finish(&mut frame).unwrap();
    bytes
}

fn shown(before: DataFrame, after: DataFrame) -> Vec<String> {
    let differences = frame_differences(&parquet(before), &parquet(after), &Excerpt::default(), 20).unwrap();
    differences.to_string().lines().map(str::to_owned).collect()
}

fn panel(gdp: [Option<f64>; 4]) -> DataFrame {
    let city = ["甲城", "甲城", "乙城", "乙城"];
    df!("city" => city, "year" => [2009, 2010, 2009, 2010], "gdp" => gdp, "fdi" => [0.5; 4]).unwrap()
}

const GDP: [Option<f64>; 4] = [Some(1.1), Some(1.2), None, Some(0.3)];

#[test]
fn cells_are_found_by_their_key() {
    let after = panel([Some(1.1), Some(1.3), Some(2.0), Some(0.1 + 0.2)]);
    assert_eq!(
        shown(panel(GDP), after),
        [
            "row (city 甲城, year 2010) column gdp: 1.2 -> 1.3",
            "row (city 乙城, year 2009) column gdp: (missing) -> 2",
            "row (city 乙城, year 2010) column gdp: 0.3 -> 0.30000000000000004",
        ]
    );
    assert!(
        frame_differences(&parquet(panel(GDP)), &parquet(panel(GDP)), &Excerpt::default(), 5)
            .unwrap()
            .is_empty()
    );
}

#[test]
fn rows_with_a_key_may_come_go_and_move() {
    let rows = |rows: &[IdxSize]| panel(GDP).take(&IdxCa::from_vec("rows".into(), rows.to_vec())).unwrap();
    assert_eq!(
        shown(rows(&[0, 1, 3]), rows(&[0, 2, 3])),
        ["row (city 乙城, year 2009) is new", "row (city 甲城, year 2010) is gone"]
    );
    assert_eq!(shown(rows(&[0, 1, 2, 3]), rows(&[3, 1, 2, 0])), ["the rows stand in another order"]);
}

#[test]
fn a_row_whose_key_alone_changed_is_one_difference() {
    let mut after = panel(GDP);
    let city = Column::new("city".into(), ["甲城", "甲城市", "乙城", "乙城"]);
    after.replace("city", city).unwrap();
    assert_eq!(shown(panel(GDP), after), ["row (city 甲城市, year 2010) column city: 甲城 -> 甲城市"]);
}

#[test]
fn columns_come_go_move_and_change_their_type() {
    let before = df!("id" => ["a", "b"], "x" => [1_i64, 2], "y" => [true, false]).unwrap();
    let after = df!("id" => ["a", "b"], "z" => [1, 1], "x" => [1.0, 2.5]).unwrap();
    assert_eq!(
        shown(before, after),
        [
            "type of column x: i64 -> f64",
            "column y is gone",
            "column z is new",
            "row (id b) column x: 2 -> 2.5"
        ]
    );
    let (one, other) = (df!("a" => [1.5], "b" => [2.5]).unwrap(), df!("b" => [2.5], "a" => [1.5]).unwrap());
    assert_eq!(shown(one, other), ["the columns stand in another order"]);
}

#[test]
fn rows_without_a_key_are_aligned_by_content() {
    let frame = |x: &[f64]| df!("x" => x, "y" => x.iter().map(|x| x * 2.0).collect::<Vec<_>>()).unwrap();
    assert_eq!(shown(frame(&[1.0, 2.0, 3.0]), frame(&[1.0, 9.0, 2.0, 3.0])), ["row 2 is new"]);
    assert_eq!(shown(frame(&[1.0, 2.0, 3.0]), frame(&[2.0, 3.0])), ["row 1 is gone"]);
    let one = |x| df!("x" => [x]).unwrap();
    assert_eq!(shown(one(1), one(2)), ["row 1 column x: 1 -> 2"]);
    let empty = DataFrame::empty_with_schema(&one(1).schema().clone());
    assert_eq!(shown(empty, one(2)), ["row 1 is new"]);
}

#[test]
fn a_whole_column_that_was_revised_doesnt_hide_an_inserted_row() {
    let frame = |rows: &[(&str, f64)]| {
        // No key: texts aren't unique in the columns that lead.
        let name: Vec<_> = rows.iter().map(|row| row.0).collect();
        let value: Vec<_> = rows.iter().map(|row| row.1).collect();
        df!("x" => value.iter().map(|v| v.floor()).collect::<Vec<_>>(), "name" => name, "v" => value).unwrap()
    };
    let before: Vec<(&str, f64)> = vec![("a", 1.5), ("a", 2.5), ("a", 3.5)];
    let after: Vec<(&str, f64)> = vec![("a", 1.6), ("a", 9.5), ("a", 2.6), ("a", 3.6)];
    assert_eq!(
        shown(frame(&before), frame(&after)),
        [
            "row 1 column v: 1.5 -> 1.6",
            "row 2 is new",
            "row 3 column v: 2.5 -> 2.6",
            "row 4 column v: 3.5 -> 3.6"
        ]
    );
}

#[test]
fn what_isnt_parquet_is_an_error() {
    let error = frame_differences(b"x", b"y", &Excerpt::default(), 5).unwrap_err();
    assert!(error.to_string().starts_with("the frame before: "), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_edited_cell_is_one_difference(
        values in prop::collection::vec(prop::option::of(-5.0..5.0f64), 2..40),
        keyed in any::<bool>(),
        place in any::<prop::sample::Index>(),
    ) {
        let frame = |values: &[Option<f64>]| {
            let keys: Vec<String> = (0..values.len()).map(|row| if keyed { format!("k{row}") } else { "k".into() }).collect();
            df!("key" => keys, "v" => values, "w" => vec![1.5; values.len()]).unwrap()
        };
        let place = place.index(values.len());
        let mut edited = values.clone();
        edited[place] = Some(7.25);
        let differences = frame_differences(&parquet(frame(&values)), &parquet(frame(&edited)), &Excerpt::default(), 3).unwrap();
        let row = if keyed { format!("row (key k{place})") } else { format!("row {}", place + 1) };
        let was = values[place].map_or("(missing)".to_owned(), |value| value.to_string());
        prop_assert_eq!(differences.to_string(), format!("{row} column v: {was} -> 7.25"));
        edited.remove(place);
        let differences = frame_differences(&parquet(frame(&edited)), &parquet(frame(&values)), &Excerpt::default(), 3).unwrap();
        prop_assert!(keyed || differences.count() == 1, "{differences}");
    }
}
