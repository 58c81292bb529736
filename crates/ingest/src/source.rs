//! One source of a vintage: a file, and how to read it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::{Frequency, Label, PeriodReading};

use crate::correction::Correction;
use crate::era::{self, Era};
use crate::fold::fold;
use crate::format::Format;
use crate::layout::Layout;
use crate::number_rule::NumberRule;
use crate::query::Query;
use crate::year::{YearReading, YearSpan};

/// One entry under `sources` in a manifest. All of it is part of a cached result's key, so it
/// serialises with its fields in a fixed order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Its name, unique in the vintage.
    pub name: String,
    /// The file, relative to the vintage's raw folder; of a source of many files the pattern of their names, in
    /// which `*` stands for anything and `{column}` for the value of a column.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// The file's SHA-256 checksum, 64 hex digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sha256: String,
    /// Of a source of many files: each with its checksum.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Columns that the table hasn't, each with the text that stands in all its rows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub given: BTreeMap<String, String>,
    /// The file's format.
    pub format: Format,
    /// For text, and for Stata files of before version 14: any label of the WHATWG Encoding Standard (`utf-8`,
    /// `gb18030`, `big5`, …).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// For text: one character; a comma for csv, a tab for tsv unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<String>,
    /// For text: lines that begin with this are skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// For text: spaces behind a delimiter are no part of the field, so that a quotation mark behind them opens a quoted one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skip_initial_space: bool,
    /// For workbooks: the sheet; the first unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// For workbooks: several sheets alike, each a table of its own. The name of each is the value of the column
    /// `sheet`, which keys and conditions may name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<String>,
    /// The row of the column headers as a reader of the file counts, from 1. In text it may be a
    /// comment or blank: the first row from there on that is neither counts.
    #[serde(default = "first_row")]
    pub header_row: u32,
    /// How many rows the header has.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub header_rows: u32,
    /// What stands between the texts of several header rows where they are one name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header_join: Option<String>,
    /// How many rows under the header are no data: codes, units.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skip_rows: u32,
    /// Columns that hold several keys in one text, and what divides these; the header is divided by the same.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub split: BTreeMap<String, String>,
    /// The table's last row, where something else (notes, another table) stands under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_row: Option<u32>,
    /// Where the table keeps entities, years and values.
    #[serde(default)]
    pub layout: Layout,
    /// The column of entity names; none for a series without entities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// Columns that name an entity together with that of `entity`: the other country of a pair, the industry of a
    /// country. An entity's name is theirs with colons between: `DEU:FRA`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entity_with: Vec<String>,
    /// The column of years. In a wide table whose headers are months, quarters or halves of a year: that of the year of
    /// each row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Columns that divide the year of a time: that of its quarter, or those of its month and its day. The year stands in
    /// the column `time` or, in a wide table, in the headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub within_year: Vec<String>,
    /// Texts that stand where times do and are none, such as a year's mean beside its months: their rows are left unread
    /// and counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_times: Vec<String>,
    /// How times are to be read that are quarters, months or any other periods than years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<PeriodReading>,
    /// Which year `2019/20` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year_span: Option<YearSpan>,
    /// The era of years that don't name one: 108年 is 2019 of `minguo`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub era: Option<Era>,
    /// The year of every value, for a cross-section without a column of years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// The column of a further key within entity and year, such as an industry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// In a wide table of several variables: the column that names the row's variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variable_column: Option<String>,
    /// The variables.
    pub columns: Vec<ValueColumn>,
    /// What stands for a missing value beside an empty cell ("--", "…", "NA", "#N/A", "-99").
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How its numbers are written.
    #[serde(default, skip_serializing_if = "NumberRule::is_empty")]
    pub numbers: NumberRule,
    /// The first and last year that the file covers. A year outside is a mistake in the file; a
    /// year inside that the analysis doesn't use is left unread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<[i32; 2]>,
    /// Years within what it covers that it hasn't.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gap_years: Vec<i32>,
    /// Of one part of many, which Vintner makes: what all have together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    pub promised: Option<Promised>,
    /// What to do with entities that the crosswalk doesn't know. Where it isn't said their rows are left unread, and
    /// each of them is listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outside: Option<Outside>,
    /// Names that are known to be none of the crosswalk's entities: their rows are left unread and counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_entities: Vec<String>,
    /// How the case of names counts.
    #[serde(default, skip_serializing_if = "NameCase::is_kept")]
    pub case: NameCase,
    /// What to do with a second value for the same entity, year, category and variable.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// Only rows with these texts in these columns are read.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub rows_where: BTreeMap<String, String>,
    /// What to do with hidden rows, columns and sheets; they are read where nothing is said, and a warning names them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hidden: Option<HiddenCells>,
    /// Columns of keys whose blank cells mean what another cell says, by header.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fill: BTreeMap<String, Fill>,
    /// Headings on rows of their own, each of which holds for the rows under it: columns that the table hasn't, the
    /// outermost first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// What merged cells under the header hold. Where nothing is said, cells that may hold what is shown are faults
    /// where they are read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged: Option<MergedCells>,
    /// Cells of the file that are wrong, and what is read instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
    /// Whether columns whose values have labels are read as labels or as codes, by header. Where nothing is said,
    /// keys and texts are read as labels and numbers as codes, and a warning says so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub value_labels: BTreeMap<String, ValueLabels>,
    /// How to cite it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub citation: Option<Label>,
    /// Under what terms it may be used and passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<Label>,
    /// How others come by it: where, whom they ask, what it costs, how long it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<Label>,
    /// Whether the file may be given to others; where nothing is said, what the manifest says of all sources.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redistribution: Option<Redistribution>,
    /// Whom to ask about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Its digital object identifier, as `10.1016/j.scib.2022.08.024`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doi: Option<String>,
    /// Where it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Where it is kept as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived_url: Option<String>,
    /// What asks a service or a database for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<Query>,
    /// What a user should know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A column that the table hasn't: each row's heading, which stands on a row of its own above it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What keys, conditions and variables of text call the column.
    pub name: String,
    /// The column in which the headings stand, each the only text of its row.
    pub column: String,
    /// The headings, as they are written.
    pub headings: Vec<String>,
    /// Texts that stand alone in a row as well and are none: notes, names without a value. Their rows are left unread and
    /// counted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_headings: Vec<String>,
    /// What rows are of above which none stands; of a level within another, none since the other's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

/// The years that the files or sheets of a source have together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promised {
    /// The source's name.
    pub source: String,
    /// How many parts it has.
    pub parts: usize,
    /// Years that none of them has.
    pub gap_years: Vec<i32>,
}

/// What stands for a time in the pattern of a header.
pub(crate) const TIME_WITHIN: &str = "{time}";

fn first_row() -> u32 {
    1
}

fn one() -> u32 {
    1
}

fn is_one(count: &u32) -> bool {
    *count == 1
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// One variable of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValueColumn {
    /// In a long table the column's header; in a wide table with a `variable_column` the text in
    /// that column; nothing in a table of a single variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The variable's id.
    pub variable: String,
    /// What its cells hold.
    #[serde(default, rename = "type", skip_serializing_if = "ValueKind::is_number")]
    pub kind: ValueKind,
    /// The unit of the tidy value, after `scale`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// What the number in the cell is multiplied by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// The least and the largest value that can be right, both included, in `unit` (after
    /// `scale`); `null` where one side is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[Option<f64>; 2]>,
    /// Whether cells in percent beside plain numbers are right as they are held (12.5% as 0.125).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mixed_percent: bool,
    /// Codes for a missing value in this column, beside the source's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How its numbers are written; goes before what the source says.
    #[serde(default, skip_serializing_if = "NumberRule::is_empty")]
    pub numbers: NumberRule,
}

/// What the cells of a variable hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ValueKind {
    /// Numbers.
    #[default]
    Number,
    /// Whole numbers of up to 64 bits, kept to the last digit.
    Integer,
    /// Text, such as a category.
    Text,
}

impl ValueKind {
    fn is_number(&self) -> bool {
        *self == ValueKind::Number
    }
}

/// Whether a file may be given to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Redistribution {
    /// It may.
    Yes,
    /// It may not, but what is computed from it may.
    Derived,
    /// It may not, nor may values computed from it observation by observation.
    No,
}

/// What to do with cells that are hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HiddenCells {
    /// Read them as all others.
    Read,
    /// Leave them out.
    Skip,
}

/// What cells hold that are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MergedCells {
    /// Each of them what is shown.
    Fill,
    /// The first of them what is shown, the others nothing.
    First,
}

/// What a blank cell of a key means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Fill {
    /// What the nearest filled cell above it says.
    Down,
    /// Of times: cells that name a part of a year alone are of the year that the nearest cell above them names.
    Year,
}

/// What of a value that has a label is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ValueLabels {
    /// The label.
    Labels,
    /// The number behind it.
    Codes,
}

/// What to do with entities that the crosswalk doesn't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outside {
    /// Leave their rows unread.
    #[default]
    Drop,
    /// Keep them under their name, less the prefixes and suffixes that the crosswalk declares.
    Keep,
    /// Report each as a fault.
    Error,
}

/// How the case of names counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NameCase {
    /// FRANCE isn't France.
    #[default]
    Keep,
    /// FRANCE is France.
    Ignore,
}

impl NameCase {
    fn is_kept(&self) -> bool {
        *self == NameCase::Keep
    }
}

/// What to do with a second value for the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Duplicates {
    /// Report it as a fault.
    #[default]
    Error,
    /// Keep the first row's value, count the others and warn.
    First,
    /// Keep all: each row is an observation of somebody new, called by its row in the file.
    Keep,
}

impl Source {
    /// Whether each record has one variable, which a column or a header names.
    pub(crate) fn is_by_variable(&self) -> bool {
        self.variable_column.is_some() || self.has_variables_across()
    }

    /// Whether headers name variables beside the years.
    pub(crate) fn has_variables_across(&self) -> bool {
        let named = self.columns.iter().any(|column| column.column.is_some());
        let by_header = self.layout == Layout::Wide && self.variable_column.is_none();
        by_header && named && (self.header_rows > 1 || self.has_times_within())
    }

    /// Whether headers hold a variable and a time in one text, as `gdp_1997`, by the pattern of a column: `gdp_{time}`.
    pub(crate) fn has_times_within(&self) -> bool {
        let is_pattern =
            |column: &ValueColumn| column.column.as_ref().is_some_and(|text| text.contains(TIME_WITHIN));
        self.layout == Layout::Wide && self.columns.iter().any(is_pattern)
    }

    /// Whether headers are months, quarters or halves of the year that stands in each row.
    pub(crate) fn has_years_down(&self) -> bool {
        self.layout == Layout::Wide && self.time.is_some()
    }

    /// Whether rows are months, quarters or days of the years that headers name.
    pub(crate) fn has_parts_down(&self) -> bool {
        self.layout == Layout::Wide && self.time.is_none() && !self.within_year.is_empty()
    }

    /// How the texts in the column of times, or in the headers of a wide table, are periods; nothing where they are years
    /// that something else divides.
    pub(crate) fn period_of_times(&self) -> Option<PeriodReading> {
        self.period.filter(|_| !self.has_years_down() && self.within_year.is_empty())
    }

    /// How years are read.
    pub(crate) fn years(&self) -> YearReading {
        YearReading {
            span: self.year_span,
            era: self.era,
            century: self.period.and_then(|period| period.century),
        }
    }

    /// Whether times are parts of years.
    pub(crate) fn times_are_parts(&self) -> bool {
        let frequency = self.period_of_times().and_then(|period| period.frequency);
        frequency.is_some_and(|frequency| frequency != Frequency::Year)
    }

    /// The text of a period, with the year of an era as one of the common calendar.
    pub(crate) fn in_common_years<'t>(&self, text: &'t str) -> Cow<'t, str> {
        // Without a name of an era and without any declared there is nothing to fold for.
        if self.era.is_none() && text.starts_with(|character: char| character.is_ascii_digit()) {
            return Cow::Borrowed(text);
        }
        era::in_common_years(&fold(text), self.era).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// What divides the texts of several header rows where they are one name.
    pub(crate) fn header_separator(&self) -> &str {
        self.header_join.as_deref().unwrap_or(" | ")
    }

    /// What becomes of entities that the crosswalk doesn't know.
    pub fn outside(&self) -> Outside {
        self.outside.unwrap_or_default()
    }

    /// Whether each row is an observation of somebody new: where nothing says whose it is, and no time either or
    /// several rows a time.
    pub fn has_observations(&self) -> bool {
        let timeless = self.time.is_none() && self.year.is_none();
        self.layout == Layout::Long
            && self.entity.is_none()
            && (timeless || self.duplicates == Duplicates::Keep)
    }

    /// The columns of its keys, as far as it names any.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &String> {
        let one = [&self.entity, &self.time, &self.category, &self.variable_column];
        one.into_iter().flatten().chain(&self.entity_with).chain(&self.within_year)
    }

    /// The encoding's label, `utf-8` unless said otherwise.
    pub fn encoding_label(&self) -> &str {
        self.encoding.as_deref().unwrap_or("utf-8")
    }

    /// The character between fields of a text file.
    pub fn delimiter_character(&self) -> char {
        let default = if self.format == Format::Tsv { '\t' } else { ',' };
        self.delimiter.as_deref().and_then(|text| text.chars().next()).unwrap_or(default)
    }
}
