//! From models to the rows and columns of a table.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use vintner_diagnostics::did_you_mean;
use vintner_panel::Label;

use super::cells;
use super::former_name::called_today;
use super::model_cell::ModelCell;
use super::model_star::ModelStar;
use super::published::{Matched, ModelAgreement, printed_decimals, published_cell, published_statistic};
use super::results::{ModelResults, StatisticValue, TermResult};
use super::spec::{Below, ColumnSpec, Indicator, ModelTableSpec, PanelSpec, StatisticRow, fits_pattern};
use super::statistic::{STATISTICS, is_count};
use super::words::statistic_name;
use crate::error::{ReportingError, Result};
use crate::language::Language;
use crate::number_format::{percent, table_format};
use crate::wording::Wording;

/// The constant's name in results.
const INTERCEPT: &str = "(Intercept)";
/// Further names that other programs have for it.
const INTERCEPTS: [&str; 5] = [INTERCEPT, "Intercept", "const", "_cons", "constant"];

/// A table whose columns are models, laid out in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelTable {
    /// What addresses of its cells begin with: the stage or branch that made it.
    #[serde(default)]
    pub name: String,
    /// Its title; empty for none.
    pub title: String,
    /// Its panels, one at least.
    pub panels: Vec<ModelPanel>,
    /// What stands before the dependent variables.
    pub dependent: String,
    /// What stands under it, sentence by sentence.
    pub notes: Vec<String>,
    /// The stars with their levels, the strictest first.
    pub stars: Vec<ModelStar>,
    /// What says that the data are made up; empty where they aren't.
    pub synthetic: String,
    /// How it fares beside what was published; absent where nothing was.
    #[serde(default)]
    pub agreement: Option<ModelAgreement>,
}

/// Some columns with their rows. Where a table has more columns than fit beside one another, or several panels,
/// they stand below one another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelPanel {
    /// What it is called; empty for nothing.
    pub title: String,
    /// The columns.
    pub columns: Vec<ModelColumn>,
    /// Headings over neighbours.
    pub groups: Vec<ModelGroup>,
    /// Whether any heading over neighbours says something.
    pub grouped: bool,
    /// Whether any column has a label beside its number.
    pub labelled: bool,
    /// The rows.
    pub rows: Vec<ModelRow>,
}

/// A heading over neighbours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelGroup {
    /// What it says; empty for nothing.
    pub text: String,
    /// How many columns it stands over.
    pub count: usize,
    /// The first of them, the names of rows being the first column of the table.
    pub first: usize,
    /// The last of them.
    pub last: usize,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelColumn {
    /// `(1)`, counted through all panels.
    pub number: String,
    /// Its label; empty for none.
    pub label: String,
    /// The dependent variable; empty where it isn't known.
    pub dependent: String,
    /// Where its model comes from.
    #[serde(default)]
    pub model: ModelSource,
    /// How wide its numbers are, as siunitx says it.
    pub format: String,
    /// The most stars that one has.
    pub stars: String,
    /// The widest that stands before a number in brackets.
    pub open: String,
    /// The widest that stands after one.
    pub close: String,
}

/// Where a column's model comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelSource {
    /// The input of the table's stage that brings it.
    pub input: String,
    /// The branch of the input; empty where there are none.
    pub branch: String,
    /// Its name among those of the input; empty where there is only one.
    pub model: String,
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Coefficients.
    Estimate,
    /// What stands below coefficients.
    Below,
    /// What was published.
    Published,
    /// Whether models have something.
    Indicator,
    /// A statistic of the models.
    Statistic,
}

/// A row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelRow {
    /// What it is about.
    pub kind: RowKind,
    /// Whether a rule stands over it.
    pub begins: bool,
    /// Its name; empty for what stands below a coefficient.
    pub name: String,
    /// The coefficient or statistic that it is about, as results name it.
    pub id: String,
    /// A cell for each column.
    pub cells: Vec<ModelCell>,
}

impl ModelTable {
    /// Lays a table out.
    ///
    /// # Errors
    /// [`ReportingError::ModelTable`] where there is no model or no coefficient left, and where a pattern, a
    /// statistic or an effect that is named is in none of the models.
    pub fn new(spec: &ModelTableSpec, wording: &Wording, language: Language) -> Result<Self> {
        let all: Vec<&ColumnSpec> = spec.panels.iter().flat_map(|panel| &panel.columns).collect();
        let published = Matched::new(&spec.published, &all)?;
        let agreement = (!published.is_empty()).then(|| published.agreement(&all, &spec.star_levels));
        let layout = Layout { spec, wording, language, published };
        layout.check()?;
        let mut panels = Vec::new();
        let mut first = 1;
        for (at, panel) in spec.panels.iter().enumerate() {
            let title = match spec.panels.len() {
                1 => language.of(&panel.title).to_owned(),
                _ => layout.lettered(at, &panel.title)?,
            };
            for (part, columns) in panel.columns.chunks(spec.parts.0.max(1)).enumerate() {
                let title = if part == 0 { title.clone() } else { String::new() };
                panels.push(layout.panel(title, columns, first)?);
                first += columns.len();
            }
        }
        Ok(Self {
            name: spec.name.clone(),
            title: language.of(&spec.title).to_owned(),
            dependent: wording.line("dependent", &[])?,
            notes: layout.notes(&panels, agreement.as_ref())?,
            stars: spec
                .star_levels
                .legend()
                .into_iter()
                .map(|(stars, level)| ModelStar {
                    stars: stars.to_string(),
                    level: level.to_string(),
                    percent: percent(level),
                })
                .collect(),
            synthetic: match spec.synthetic {
                true => wording.line("synthetic", &[])?,
                false => String::new(),
            },
            agreement,
            panels,
        })
    }
}

/// A table that is being laid out.
pub(super) struct Layout<'a> {
    pub(super) spec: &'a ModelTableSpec,
    pub(super) wording: &'a Wording,
    pub(super) language: Language,
    pub(super) published: Matched<'a>,
}

impl Layout<'_> {
    pub(super) fn columns(&self) -> impl Iterator<Item = &ColumnSpec> {
        self.spec.panels.iter().flat_map(|panel| &panel.columns)
    }

    fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(ReportingError::ModelTable { message });
        if self.columns().next().is_none() {
            return refuse("a table of models needs a model".into());
        }
        let terms: BTreeSet<&str> =
            self.columns().flat_map(|column| &column.results.terms).map(|term| term.term.as_str()).collect();
        let asked = [("keep", &self.spec.keep), ("drop", &self.spec.drop), ("order", &self.spec.order)];
        let of_indicators = self.spec.indicators.iter().flat_map(|indicator| &indicator.terms);
        let patterns = asked.iter().flat_map(|(what, patterns)| patterns.iter().map(move |one| (*what, one)));
        for (what, pattern) in patterns.chain(of_indicators.map(|one| ("indicators", one))) {
            if !terms.iter().any(|term| fits_pattern(pattern, term)) {
                return refuse(unknown(
                    &format!("`{what}` names `{pattern}`, which fits no coefficient"),
                    pattern,
                    &terms,
                ));
            }
        }
        let effects: BTreeSet<&str> = self.columns().flat_map(|column| column.results.effects()).collect();
        let dependents = self.columns().filter_map(|column| column.results.dependent());
        let keys = ["entity", "time"];
        let named: BTreeSet<&str> =
            terms.iter().chain(&effects).copied().chain(dependents).chain(keys).collect();
        for label in self.spec.labels.keys() {
            if !named.contains(label.as_str()) {
                return refuse(unknown(
                    &format!(
                        "`labels` names `{label}`, which is no coefficient, dependent variable or effect"
                    ),
                    label,
                    &named,
                ));
            }
        }
        for effect in self.spec.indicators.iter().flat_map(|indicator| &indicator.effects) {
            if !effects.contains(effect.as_str()) {
                return refuse(unknown(
                    &format!("`indicators` names the effect `{effect}`, which no model absorbs"),
                    effect,
                    &effects,
                ));
            }
        }
        let there: BTreeSet<&str> =
            self.columns().flat_map(|column| column.results.statistics.keys()).map(String::as_str).collect();
        for row in self.spec.statistics.iter().flatten() {
            let (StatisticRow::Named(name) | StatisticRow::Labelled { name, .. }) = row;
            if !there.contains(name.as_str()) {
                return refuse(unknown(
                    &format!("`statistics` names `{name}`, which no model has"),
                    name,
                    &there,
                ));
            }
        }
        if terms.iter().all(|term| !self.is_shown(term)) && !terms.is_empty() {
            return refuse("`keep`, `drop` and `indicators` leave no coefficient to show".into());
        }
        Ok(())
    }

    fn lettered(&self, at: usize, title: &Label) -> Result<String> {
        let letter = u8::try_from(at).ok().and_then(|at| b'A'.checked_add(at)).filter(u8::is_ascii_uppercase);
        let letter = letter.map_or_else(|| (at + 1).to_string(), |letter| char::from(letter).to_string());
        self.wording.line("panel", &[("letter", &letter), ("title", self.language.of(title))])
    }

    pub(super) fn is_shown(&self, term: &str) -> bool {
        let any = |patterns: &[String]| patterns.iter().any(|pattern| fits_pattern(pattern, term));
        (self.spec.keep.is_empty() || any(&self.spec.keep))
            && !any(&self.spec.drop)
            && !self.spec.indicators.iter().any(|indicator| any(&indicator.terms))
    }

    /// The coefficients of some columns: those that are ordered first, then as the models have them, the constant last.
    fn terms<'c>(&self, columns: &'c [ColumnSpec]) -> Vec<&'c str> {
        let mut found: Vec<&str> = Vec::new();
        for term in columns.iter().flat_map(|column| &column.results.terms) {
            if self.is_shown(&term.term) && !found.contains(&term.term.as_str()) {
                found.push(&term.term);
            }
        }
        let rank = |term: &str| {
            let ordered = self.spec.order.iter().position(|pattern| fits_pattern(pattern, term));
            match ordered {
                Some(at) => (0, at),
                None if INTERCEPTS.contains(&term) => (2, 0),
                None => (1, 0),
            }
        };
        found.sort_by_key(|term| rank(term));
        found
    }

    fn panel(&self, title: String, columns: &[ColumnSpec], first: usize) -> Result<ModelPanel> {
        let mut rows = Vec::new();
        for terms in self.rows_of_terms(columns) {
            let Some(term) = terms.first().copied() else { continue };
            let of_columns: Vec<Option<&TermResult>> = columns
                .iter()
                .map(|column| column.results.terms.iter().find(|one| terms.contains(&one.term.as_str())))
                .collect();
            let cells = |cell: &dyn Fn(&TermResult) -> ModelCell| -> Vec<ModelCell> {
                of_columns.iter().map(|found| found.map(cell).unwrap_or_default()).collect()
            };
            let levels = &self.spec.star_levels;
            // As many as were printed of it, so that a reader sees both agree.
            let printed = (0..columns.len())
                .flat_map(|at| {
                    terms.iter().filter_map(move |term| self.published.of_term(first - 1 + at, term))
                })
                .map(printed_decimals);
            let digits = printed.fold(self.spec.digits, usize::max);
            rows.push(ModelRow {
                kind: RowKind::Estimate,
                begins: false,
                name: self.term_name(term)?,
                id: term.to_owned(),
                cells: cells(&|found| cells::estimate(found, digits, levels)),
            });
            if self.spec.below != Below::None {
                rows.push(ModelRow {
                    kind: RowKind::Below,
                    begins: false,
                    name: String::new(),
                    id: term.to_owned(),
                    cells: cells(&|found| cells::below(found, self.spec.below, self.spec.brackets, digits)),
                });
            }
            let of = |(at, found): (usize, &Option<&TermResult>)| {
                let row = terms.iter().find_map(|term| self.published.of_term(first - 1 + at, term));
                row.map(|row| published_cell(row, *found)).unwrap_or_default()
            };
            rows.extend(self.published_row(term, of_columns.iter().enumerate().map(of).collect())?);
        }
        let indicators = self.indicators(columns)?;
        let mut statistics = Vec::new();
        for row in self.statistics(columns) {
            let of = |(at, column): (usize, &ColumnSpec)| {
                let printed = self.published.of_model(first - 1 + at, &row.id);
                let own = column.results.statistics.get(&row.id);
                printed.map(|printed| published_statistic(printed, own)).unwrap_or_default()
            };
            let published = self.published_row(&row.id, columns.iter().enumerate().map(of).collect())?;
            statistics.push(row);
            statistics.extend(published);
        }
        for block in [indicators, statistics] {
            let begins = rows.len();
            rows.extend(block);
            if let Some(row) = rows.get_mut(begins) {
                row.begins = true;
            }
        }
        let heads = columns.iter().enumerate().map(|(at, column)| self.head(column, first + at, at, &rows));
        let heads: Vec<ModelColumn> = heads.collect::<Result<_>>()?;
        let groups = groups(columns, self.language);
        Ok(ModelPanel {
            title,
            grouped: groups.iter().any(|group| !group.text.is_empty()),
            labelled: heads.iter().any(|head| !head.label.is_empty()),
            columns: heads,
            groups,
            rows,
        })
    }

    /// The coefficients of some columns, those of one label together where no model has two of them: programs call the
    /// same coefficient otherwise.
    fn rows_of_terms<'c>(&self, columns: &'c [ColumnSpec]) -> Vec<Vec<&'c str>> {
        let mut rows: Vec<Vec<&str>> = Vec::new();
        for term in self.terms(columns) {
            let is_same = |row: &Vec<&str>| {
                let label = self.label(term);
                let own = row.first().and_then(|first| self.label(first));
                let both_constants =
                    INTERCEPTS.contains(&term) && row.iter().all(|one| INTERCEPTS.contains(one));
                let both_names = row.iter().all(|one| plain_name(one) == plain_name(term));
                let one_name = both_constants || both_names || (label.is_some() && label == own);
                one_name
                    && !columns.iter().any(|column| {
                        let has = |wanted: &str| column.results.terms.iter().any(|one| one.term == wanted);
                        has(term) && row.iter().any(|one| has(one))
                    })
            };
            match rows.iter_mut().find(|row| is_same(row)) {
                Some(row) => row.push(term),
                None => rows.push(vec![term]),
            }
        }
        rows
    }

    /// A row of what was published, where anything was.
    fn published_row(&self, id: &str, cells: Vec<ModelCell>) -> Result<Option<ModelRow>> {
        if cells.iter().all(ModelCell::is_empty) {
            return Ok(None);
        }
        let name = self.wording.line("published", &[])?;
        Ok(Some(ModelRow { kind: RowKind::Published, begins: false, name, id: id.to_owned(), cells }))
    }

    /// A label of a coefficient, a variable or an effect, where it has one.
    fn label(&self, id: &str) -> Option<&str> {
        let exact = self.spec.labels.get(id).or_else(|| self.spec.variables.get(id));
        // What another program calls otherwise.
        let same = || {
            let mut labels = self.spec.labels.iter();
            labels.find(|(name, _)| plain_name(name) == plain_name(id)).map(|(_, label)| label)
        };
        exact.or_else(same).map(|label| self.language.of(label))
    }

    pub(super) fn term_name(&self, term: &str) -> Result<String> {
        match self.label(term) {
            Some(label) => Ok(label.to_owned()),
            None if INTERCEPTS.contains(&term) => self.wording.line("intercept", &[]),
            None => Ok(term.to_owned()),
        }
    }

    fn head(&self, column: &ColumnSpec, number: usize, at: usize, rows: &[ModelRow]) -> Result<ModelColumn> {
        let cells: Vec<&ModelCell> = rows.iter().filter_map(|row| row.cells.get(at)).collect();
        let numbers = cells.iter().filter(|cell| !cell.is_words).map(|cell| cell.text.as_str());
        let widest = |of: fn(&ModelCell) -> &String| {
            let numbers = cells.iter().filter(|cell| !cell.is_words);
            numbers.map(|cell| of(cell)).max_by_key(|text| text.len()).cloned().unwrap_or_default()
        };
        let dependent = column.results.dependent().unwrap_or_default();
        let dependent = self.label(dependent).unwrap_or(dependent);
        Ok(ModelColumn {
            number: self.wording.line("number", &[("n", &number.to_string())])?,
            label: self.language.of(&column.label).to_owned(),
            dependent: dependent.to_owned(),
            model: ModelSource {
                input: column.name.clone(),
                branch: column.branch.clone(),
                model: column.results.model.clone(),
            },
            format: table_format(numbers),
            stars: widest(|cell| &cell.stars),
            open: widest(|cell| &cell.open),
            close: widest(|cell| &cell.close),
        })
    }

    fn indicators(&self, columns: &[ColumnSpec]) -> Result<Vec<ModelRow>> {
        let (yes, no) = (self.wording.line("yes", &[])?, self.wording.line("no", &[])?);
        let row = |name: String, id: &str, has: &dyn Fn(&ModelResults) -> bool| ModelRow {
            kind: RowKind::Indicator,
            begins: false,
            name,
            id: id.to_owned(),
            cells: columns
                .iter()
                .map(|column| ModelCell::words(if has(&column.results) { &yes } else { &no }))
                .collect(),
        };
        let mut rows = Vec::new();
        for indicator in &self.spec.indicators {
            let name = self.language.of(&indicator.label).to_owned();
            rows.push(row(name, &indicator.label.en, &|model| has(indicator, model)));
        }
        if self.spec.effects {
            let mut effects: Vec<&str> = Vec::new();
            for effect in columns.iter().flat_map(|column| column.results.effects()) {
                let named =
                    self.spec.indicators.iter().any(|one| one.effects.iter().any(|own| own == effect));
                if !named && !effects.contains(&effect) {
                    effects.push(effect);
                }
            }
            for effect in effects {
                let name = self.effect_name(effect)?;
                let name = self.wording.line("effects", &[("effect", &name)])?;
                rows.push(row(name, effect, &|model| model.effects().contains(&effect)));
            }
        }
        Ok(rows)
    }

    fn statistics(&self, columns: &[ColumnSpec]) -> Vec<ModelRow> {
        let usual: Vec<StatisticRow>;
        let asked = match &self.spec.statistics {
            Some(asked) => asked,
            None => {
                usual = self.usual_statistics();
                &usual
            }
        };
        let rows = asked.iter().map(|row| {
            let (name, label, digits) = match row {
                StatisticRow::Named(name) => (name, None, None),
                StatisticRow::Labelled { name, label, digits } => {
                    (name, Some(label).filter(|label| !label.is_empty()), *digits)
                }
            };
            let digits = digits.unwrap_or(self.spec.digits);
            let cell = |column: &ColumnSpec| {
                let cell = cells::statistic(&column.results, name, digits);
                match cell.value {
                    None if cell.is_words => {
                        ModelCell::words(&self.wording.said(&self.with_names_of_keys(&cell.text)))
                    }
                    _ => cell,
                }
            };
            ModelRow {
                kind: RowKind::Statistic,
                begins: false,
                name: label
                    .map_or_else(|| self.statistic_name(name), |label| self.language.of(label).to_owned()),
                id: name.clone(),
                cells: columns.iter().map(cell).collect(),
            }
        });
        // A part of the columns may have nothing of what others have.
        rows.filter(|row| row.cells.iter().any(|cell| !cell.is_empty())).collect()
    }

    /// What a statistic is called; counts of entities and times by the names of these, where labels give them.
    fn statistic_name(&self, name: &str) -> String {
        let key = match name {
            "n_entities" => self.label("entity"),
            "n_times" => self.label("time"),
            _ => None,
        };
        key.and_then(|key| self.wording.line("counted", &[("name", &within_words(key))]).ok())
            .unwrap_or_else(|| statistic_name(self.wording, name))
    }

    /// Words in which entities and times go by the names that labels give them: `clustered by firm`.
    fn with_names_of_keys(&self, words: &str) -> String {
        let named = |word: &str| match word {
            "entity" | "time" => self.label(word).map_or_else(|| word.to_owned(), within_words),
            _ => word.to_owned(),
        };
        words.split(' ').map(named).collect::<Vec<_>>().join(" ")
    }

    /// Errors where models differ in them or have others than the classical; observations; R2 and what goes with
    /// instruments and dynamic panels, where any model has it.
    fn usual_statistics(&self) -> Vec<StatisticRow> {
        let any = |name: &str| self.columns().any(|column| column.results.statistics.contains_key(name));
        let errors: BTreeSet<&str> = self
            .columns()
            .filter_map(|column| column.results.statistics.get("errors").and_then(|errors| errors.as_text()))
            .collect();
        let words = (errors.iter().any(|errors| *errors != "classical")).then_some("errors");
        let shown = |name: &&str| {
            is_count(name) && *name != "n_times"
                || matches!(
                    *name,
                    "r_squared"
                        | "r_squared_adjusted"
                        | "r_squared_within"
                        | "pseudo_r_squared"
                        | "first_stage_f"
                        | "hansen_j"
                        | "hansen_j_p_value"
                        | "ar1_p_value"
                        | "ar2_p_value"
                )
        };
        // What is fitted by its likelihood has no R2.
        let by_likelihood = |column: &ColumnSpec| {
            let has = |name: &str| column.results.statistics.contains_key(name);
            has("log_likelihood") && !has("r_squared") && !has("pseudo_r_squared")
        };
        let by_likelihood = self.columns().any(by_likelihood);
        let usual =
            STATISTICS.into_iter().filter(|name| shown(name) || (by_likelihood && *name == "log_likelihood"));
        words
            .into_iter()
            .chain(usual)
            .filter(|name| any(name) && !(*name == "n_entities" && self.is_cross_section()))
            .map(|name| StatisticRow::Named(name.into()))
            .collect()
    }

    /// Whether each entity is observed once in all models, so that there are as many as rows.
    fn is_cross_section(&self) -> bool {
        self.columns().all(|column| {
            let number = |name: &str| match column.results.statistics.get(name) {
                Some(StatisticValue::Number(number)) => Some(*number),
                _ => None,
            };
            number("n_entities").is_none_or(|entities| number("n_obs") == Some(entities))
        })
    }

    /// What an absorbed effect is called.
    pub(super) fn effect_name(&self, effect: &str) -> Result<String> {
        match (self.label(effect), effect) {
            (Some(label), _) => Ok(label.to_owned()),
            (None, "entity" | "time") => self.wording.line(effect, &[]),
            (None, _) => Ok(effect.to_owned()),
        }
    }
}

/// A category's name without the signs that programs put between the variable and its value: `unionyes` of R's `lm` and of
/// formulas here, `union::yes` of `i(union)` and fixest, `union[T.yes]` of Python's formulas.
fn plain_name(term: &str) -> Cow<'_, str> {
    if !term.contains("::") && !term.contains("[T.") {
        return Cow::Borrowed(term);
    }
    Cow::Owned(term.replace("::", "").replace("[T.", "").replace(']', ""))
}

/// Whether a model has what an indicator stands for.
fn has(indicator: &Indicator, model: &ModelResults) -> bool {
    let by_term = indicator
        .terms
        .iter()
        .any(|pattern| model.terms.iter().any(|term| fits_pattern(pattern, &term.term)));
    by_term || indicator.effects.iter().any(|effect| model.effects().contains(&effect.as_str()))
}

fn groups(columns: &[ColumnSpec], language: Language) -> Vec<ModelGroup> {
    let mut groups: Vec<ModelGroup> = Vec::new();
    for (column, at) in columns.iter().zip(2..) {
        let text = language.of(&column.group);
        match groups.last_mut() {
            Some(last) if last.text == text => {
                last.count += 1;
                last.last = at;
            }
            _ => groups.push(ModelGroup { text: text.to_owned(), count: 1, first: at, last: at }),
        }
    }
    groups
}

fn unknown(what: &str, asked: &str, available: &BTreeSet<&str>) -> String {
    let plain = asked.trim_matches('*');
    let near = called_today(asked, available.iter().copied()).or_else(|| {
        let near = did_you_mean(plain, available.iter().copied())?;
        Some(format!(", did you mean `{near}`?"))
    });
    let near = near.unwrap_or_default();
    let listed: Vec<&str> = available.iter().copied().take(20).collect();
    let more = match available.len().saturating_sub(listed.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match listed.is_empty() {
        true => format!("{what}{near}; there are none"),
        false => format!("{what}{near}; there are {}{more}", listed.join(", ")),
    }
}

impl PanelSpec {
    /// Columns without a title of their own.
    pub fn untitled(columns: Vec<ColumnSpec>) -> Self {
        Self { title: Label::default(), columns }
    }
}

/// A label within words: `City` is `city`, `GDP` stays.
pub(super) fn within_words(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_have_one_name_whichever_program_wrote_it() {
        for term in ["unionyes", "union::yes", "union[T.yes]"] {
            assert_eq!(plain_name(term), "unionyes");
        }
        assert_eq!(plain_name("region::a:union[T.yes]"), "regiona:unionyes");
        assert_eq!(plain_name("x[1]"), "x[1]");
    }
}
