//! Tests of the data and of the equations' specification, for templates.

use serde::Serialize;
use vintner_estimation::specification::{Diagnostic, Disguise, Finding, Measure};
use vintner_estimation::unit_root::{Bound, Deterministic, PanelUnitRoot};
use vintner_estimation::{HypothesisTest, NullDistribution, TestOutcome};

use super::name::Names;
use crate::equation_tests::EquationDiagnostics;
use crate::name::Name;
use crate::number_format::{fixed, p_value_text, significant};
use crate::stars::StarLevels;

/// What is tested before and beside the estimates; its lists are empty where a report has none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TestsView {
    /// Unit roots: the columns.
    pub unit_root_tests: Vec<String>,
    /// Unit roots: `none`, `intercept` or `trend`, the deterministic terms of all tests; empty where they differ.
    pub deterministic: &'static str,
    /// Unit roots: a row for each variable and each variable's changes.
    pub unit_roots: Vec<UnitRootRow>,
    /// What a reader of that table should know.
    pub unit_root_remarks: Vec<String>,
    /// Dependence between entities, variable by variable.
    pub dependence: Vec<DependenceRow>,
    /// The equations: the columns of the table of tests.
    pub equations: Vec<Name>,
    /// The tests of the equations' specification.
    pub specification: Vec<SpecificationTestRow>,
    /// Why some have no numbers, and what else a reader should know.
    pub remarks: Vec<String>,
}

/// Unit-root tests of a variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnitRootRow {
    /// The variable.
    pub variable: Name,
    /// Whether its changes are tested.
    pub difference: bool,
    /// A cell for each test.
    pub cells: Vec<TestCell>,
}

/// Dependence of a variable between entities.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DependenceRow {
    /// The variable.
    pub variable: Name,
    /// The test.
    pub cell: TestCell,
}

/// A test of each equation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpecificationTestRow {
    /// What it is called.
    pub name: String,
    /// The null hypothesis, or how a measure is read.
    pub null: String,
    /// `normal`, `chi_squared`, `f` or `other`; empty of a measure.
    pub law: &'static str,
    /// A cell for each equation.
    pub cells: Vec<TestCell>,
}

/// A statistic; texts are empty where there is none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TestCell {
    /// The statistic.
    pub statistic: String,
    /// Its stars.
    pub stars: String,
    /// Its p-value; empty of a measure.
    pub p_value: String,
    /// `at_most` or `at_least` where the p-value is only a bound; else empty.
    pub bound: &'static str,
    /// Degrees of freedom ("13, 150").
    pub df: String,
    /// What it is of, where the largest of several is shown.
    pub of: String,
}

impl TestCell {
    fn new(test: &HypothesisTest, levels: &StarLevels) -> Self {
        Self {
            statistic: significant(test.statistic),
            stars: levels.stars(test.p_value).asterisks(),
            p_value: p_value_text(test.p_value),
            df: degrees_of_freedom(&test.distribution),
            ..Self::default()
        }
    }
}

impl TestsView {
    pub(crate) fn new(
        unit_roots: &[PanelUnitRoot],
        diagnostics: &[EquationDiagnostics],
        names: &Names,
        levels: &StarLevels,
    ) -> Self {
        let mut view = Self::default();
        view.add_unit_roots(unit_roots, names, levels);
        view.equations = diagnostics.iter().map(|one| Name::new(&one.equation, &one.title)).collect();
        // The order in which tests were asked for, whatever an equation lacks.
        let mut keys: Vec<&str> = Vec::new();
        for line in diagnostics.iter().flat_map(|equation| &equation.tests) {
            if !keys.contains(&line.key.as_str()) {
                keys.push(&line.key);
            }
        }
        let mut rows: Vec<(usize, SpecificationTestRow)> = Vec::new();
        let mut remarks: Vec<((String, String), Vec<&str>)> = Vec::new();
        for (at, equation) in diagnostics.iter().enumerate() {
            for line in &equation.tests {
                match (&line.subject, &line.finding) {
                    (Some(variable), finding) if line.key == "series_dependence" => {
                        view.add_dependence(variable, finding, names, levels);
                    }
                    (Some(variable), Finding::Disguise(found)) => {
                        let said = disguise(variable, found, names);
                        push(&mut remarks, (DISGUISED.to_owned(), said), &equation.equation);
                    }
                    (_, Finding::NotTestable { name, reason }) => {
                        let reason = reason.with_entity_names(&|id| names.spoken(id)).to_string();
                        let name = test_name(name, &line.key, diagnostics);
                        push(&mut remarks, (name, reason), &equation.equation);
                    }
                    _ => {
                        let Some(row) = line_row(line, levels) else { continue };
                        if !line.left_out.is_empty() {
                            let left_out: Vec<String> =
                                line.left_out.iter().map(|id| names.spoken(id)).collect();
                            let without = format!("without {}", left_out.join(", "));
                            push(&mut remarks, (row.name.clone(), without), &equation.equation);
                        }
                        let rank = keys.iter().position(|key| *key == line.key).unwrap_or(keys.len());
                        put(&mut rows, (rank, row), (at, diagnostics.len()));
                    }
                }
            }
        }
        // What holds of several equations is said once.
        view.remarks.extend(remarks.into_iter().map(|((name, remark), equations)| {
            let equations: Vec<String> = equations.iter().map(|id| format!("({id})")).collect();
            format!("{name}, {}: {remark}", equations.join(", "))
        }));
        rows.sort_by_key(|(rank, _)| *rank);
        view.specification = rows.into_iter().map(|(_, row)| row).collect();
        view.dependence.sort_by_key(|row| names.variable_rank(&row.variable.id));
        view
    }

    fn add_unit_roots(&mut self, tests: &[PanelUnitRoot], names: &Names, levels: &StarLevels) {
        let mut rows: Vec<(String, UnitRootRow)> = Vec::new();
        let mut notes: Vec<(String, Vec<String>)> = Vec::new();
        let mut reasons: Vec<((String, String), Vec<&str>)> = Vec::new();
        let changes = |variable: &str| match variable.strip_prefix("D.") {
            Some(level) => format!("Δ {level}"),
            None => variable.to_owned(),
        };
        self.deterministic = common_terms(tests);
        for one in tests {
            let variable = changes(&one.variable);
            let (name, cell) = match &one.outcome {
                TestOutcome::Test(test) => {
                    let bound = match one.bound {
                        Some(Bound::AtMost) => "at_most",
                        Some(Bound::AtLeast) => "at_least",
                        None => "",
                    };
                    (&test.name, TestCell { bound, df: String::new(), ..TestCell::new(test, levels) })
                }
                TestOutcome::NotTestable { name, reason } => {
                    let reason = reason.with_entity_names(&|id| names.spoken(id)).to_string();
                    push(&mut reasons, (variable.clone(), reason), name);
                    (name, TestCell::default())
                }
            };
            if !one.left_out.is_empty() {
                let left_out: Vec<String> = one.left_out.iter().map(|id| names.spoken(id)).collect();
                push(&mut reasons, (variable.clone(), format!("without {}", left_out.join(", "))), name);
            }
            // What a test that couldn't be made looked up on the way is nothing to a reader.
            for note in one.notes.iter().filter(|_| one.outcome.test().is_some()) {
                push(&mut notes, format!("{name}: {note}"), variable.clone());
            }
            let column = self.unit_root_tests.iter().position(|known| known == name).unwrap_or_else(|| {
                self.unit_root_tests.push(name.clone());
                self.unit_root_tests.len() - 1
            });
            if !rows.iter().any(|(variable, _)| *variable == one.variable) {
                let level = one.variable.strip_prefix("D.");
                let row = UnitRootRow {
                    variable: names.variable(level.unwrap_or(&one.variable)),
                    difference: level.is_some(),
                    cells: Vec::new(),
                };
                rows.push((one.variable.clone(), row));
            }
            if let Some((_, row)) = rows.iter_mut().find(|(variable, _)| *variable == one.variable) {
                row.cells.resize(row.cells.len().max(column + 1), TestCell::default());
                row.cells[column] = cell;
            }
        }
        for (_, row) in &mut rows {
            row.cells.resize(self.unit_root_tests.len(), TestCell::default());
        }
        // Levels first, then changes, each in the order of the variables.
        rows.sort_by_key(|(_, row)| row.difference);
        self.unit_roots = rows.into_iter().map(|(_, row)| row).collect();
        // What holds of all tests or of many variables is said once.
        let all = self.unit_root_tests.len();
        let why = reasons.into_iter().flat_map(|((variable, reason), tests)| {
            let tests = if tests.len() == all { vec!["all tests"] } else { tests };
            tests.into_iter().map(move |test| format!("{variable}, {test}: {reason}")).collect::<Vec<_>>()
        });
        self.unit_root_remarks.extend(why);
        let said = notes.into_iter().map(|(note, variables)| match variables.as_slice() {
            [first, .., last] if variables.len() > 3 => {
                format!("{note} ({} variables, {first} to {last})", variables.len())
            }
            few => format!("{note} ({})", few.join(", ")),
        });
        self.unit_root_remarks.extend(said);
    }

    fn add_dependence(&mut self, variable: &str, finding: &Finding, names: &Names, levels: &StarLevels) {
        if self.dependence.iter().any(|row| row.variable.id == variable) {
            return;
        }
        let cell = match finding {
            Finding::Test(test) => TestCell::new(test, levels),
            Finding::NotTestable { reason, .. } => {
                let reason = reason.with_entity_names(&|id| names.spoken(id));
                self.remarks.push(format!("{variable}, dependence between entities: {reason}"));
                TestCell::default()
            }
            Finding::Measure(_) | Finding::Variation(_) | Finding::Disguise(_) => return,
        };
        self.dependence.push(DependenceRow { variable: names.variable(variable), cell });
    }
}

/// What regressors are called that are another variable after the effects.
const DISGUISED: &str = "Regressor in disguise";

/// What a regressor is, after which effects, and whether it was made so.
fn disguise(variable: &str, found: &Disguise, names: &Names) -> String {
    let variable = names.spoken_variable(variable);
    let found = &Disguise { other: names.spoken_variable(&found.other), ..found.clone() };
    let after = found.effects.of_units();
    if found.on_purpose {
        format!("{variable} is {found} after {after}, as it was made ({})", found.made.join(", "))
    } else {
        format!("{variable} is {found} after {after} (correlation {})", fixed(found.correlation, 4))
    }
}

/// The row of a line, with the cell of one equation; none of what has no number.
fn line_row(line: &Diagnostic, levels: &StarLevels) -> Option<SpecificationTestRow> {
    let (name, null, law, cell) = match &line.finding {
        Finding::Test(test) => (&test.name, &test.null, law(&test.distribution), TestCell::new(test, levels)),
        Finding::Measure(Measure { name, reading, value }) => {
            let of = line.subject.clone().unwrap_or_default();
            (name, reading, "", TestCell { statistic: fixed(*value, 3), of, ..TestCell::default() })
        }
        Finding::Variation(_) | Finding::Disguise(_) | Finding::NotTestable { .. } => return None,
    };
    Some(SpecificationTestRow { name: capitalised(name), null: null.clone(), law, cells: vec![cell] })
}

/// The name of a test that couldn't be made: that which it has of an equation of which it could, else its own, or its key
/// where an older version wrote the line.
fn test_name(name: &str, key: &str, diagnostics: &[EquationDiagnostics]) -> String {
    let made = diagnostics.iter().flat_map(|equation| &equation.tests).find_map(|line| match &line.finding {
        Finding::Test(test) if line.key == key => Some(test.name.clone()),
        _ => None,
    });
    let own = || if name.is_empty() { format!("{} test", key.replace('_', " ")) } else { name.to_owned() };
    capitalised(&made.unwrap_or_else(own))
}

/// The deterministic terms of all tests; empty where they differ.
fn common_terms(tests: &[PanelUnitRoot]) -> &'static str {
    let Some(first) = tests.first() else { return "" };
    if tests.iter().any(|one| one.deterministic != first.deterministic) {
        return "";
    }
    match first.deterministic {
        Deterministic::None => "none",
        Deterministic::Intercept => "intercept",
        Deterministic::Trend => "trend",
    }
}

/// Adds a value to those of a key, in the order in which keys came up.
fn push<K: PartialEq, V>(groups: &mut Vec<(K, Vec<V>)>, key: K, value: V) {
    match groups.iter_mut().find(|(known, _)| *known == key) {
        Some((_, values)) => values.push(value),
        None => groups.push((key, vec![value])),
    }
}

/// Puts the one cell of a row into its equation's place. Of a measure that each regressor has, the largest stays.
fn put(
    rows: &mut Vec<(usize, SpecificationTestRow)>,
    (rank, row): (usize, SpecificationTestRow),
    (at, count): (usize, usize),
) {
    let place = rows.iter().position(|(_, known)| known.name == row.name).unwrap_or_else(|| {
        let cells = vec![TestCell::default(); count];
        rows.push((rank, SpecificationTestRow { cells, ..row.clone() }));
        rows.len() - 1
    });
    let value = |cell: &TestCell| cell.statistic.parse::<f64>().unwrap_or(f64::NEG_INFINITY);
    for cell in row.cells {
        let slot = &mut rows[place].1.cells[at];
        if slot.statistic.is_empty() || value(&cell) > value(slot) {
            *slot = cell;
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn law(distribution: &NullDistribution) -> &'static str {
    match distribution {
        NullDistribution::Normal { .. } => "normal",
        NullDistribution::ChiSquared { .. } => "chi_squared",
        NullDistribution::F { .. } => "f",
        _ => "other",
    }
}

fn degrees_of_freedom(distribution: &NullDistribution) -> String {
    match distribution {
        NullDistribution::ChiSquared { df }
        | NullDistribution::StudentT { df }
        | NullDistribution::StudentTTail { df, .. } => df.to_string(),
        NullDistribution::F { numerator, denominator } => format!("{numerator}, {denominator}"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use vintner_estimation::Reason;
    use vintner_estimation::unit_root::{FisherUnits, PanelTest, UnitRootNote};
    use vintner_panel::Label;

    use super::*;

    fn diagnostic(key: &str, subject: Option<&str>, finding: Finding) -> Diagnostic {
        Diagnostic {
            key: key.into(),
            test: None,
            subject: subject.map(str::to_owned),
            finding,
            left_out: Vec::new(),
        }
    }

    fn test(statistic: f64) -> Finding {
        Finding::Test(HypothesisTest::chi_squared("Hausman test", "none", statistic, 2.0).unwrap())
    }

    fn measure(value: f64) -> Finding {
        let (name, reading) = ("variance inflation factor".into(), "1 at best".into());
        Finding::Measure(Measure { name, reading, value })
    }

    #[test]
    fn tests_stand_in_rows_and_equations_in_columns() {
        let reason = Reason::IndefiniteDifference;
        let equation = |id: &str, tests| EquationDiagnostics {
            equation: id.into(),
            title: Label::new(format!("Equation {id}")),
            tests,
        };
        let first = vec![
            diagnostic("series_dependence", Some("z"), test(1.0)),
            diagnostic("hausman", None, Finding::NotTestable { name: "Hausman test".into(), reason }),
            diagnostic("variance_inflation", Some("x"), measure(3.25)),
            diagnostic("variance_inflation", Some("z"), measure(12.5)),
        ];
        let second = vec![
            diagnostic("series_dependence", Some("z"), test(1.0)),
            diagnostic("hausman", None, test(30.0)),
        ];
        let names = Names::new(&[], &[], "en");
        let equations = [equation("1", first), equation("2", second)];
        let view = TestsView::new(&[], &equations, &names, &StarLevels::default());
        assert_eq!(view.dependence.len(), 1);
        // In the order asked for, although the first equation has no Hausman test.
        let names: Vec<&str> = view.specification.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["Hausman test", "Variance inflation factor"]);
        let of = |name: &str| view.specification.iter().find(|row| row.name == name).unwrap();
        let hausman = of("Hausman test");
        assert_eq!((hausman.cells[0].statistic.as_str(), hausman.cells[1].stars.as_str()), ("", "***"));
        assert_eq!(hausman.cells[1].df, "2");
        let inflation = of("Variance inflation factor");
        assert_eq!((inflation.cells[0].statistic.as_str(), inflation.cells[0].of.as_str()), ("12.500", "z"));
        assert_eq!(view.remarks.len(), 1);
        assert!(view.remarks[0].starts_with("Hausman test, (1): the difference"), "{:?}", view.remarks);
    }

    fn unit_root(variable: &str, name: &str, made: bool) -> PanelUnitRoot {
        let reason = Reason::Entity { entity: "a".into(), reason: Box::new(Reason::IndefiniteDifference) };
        PanelUnitRoot {
            variable: variable.into(),
            test: PanelTest::MaddalaWu { units: FisherUnits::default() },
            deterministic: Deterministic::Intercept,
            outcome: if made {
                TestOutcome::Test(HypothesisTest::chi_squared(name, "a unit root", 9.0, 4.0).unwrap())
            } else {
                TestOutcome::NotTestable { name: name.into(), reason }
            },
            bound: None,
            critical_values: Vec::new(),
            bandwidth: None,
            adjustment: None,
            units: Vec::new(),
            left_out: Vec::new(),
            notes: vec![UnitRootNote::BeyondTable {
                table: "a table".into(),
                size: "T = 9".into(),
                entry: "10".into(),
            }],
        }
    }

    #[test]
    fn what_holds_of_all_tests_is_said_once() {
        let tests = [
            unit_root("x", "One", false),
            unit_root("x", "Two", false),
            unit_root("D.x", "One", false),
            unit_root("D.x", "Two", true),
            unit_root("z", "One", true),
            unit_root("z", "Two", true),
        ];
        let view = TestsView::new(&tests, &[], &Names::new(&[], &[], "en"), &StarLevels::default());
        assert_eq!(view.deterministic, "intercept");
        let why = format!("a: {}", Reason::IndefiniteDifference);
        // The table that a test looked into before it couldn't be made isn't spoken of.
        let remarks = [
            format!("x, all tests: {why}"),
            format!("Δ x, One: {why}"),
            "Two: T = 9 lies beyond a table, whose entry for 10 is used (Δ x, z)".to_owned(),
            "One: T = 9 lies beyond a table, whose entry for 10 is used (z)".to_owned(),
        ];
        assert_eq!(view.unit_root_remarks, remarks);
        let mut differing = tests.to_vec();
        differing[0].deterministic = Deterministic::Trend;
        let view = TestsView::new(&differing, &[], &Names::new(&[], &[], "en"), &StarLevels::default());
        assert_eq!(view.deterministic, "");
    }
}
