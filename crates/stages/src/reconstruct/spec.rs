//! The specification of a reconstructed vintage, as its YAML file states it.

use std::collections::BTreeMap;

use serde::Deserialize;
use vintner_reporting::PublishedCoefficient;
use vintner_transform::Definition;

/// The whole specification.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Specification {
    /// Seed of every random number.
    pub seed: u64,
    /// How the published tables are to be read.
    pub tables: Tables,
    /// The panel's years.
    pub years: Years,
    /// Settings of the solver.
    #[serde(default)]
    pub solver: Solver,
    /// The regressions' variables, in one fixed order.
    pub variables: Vec<Variable>,
    /// The published equations.
    pub equations: Vec<Equation>,
    /// The panel's units.
    pub units: Vec<Unit>,
    /// From the variables back to raw series, in order.
    pub steps: Vec<Step>,
    /// The raw files' tables.
    pub files: Vec<RawTable>,
}

/// How the published tables are to be read.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// The unit name of the pooled rows.
    pub pooled: String,
    /// Significance levels of one, two, ... stars.
    pub star_levels: Vec<f64>,
}

/// The panel's years.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Years {
    /// First year.
    pub first: i32,
    /// Last year.
    pub last: i32,
    /// Base year of exposures, and the parameter `:base_year` of expressions.
    pub base: i32,
}

/// Settings of the solver; what is absent keeps its default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Solver {
    /// Least distance of t statistics from critical values, as a share of them.
    pub margin: Option<f64>,
    /// Weight of the closeness to the prior.
    pub prior_weight: Option<f64>,
    /// Weight of the closeness to the prior spreads alone.
    pub spread_weight: Option<f64>,
    /// Strength of the barrier that keeps statistics away from critical values.
    pub barrier: Option<f64>,
}

/// One variable of the regressions.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variable {
    /// Its name in equations and expressions.
    pub name: String,
    /// Prior loading on the units' common trend: two variables' prior correlation is the product
    /// of their loadings.
    pub loading: f64,
    /// Correlation of the target path with a linear trend; the loading if absent.
    pub trend: Option<f64>,
    /// Autocorrelation of the target path's deviations.
    pub persistence: f64,
    /// Weight of the target path.
    pub weight: f64,
    /// If given, the path grows in every year; the standard deviation of the growth rates' logarithms.
    pub increasing: Option<f64>,
    /// How strongly the path is smoothed (weight of squared second differences); 0 if absent.
    #[serde(default)]
    pub smoothness: f64,
}

/// One published equation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equation {
    /// The published table that it is in; needed where several have equations of its dependent variable.
    #[serde(default)]
    pub table: Option<String>,
    /// The dependent variable.
    pub dependent: String,
    /// The regressors.
    pub regressors: Vec<String>,
}

impl Equation {
    /// Whether a published coefficient is one of this equation's.
    pub fn holds(&self, published: &PublishedCoefficient) -> bool {
        self.dependent == published.dependent
            && self.table.as_ref().is_none_or(|table| *table == published.table)
    }
}

/// One unit of the panel.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Its name in the published tables.
    pub name: String,
    /// Its names in raw files.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Means of the variables, in their order.
    pub levels: Vec<f64>,
    /// Prior standard deviations of the variables, in their order.
    pub spreads: Vec<f64>,
    /// Further constants, which expressions read as columns that don't change over the years.
    #[serde(default)]
    pub parameters: BTreeMap<String, f64>,
}

/// A step from the variables back to raw series.
///
/// Expressions are those of [`vintner_transform`], on a panel of `unit` and `year` whose columns are
/// the variables, the units' parameters, and the series and columns of earlier steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A series given year by year, the same for all units.
    Given(Given),
    /// A series that grows from a start at noisy rates.
    Growth(Growth),
    /// A column that later expressions read; it isn't rounded and is in no raw file.
    Column(Definition),
    /// A series computed from variables and earlier series, then rounded.
    Series(ComputedSeries),
    /// Shift-share: stocks by category and the units' shares in each, which imply an exposure.
    Exposure(Exposure),
    /// A variable is computed anew from rounded series; the variables still free make up for it.
    Settle(Settle),
}

/// A series given year by year.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Given {
    /// The series' name.
    pub name: String,
    /// One value per year.
    pub values: Vec<f64>,
    /// Decimals in raw files.
    pub decimals: usize,
}

/// A series that grows from a start at noisy rates.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// The series' name.
    pub name: String,
    /// The units' parameter that holds the first year's value.
    pub start: String,
    /// Mean yearly growth rate.
    pub rate: f64,
    /// Standard deviation of the growth rates.
    pub noise: f64,
    /// Decimals in raw files.
    pub decimals: usize,
}

/// A series computed from variables and earlier series.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedSeries {
    /// The series' name.
    pub name: String,
    /// Its definition.
    pub expression: String,
    /// Decimals in raw files.
    pub decimals: usize,
}

/// A variable computed anew from rounded series.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settle {
    /// The variable.
    pub variable: String,
    /// Its forward definition.
    pub expression: String,
    /// Whether the free variables make up for the rounding (otherwise they stay as they are).
    #[serde(default = "yes")]
    pub compensate: bool,
}

fn yes() -> bool {
    true
}

/// Stocks by category and shares whose product is an exposure of each unit:
/// exposure_it = sum_j stock_jt weight_ij / sum over all units and the rest of weight_.j.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// Name of the exposure that the rounded stocks and weights imply.
    pub name: String,
    /// The exposure to reach.
    pub expression: String,
    /// Name of the series of stocks, by category and year.
    pub stock: String,
    /// Decimals of the stocks in raw files.
    pub stock_decimals: usize,
    /// Name of the series of weights, by unit and category, in the base year.
    pub weight: String,
    /// Decimals of the weights in raw files.
    pub weight_decimals: usize,
    /// The units' parameter that holds the sum of their weights.
    pub unit_total: String,
    /// Label of the row that holds the rest of the country.
    pub rest: String,
    /// Share of a unit's weight that lies in its own category.
    pub specialisation: f64,
    /// Relative variation of the other weights.
    pub variation: f64,
    /// The categories, as many as units.
    pub categories: Vec<Category>,
}

/// One category of an exposure.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Its name in raw files.
    pub name: String,
    /// Its weight in the whole country.
    pub total: f64,
    /// The unit that is specialised in it.
    pub unit: String,
}

/// One table of a raw file: a text file, or a sheet of a workbook.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTable {
    /// Path inside the vintage; the ending tells the format (csv, tsv, xlsx).
    pub path: String,
    /// Sheet of a workbook; tables with the same path become its sheets.
    pub sheet: Option<String>,
    /// Encoding of a text file; UTF-8 if absent.
    pub encoding: Option<String>,
    /// A line above the header.
    pub title: Option<String>,
    /// The table's columns.
    pub columns: Vec<Column>,
    /// A series whose years follow as columns.
    pub years_across: Option<String>,
}

/// One column of a raw table: a header and exactly one kind of content.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its header.
    pub header: String,
    /// The units' names under this label.
    pub unit: Option<String>,
    /// The year or the category of the row.
    pub index: Option<Index>,
    /// A series.
    pub series: Option<String>,
}

/// What a column of keys holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Index {
    /// The year.
    Year,
    /// The category of an exposure.
    Category,
}
