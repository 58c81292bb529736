#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn shown(before: Value, after: Value) -> Vec<String> {
    json_differences(&before, &after, 20).to_string().lines().map(str::to_owned).collect()
}

#[test]
fn fields_have_paths() {
    let fit = |estimate: f64| json!({"fits": {"甲城": {"coefficients": [1.0, 2.0, {"estimate": estimate}]}}});
    assert_eq!(shown(fit(0.1), fit(0.2)), ["fits.甲城.coefficients[2].estimate: 0.1 -> 0.2"]);
    assert_eq!(shown(json!({"base_year": 2008}), json!({"base_year": 2010})), ["base_year: 2008 -> 2010"]);
    assert_eq!(
        shown(json!({"a": 1, "b.c": "x", "d": null}), json!({"b.c": "y", "d": 2, "e": {"f": []}})),
        ["a is gone", "[\"b.c\"]: x -> y", "d: (missing) -> 2", "e is new"]
    );
    assert_eq!(shown(json!(1), json!("1")), ["value: 1 (number) -> 1 (text)"]);
    assert_eq!(shown(json!({"a": [1]}), json!({"a": {"b": 1}})), ["a: [1] -> {\"b\":1}"]);
    assert_eq!(shown(json!(1.0), json!(1)), ["value: 1.0 -> 1"]);
}

#[test]
fn objects_with_names_are_compared_by_name() {
    let list = |items: &[(&str, f64)]| -> Value {
        items
            .iter()
            .map(|(term, estimate)| json!({"term": term, "estimate": estimate, "stars": "***"}))
            .collect()
    };
    let before = list(&[("const", 1.0), ("gdp", 0.5), ("fdi", 2.0)]);
    assert_eq!(
        shown(before.clone(), list(&[("robots", 3.0), ("const", 1.0), ("gdp", 0.6)])),
        ["[term robots] is new", "[term gdp].estimate: 0.5 -> 0.6", "[term fdi] is gone"]
    );
    assert_eq!(
        shown(before, list(&[("gdp", 0.5), ("const", 1.0), ("fdi", 2.0)])),
        [" stands in another order"]
    );
}

#[test]
fn other_elements_are_aligned_by_content() {
    assert_eq!(shown(json!([1, 2, 3]), json!([1, 9, 2, 3])), ["[1] is new"]);
    assert_eq!(shown(json!({"x": ["a", "b"]}), json!({"x": ["b"]})), ["x[0] is gone"]);
    assert_eq!(
        shown(json!([[1, 2], [3, 4]]), json!([[0, 0], [1, 2], [3, 5]])),
        ["[0] is new", "[2][1]: 4 -> 5"]
    );
}

fn values() -> impl Strategy<Value = Value> {
    let scalars = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3..3i64).prop_map(Value::from),
        "[ab. ]{0,3}".prop_map(Value::from),
    ];
    scalars.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("id|name|[ab]", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// All places of scalars, as chains of steps.
fn scalars(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Array(items) => items.iter_mut().flat_map(scalars).collect(),
        Value::Object(fields) => fields.values_mut().flat_map(scalars).collect(),
        _ => vec![value],
    }
}

proptest! {
    #[test]
    fn equal_values_have_no_differences_and_others_do(before in values(), after in values()) {
        prop_assert!(json_differences(&before, &before, 3).is_empty());
        prop_assert_eq!(json_differences(&before, &after, 3).is_empty(), before == after);
    }

    #[test]
    fn one_edited_scalar_is_one_difference_or_a_renaming(before in values(), place in any::<prop::sample::Index>()) {
        let mut after = before.clone();
        let mut places = scalars(&mut after);
        prop_assume!(!places.is_empty());
        let place = place.index(places.len());
        *places[place] = json!(77);
        // An object whose name was edited is another object.
        let count = json_differences(&before, &after, 9).count();
        prop_assert!((1..=2).contains(&count), "{before} {after}");
    }
}
