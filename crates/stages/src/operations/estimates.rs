//! `estimates`: the coefficients of all tables, beside the published ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_panel::Label;
use vintner_pipeline::{Artifact, Digest, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{
    DroppedRow, EstimateRow, Published, ReportUnit, StarLevels, TableSpec, tidy_estimates,
    write_estimates_csv,
};

use super::regress::Fits;
use super::shared::crosswalk;
use super::written::Made;
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `estimates`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Estimates {
    /// The tables, in order.
    tables: Vec<Table>,
    /// The pooled row's name.
    pooled: Label,
    /// What earns a star.
    #[serde(default)]
    star_levels: StarLevels,
}

#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Table {
    /// Its number or name.
    id: String,
    /// The input that holds its fits.
    fits: String,
    /// Which of its models, by name, where there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Its title.
    title: Label,
    /// A sentence for its note.
    #[serde(default)]
    note: Label,
    /// Whether the report shows it among its tables; `estimates.csv`, `table` and claims have it either way.
    #[serde(default = "shown")]
    in_report: bool,
}

fn shown() -> bool {
    true
}

/// All that a report needs to know of the coefficients.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Collected {
    pub(crate) tables: Vec<TableSpec>,
    pub(crate) units: Vec<ReportUnit>,
    pub(crate) star_levels: StarLevels,
    pub(crate) rows: Vec<EstimateRow>,
    pub(crate) dropped: Vec<DroppedRow>,
}

/// The id of the pooled row, which no entity of a crosswalk can have.
const POOLED: &str = "(pooled)";

impl Parameters for Estimates {
    const NAME: &'static str = "estimates";
    const SUMMARY: &'static str =
        "puts the coefficients of all tables into one tidy table, beside the published ones";

    fn code() -> Digest {
        // What `regress` hands over is read by the types of its file.
        let operations = [
            env!("VINTNER_CODE_OPERATION_ESTIMATES"),
            env!("VINTNER_CODE_OPERATION_REGRESS"),
            env!("VINTNER_CODE_OPERATION_WRITTEN"),
        ];
        let crates = [code::PANEL, code::INGEST, code::ESTIMATION, code::REPORTING];
        code::digest(&[&operations[..], &crates].concat())
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let fits = self.tables.iter().map(|table| InputDeclaration::json(&table.fits));
        let files = [InputDeclaration::file("crosswalk"), InputDeclaration::file("published").optional()];
        let mut inputs: Vec<InputDeclaration> = fits.chain(files).collect();
        inputs.sort_by(|one, two| one.role.cmp(&two.role));
        inputs.dedup();
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        vec![OutputDeclaration::new("csv", Kind::Text), OutputDeclaration::new("rows", Kind::Json)]
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let mut units: Vec<ReportUnit> = crosswalk(inputs)?
            .entities()
            .iter()
            .map(|entity| ReportUnit {
                id: entity.id.clone(),
                label: entity.label.clone(),
                printed: None,
                pooled: false,
            })
            .collect();
        units.push(ReportUnit { id: POOLED.into(), label: self.pooled.clone(), printed: None, pooled: true });
        let mut collected = Collected {
            tables: Vec::new(),
            units,
            star_levels: self.star_levels.clone(),
            rows: Vec::new(),
            dropped: Vec::new(),
        };
        for table in &self.tables {
            if !inputs.has(&table.fits) {
                return Err(StagesError::NoFits {
                    table: table.id.clone(),
                    role: table.fits.clone(),
                    available: self.tables.iter().map(|table| table.fits.clone()).collect(),
                });
            }
            collected.add(table, table.chosen(inputs.json(&table.fits)?)?)?;
        }
        let published = published(inputs)?;
        let tidy = tidy_estimates(
            &collected.rows,
            &collected.tables,
            &collected.units,
            &published,
            &collected.star_levels,
        )?;
        Ok(Outputs::new()
            .with("csv", Artifact::Text(write_estimates_csv(&tidy)?))
            .with("rows", Artifact::json(&collected)?))
    }
}

impl Table {
    /// The fits of the model that the table is of.
    fn chosen(&self, made: Made<Fits>) -> Result<Fits, StagesError> {
        let models = match made {
            Made::One(fits) if self.model.is_none() => return Ok(fits),
            Made::One(_) => Vec::new(),
            Made::Several { models } => models,
        };
        let available = models.iter().map(|one| one.model.name.clone()).collect();
        let chosen = models.into_iter().find(|one| Some(&one.model.name) == self.model.as_ref());
        chosen.map(|one| one.result).ok_or_else(|| StagesError::NoModel {
            table: self.id.clone(),
            role: self.fits.clone(),
            model: self.model.clone(),
            available,
        })
    }
}

impl Collected {
    fn add(&mut self, table: &Table, fits: Fits) -> Result<(), StagesError> {
        let spec = TableSpec {
            id: table.id.clone(),
            title: table.title.clone(),
            dependent: fits.formula.dependent.clone(),
            regressors: fits.formula.regressors.clone(),
            note: table.note.clone(),
            in_report: table.in_report,
        };
        for unit in &fits.by_entity {
            self.rows.extend(EstimateRow::of_outcome(&spec, &unit.unit, &unit.outcome)?);
        }
        if let Some(pooled) = &fits.pooled {
            self.rows.extend(EstimateRow::of_outcome(&spec, POOLED, pooled)?);
            self.dropped.extend(DroppedRow::of_outcome(&table.id, pooled));
        } else {
            for unit in &fits.by_entity {
                self.dropped.extend(DroppedRow::of_outcome(&table.id, &unit.outcome));
            }
        }
        self.tables.push(spec);
        Ok(())
    }
}

/// What was published, or nothing.
pub(crate) fn published(inputs: &Inputs) -> Result<Published, StagesError> {
    if !inputs.has("published") {
        return Ok(Published::default());
    }
    Ok(Published::parse(inputs.text("published")?, "published tables")?)
}
