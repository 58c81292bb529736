//! Why a branch isn't what it was: one predicate a cause.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::fingerprint::{Fingerprint, InputDigest};
use crate::digest::{Digest, KEYED_DIGEST, canonical_json};
use crate::error::few;

/// One cause for which a branch runs (again).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "cause")]
pub enum Cause {
    /// It has had no run on this vintage.
    FirstRun,
    /// It was to be made on this vintage and failed, and never came out.
    NeverMade,
    /// It was asked for.
    Forced,
    /// An output that its record names isn't in the store any longer.
    Gone {
        /// The output.
        output: String,
    },
    /// An output isn't what its digest says.
    Corrupt {
        /// The output.
        output: String,
    },
    /// It is another operation now.
    Operation {
        /// What it was.
        before: String,
        /// What it is.
        after: String,
    },
    /// The program's code for the operation is another.
    Code {
        /// The operation.
        operation: String,
    },
    /// The form of fingerprints is another.
    Format {
        /// What it was.
        before: u32,
        /// What it is.
        after: u32,
    },
    /// A parameter differs.
    Parameter {
        /// Its path.
        path: String,
        /// What it was; nothing where there was none.
        before: Option<Value>,
        /// What it is; nothing where there is none any longer.
        after: Option<Value>,
    },
    /// A variable of the caller differs, of which the value isn't kept.
    Variable {
        /// Its name.
        name: String,
    },
    /// The seed differs.
    Seed,
    /// It reads something that it didn't read before.
    InputNew {
        /// The role.
        role: String,
        /// Which, where there are several.
        key: String,
    },
    /// It no longer reads something.
    InputGone {
        /// The role.
        role: String,
        /// Which, where there are several.
        key: String,
    },
    /// Something that it reads differs.
    InputChanged {
        /// The role.
        role: String,
        /// Which, where there are several.
        key: String,
        /// The columns or groups of rows that differ, where only some are read.
        parts: Vec<String>,
    },
    /// It reads the branches of a stage in another order, and sees the order.
    InputOrder {
        /// The role.
        role: String,
        /// The branches as they were.
        before: Vec<String>,
        /// The branches as they are.
        after: Vec<String>,
    },
    /// It reads other columns, or other groups of rows, of something.
    InputPart {
        /// The role.
        role: String,
        /// Which, where there are several.
        key: String,
        /// What it read; nothing where it read all.
        before: Option<Vec<String>>,
        /// What it reads; nothing where it reads all.
        after: Option<Vec<String>>,
    },
    /// The store no longer has the record of its last run.
    NoRecord,
    /// It isn't what it was, and no predicate says why.
    Unexplained,
}

/// What is known of a branch's last run on a vintage.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Before<'a> {
    /// There was none.
    Never,
    /// There was one, of which the store no longer has the record.
    Lost,
    /// It had this fingerprint.
    Of(&'a Fingerprint),
}

impl<'a> Before<'a> {
    /// By what the vintage's latest run names, and the fingerprint in the record that the store has of that.
    pub(crate) fn new(named: Option<&Digest>, kept: Option<&'a Fingerprint>) -> Self {
        match (named, kept) {
            (_, Some(fingerprint)) => Before::Of(fingerprint),
            (Some(_), None) => Before::Lost,
            (None, None) => Before::Never,
        }
    }

    /// What makes `now` another fingerprint than it had.
    pub(crate) fn causes(self, now: &Fingerprint) -> Vec<Cause> {
        match self {
            Before::Never => vec![Cause::FirstRun],
            Before::Lost => vec![Cause::NoRecord],
            Before::Of(before) => causes(before, now),
        }
    }
}

/// What makes `now` another fingerprint than `before`: of fingerprints with different digests there is
/// always something to say.
pub(crate) fn causes(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let predicates: [fn(&Fingerprint, &Fingerprint) -> Vec<Cause>; 6] =
        [format_changed, operation_changed, code_changed, parameters_changed, seed_changed, inputs_changed];
    let causes: Vec<Cause> = predicates.iter().flat_map(|predicate| predicate(before, now)).collect();
    if causes.is_empty() { vec![Cause::Unexplained] } else { causes }
}

fn format_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let cause = Cause::Format { before: before.format, after: now.format };
    (before.format != now.format).then_some(cause).into_iter().collect()
}

fn operation_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let cause = || Cause::Operation { before: before.operation.clone(), after: now.operation.clone() };
    (before.operation != now.operation).then(cause).into_iter().collect()
}

fn code_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let cause = || Cause::Code { operation: now.operation.clone() };
    (before.code != now.code).then(cause).into_iter().collect()
}

fn seed_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    (before.seed != now.seed).then_some(Cause::Seed).into_iter().collect()
}

fn parameters_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let mut causes = Vec::new();
    parameter_changed("", Some(&before.params), Some(&now.params), &mut causes);
    causes
}

/// The variable of a command at a path, if its value isn't kept, now or before. Records from before values
/// were kept so hold them as they were.
fn hidden_variable<'p>(path: &'p str, before: Option<&Value>, now: Option<&Value>) -> Option<&'p str> {
    let is_hidden = |value: Option<&Value>| {
        value.is_some_and(|value| value.get(KEYED_DIGEST).is_some() || value.get("secret").is_some())
    };
    path.strip_prefix("env.").filter(|_| is_hidden(before) || is_hidden(now))
}

fn parameter_changed(path: &str, before: Option<&Value>, now: Option<&Value>, causes: &mut Vec<Cause>) {
    if let Some(name) = hidden_variable(path, before, now) {
        if before != now {
            causes.push(Cause::Variable { name: name.to_owned() });
        }
        return;
    }
    match (before, now) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                parameter_changed(&path, old.get(name), new.get(name), causes);
            }
        }
        // As the digest has them: 0.0 and -0.0 are two numbers.
        (old, new) if old.map(canonical_json) != new.map(canonical_json) => {
            let (before, after) = (old.cloned(), new.cloned());
            causes.push(Cause::Parameter { path: path.to_owned(), before, after });
        }
        _ => {}
    }
}

fn inputs_changed(before: &Fingerprint, now: &Fingerprint) -> Vec<Cause> {
    let roles: BTreeSet<&String> = before.inputs.keys().chain(now.inputs.keys()).collect();
    roles
        .into_iter()
        .flat_map(|role| role_changed(role, before.inputs.get(role), now.inputs.get(role)))
        .collect()
}

fn role_changed(role: &str, before: Option<&Vec<InputDigest>>, now: Option<&Vec<InputDigest>>) -> Vec<Cause> {
    // A role under which nothing is read is one all the same: a stage may ask whether there is it.
    let role_alone = |there: Option<&Vec<InputDigest>>| there.is_some_and(Vec::is_empty);
    let new = |key: &str| Cause::InputNew { role: role.to_owned(), key: key.to_owned() };
    let gone = |key: &str| Cause::InputGone { role: role.to_owned(), key: key.to_owned() };
    if before.is_none() && role_alone(now) {
        return vec![new("")];
    }
    if now.is_none() && role_alone(before) {
        return vec![gone("")];
    }
    let mut before: Vec<&InputDigest> = before.into_iter().flatten().collect();
    let mut now: Vec<&InputDigest> = now.into_iter().flatten().collect();
    // Mostly the same are read in the same order, and few of many differ.
    if before.len() == now.len() && before.iter().zip(&now).all(|(before, now)| before.key == now.key) {
        let differing = before.into_iter().zip(now).filter(|(before, now)| before != now);
        (before, now) = differing.unzip();
    }
    let (old, current) = (by_key(&before), by_key(&now));
    let mut causes = Vec::new();
    for (at, input) in &current {
        match old.get(at) {
            None => causes.push(new(at.0)),
            Some(earlier) => causes.extend(input_changed(role, earlier, input)),
        }
    }
    causes.extend(old.keys().filter(|at| !current.contains_key(*at)).map(|at| gone(at.0)));
    let keys = |inputs: &[&InputDigest]| inputs.iter().map(|input| input.key.clone()).collect::<Vec<_>>();
    let in_both = |inputs: &[&InputDigest]| -> Vec<(String, usize)> {
        let numbered = numbered(inputs).filter(|at| old.contains_key(at) && current.contains_key(at));
        numbered.map(|(key, number)| (key.to_owned(), number)).collect()
    };
    if in_both(&before) != in_both(&now) {
        let (before, after) = (keys(&before), keys(&now));
        causes.push(Cause::InputOrder { role: role.to_owned(), before, after });
    }
    causes
}

/// The inputs by key; the first of a key, the second, and so on.
fn by_key<'i>(inputs: &[&'i InputDigest]) -> BTreeMap<(&'i str, usize), &'i InputDigest> {
    numbered(inputs).zip(inputs.iter().copied()).collect()
}

fn numbered<'i>(inputs: &[&'i InputDigest]) -> impl Iterator<Item = (&'i str, usize)> {
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    inputs.iter().map(move |input| {
        let number = met.entry(&input.key).or_default();
        *number += 1;
        (input.key.as_str(), *number)
    })
}

/// What of an input has a digest of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    All,
    Column(&'a str),
    Group(&'a str),
}

fn input_changed(role: &str, before: &InputDigest, now: &InputDigest) -> Vec<Cause> {
    let (old, new) = (parts(before), parts(now));
    let mut causes = Vec::new();
    let differing: Vec<Part<'_>> = new
        .iter()
        .filter(|(part, digest)| old.get(*part).is_some_and(|earlier| earlier != *digest))
        .map(|(part, _)| *part)
        .collect();
    if !differing.is_empty() {
        let parts = match differing.contains(&Part::All) {
            true => Vec::new(),
            false => differing.iter().filter_map(Part::name).collect(),
        };
        causes.push(Cause::InputChanged { role: role.to_owned(), key: now.key.clone(), parts });
    }
    if !old.keys().eq(new.keys()) {
        causes.push(Cause::InputPart {
            role: role.to_owned(),
            key: now.key.clone(),
            before: names(&old),
            after: names(&new),
        });
    }
    causes
}

fn parts(input: &InputDigest) -> BTreeMap<Part<'_>, &Digest> {
    let all = input.content.iter().map(|digest| (Part::All, digest));
    let columns = input.columns.iter().map(|(name, digest)| (Part::Column(name), digest));
    let groups = input.groups.iter().map(|(name, digest)| (Part::Group(name), digest));
    all.chain(columns).chain(groups).collect()
}

/// The names of the parts; nothing where all of it counts.
fn names(parts: &BTreeMap<Part<'_>, &Digest>) -> Option<Vec<String>> {
    (!parts.contains_key(&Part::All)).then(|| parts.keys().filter_map(Part::name).collect())
}

impl Part<'_> {
    fn name(&self) -> Option<String> {
        match self {
            Part::All => None,
            Part::Column(name) | Part::Group(name) => Some((*name).to_owned()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::FirstRun => formatter.write_str("it hasn't run on this vintage yet"),
            Cause::NeverMade => formatter.write_str("it has never been made on this vintage"),
            Cause::Forced => formatter.write_str("--force"),
            Cause::Gone { output } => write!(formatter, "its output {output} is no longer in the store"),
            Cause::Corrupt { output } => write!(formatter, "its output {output} is corrupt in the store"),
            Cause::Operation { before, after } => write!(formatter, "operation {before} -> {after}"),
            Cause::Code { operation } => write!(formatter, "code of {operation} changed"),
            Cause::Format { before, after } => write!(formatter, "form of the cache {before} -> {after}"),
            Cause::Parameter { path, before, after } => {
                let (before, after) = brief(before.as_ref(), after.as_ref());
                write!(formatter, "parameter {path}: {before} -> {after}")
            }
            Cause::Variable { name } => write!(formatter, "variable {name} changed"),
            Cause::Seed => formatter.write_str("the seed changed"),
            Cause::InputNew { role, key } => write!(formatter, "input {} is new", name(role, key)),
            Cause::InputGone { role, key } => write!(formatter, "input {} is gone", name(role, key)),
            Cause::InputChanged { role, key, parts } if parts.is_empty() => {
                write!(formatter, "input {} changed", name(role, key))
            }
            Cause::InputChanged { role, key, parts } => {
                write!(formatter, "input {} changed in {}", name(role, key), parts.join(", "))
            }
            Cause::InputOrder { role, before, after } => {
                let (before, after) = order(before, after);
                write!(formatter, "input {role}: the order of its branches changed: {before} -> {after}")
            }
            Cause::InputPart { role, key, before, after } => {
                write!(formatter, "of input {} {}", name(role, key), part(before.as_deref(), after.as_deref()))
            }
            Cause::NoRecord => formatter.write_str("the store no longer has the record of its last run"),
            Cause::Unexplained => formatter.write_str(
                "no difference from its last run was found, which can't be: please report it as a fault of Vintner",
            ),
        }
    }
}

fn name(role: &str, key: &str) -> String {
    if key.is_empty() { role.to_owned() } else { format!("{role} {key}") }
}

/// So many names, or signs of a value, are shown.
const NAMES: usize = 5;
const SIGNS: usize = 60;

/// What of an input is read now, in words.
fn part(before: Option<&[String]>, after: Option<&[String]>) -> String {
    let less = |of: &[String], than: &[String]| -> Vec<String> {
        of.iter().filter(|name| !than.contains(name)).cloned().collect()
    };
    match (before, after) {
        (Some(_), None) | (None, None) => "it reads all now".to_owned(),
        (None, Some(after)) => format!("it reads {} alone now", few(after, NAMES)),
        (Some(before), Some(after)) => {
            let (more, fewer) = (less(after, before), less(before, after));
            let more = (!more.is_empty()).then(|| format!("it reads {} too now", few(&more, NAMES)));
            let fewer = (!fewer.is_empty()).then(|| format!("it no longer reads {}", few(&fewer, NAMES)));
            let said: Vec<String> = more.into_iter().chain(fewer).collect();
            if said.is_empty() { "it reads other rows now".to_owned() } else { said.join(" and ") }
        }
    }
}

/// Two orders of branches, from where they differ.
fn order(before: &[String], after: &[String]) -> (String, String) {
    let same = before.iter().zip(after).take_while(|(before, after)| before == after).count();
    let shown = |keys: &[String]| {
        let rest = few(keys.get(same..).unwrap_or_default(), NAMES);
        if same == 0 { rest } else { format!("… {rest}") }
    };
    (shown(before), shown(after))
}

/// Two values; of long ones a piece from where they differ.
fn brief(before: Option<&Value>, after: Option<&Value>) -> (String, String) {
    let text = |value: Option<&Value>| value.map(Value::to_string).unwrap_or_else(|| "none".to_owned());
    let (before, after) = (text(before), text(after));
    let same = before.chars().zip(after.chars()).take_while(|(before, after)| before == after).count();
    let long = before.chars().count().max(after.chars().count()) > SIGNS;
    // What stands before it tells where in the value this is.
    let start = if long && same > SIGNS / 2 { same - SIGNS / 4 } else { 0 };
    let shown = |text: &str| {
        let piece: String = text.chars().skip(start).take(SIGNS).collect();
        let ends = text.chars().count() <= start + SIGNS;
        format!("{}{piece}{}", if start > 0 { "…" } else { "" }, if ends { "" } else { "…" })
    };
    (shown(&before), shown(&after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::fingerprint::FORMAT;

    fn digest() -> impl Strategy<Value = Digest> {
        any::<u8>().prop_map(|of| Digest::of(&[of]))
    }

    fn value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            prop_oneof![Just(0.0), Just(-0.0), Just(1.0), -1e9..1e9].prop_map(Value::from),
            "[a-c]{0,3}".prop_map(Value::from),
        ];
        scalar.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-c]{1,2}", inner, 0..4)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn input() -> impl Strategy<Value = InputDigest> {
        let parts = || prop::collection::btree_map("[x-z]", digest(), 0..3);
        let parts = ("[a-d]?", prop::option::of(digest()), parts(), parts());
        parts.prop_map(|(key, content, columns, groups)| InputDigest { key, content, columns, groups })
    }

    fn fingerprint() -> impl Strategy<Value = Fingerprint> {
        let inputs = prop::collection::btree_map("[r-t]", prop::collection::vec(input(), 0..4), 0..3);
        let parts = (0..2_u32, "[a-b]", digest(), value(), inputs, 0..3_u64);
        parts.prop_map(|(format, operation, code, params, inputs, seed)| Fingerprint {
            format: FORMAT + format,
            operation,
            code,
            params,
            inputs,
            seed,
        })
    }

    /// The fingerprint with one part of it, anywhere in it, changed, exchanged, doubled or removed.
    fn changed(print: &Fingerprint, moves: &[usize], other: Value) -> Option<Fingerprint> {
        let mut whole = serde_json::to_value(print).ok()?;
        let mut at = &mut whole;
        for (depth, choice) in moves.iter().enumerate() {
            let last = depth + 1 == moves.len();
            let is_leaf = match at {
                Value::Object(fields) => fields.is_empty(),
                Value::Array(items) => items.is_empty(),
                _ => true,
            };
            if is_leaf || (last && choice % 5 == 0) {
                *at = other;
                break;
            }
            match at {
                Value::Array(items) => {
                    let which = choice % items.len();
                    match choice % 4 {
                        0 if last => items.swap(which, 0),
                        1 if last => items.reverse(),
                        2 if last => items.push(items[which].clone()),
                        3 if last => drop(items.remove(which)),
                        _ => {}
                    }
                    match items.get_mut(which) {
                        Some(item) => at = item,
                        None => break,
                    }
                }
                Value::Object(fields) => {
                    let name = fields.keys().nth(choice % fields.len())?.clone();
                    if last && choice % 2 == 0 {
                        fields.remove(&name);
                        break;
                    }
                    at = fields.get_mut(&name)?;
                }
                _ => break,
            }
        }
        serde_json::from_value(whole).ok()
    }

    fn assert_explained(before: &Fingerprint, now: &Fingerprint) -> std::result::Result<(), TestCaseError> {
        let same = before.digest().ok() == now.digest().ok();
        let found = causes(before, now);
        prop_assert_eq!(found.contains(&Cause::Unexplained), same, "{:?}", found);
        if !same {
            for said in found.iter().map(Cause::to_string) {
                let sides = said.split_once(": ").and_then(|(_, sides)| sides.split_once(" -> "));
                prop_assert!(sides.is_none_or(|(before, now)| before != now), "{}", said);
            }
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn whatever_changed_is_found(
            before in fingerprint(),
            moves in prop::collection::vec(0..60_usize, 1..7),
            other in value(),
        ) {
            if let Some(now) = changed(&before, &moves, other) {
                assert_explained(&before, &now)?;
                assert_explained(&now, &before)?;
            }
        }

        #[test]
        fn any_two_are_told_apart(before in fingerprint(), now in fingerprint()) {
            assert_explained(&before, &now)?;
        }
    }

    fn with_inputs(inputs: Vec<InputDigest>) -> Fingerprint {
        Fingerprint {
            format: FORMAT,
            operation: "total".into(),
            code: Digest::of(b"code"),
            params: json!({}),
            inputs: BTreeMap::from([("fits".into(), inputs)]),
            seed: 0,
        }
    }

    fn said(before: &Fingerprint, now: &Fingerprint) -> Vec<String> {
        causes(before, now).iter().map(Cause::to_string).collect()
    }

    #[test]
    fn an_order_is_shown_from_where_it_differs() {
        let whole = |key: &&str| InputDigest::whole((*key).to_owned(), Digest::of(key.as_bytes()));
        let of = |keys: &[&str]| with_inputs(keys.iter().map(whole).collect());
        assert_eq!(
            said(&of(&["a", "b", "c", "d"]), &of(&["a", "b", "d", "c"])),
            ["input fits: the order of its branches changed: … c, d -> … d, c"]
        );
        assert_eq!(said(&of(&["a", "b"]), &of(&["b"])), ["input fits a is gone"]);
    }

    #[test]
    fn reading_another_part_is_no_change_of_it() {
        let of = |names: &[&str]| {
            let columns = names.iter().map(|name| ((*name).to_owned(), Digest::of(name.as_bytes())));
            let (key, groups) = (String::new(), BTreeMap::new());
            with_inputs(vec![InputDigest { key, content: None, columns: columns.collect(), groups }])
        };
        assert_eq!(
            said(&of(&["x", "y"]), &of(&["x", "z"])),
            ["of input fits it reads z too now and it no longer reads y"]
        );
        let whole = with_inputs(vec![InputDigest::whole(String::new(), Digest::of(b"all"))]);
        assert_eq!(said(&whole, &of(&["x"])), ["of input fits it reads x alone now"]);
        assert_eq!(said(&of(&["x"]), &whole), ["of input fits it reads all now"]);
    }

    #[test]
    fn long_values_are_shown_where_they_differ() {
        let of = |last: &str| json!({"define": format!("{}{last}", "ln(gdp) + ".repeat(20))});
        let print = |last: &str| Fingerprint { params: of(last), ..with_inputs(Vec::new()) };
        let said = said(&print("x"), &print("y"));
        assert_eq!(said, ["parameter define: …p) + ln(gdp) + x\" -> …p) + ln(gdp) + y\""]);
    }
}
