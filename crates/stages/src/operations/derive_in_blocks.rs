//! `derive` on a panel that is more than the stage may hold: part by part, each of whole entities.

use std::collections::HashSet;

use polars::prelude::{BooleanChunked, DataFrame, NewChunkedArray};
use vintner_panel::{Gap, Panel, PanelError};
use vintner_pipeline::{Inputs, Outputs};

use super::in_blocks::{PanelWriter, panel_in_blocks};
use super::shared::{ENTITY, TIME, join};
use crate::error::StagesError;

/// A part's columns and the gaps of the new ones.
type Derived = Result<(DataFrame, Vec<Gap>), StagesError>;

/// The outputs of `derive`, with columns of `series` joined to each part. `crossing` is a definition that reads rows of
/// other entities, where there is one; `derived` makes a part's columns and gaps.
pub(crate) fn in_blocks(
    inputs: &Inputs,
    series: Vec<(String, DataFrame)>,
    crossing: Option<&str>,
    derived: &dyn Fn(&Panel) -> Derived,
) -> Result<Outputs, StagesError> {
    if let Some(name) = crossing {
        let why = format!(
            "the definition `{name}` reads rows of other entities (a window that isn't `PARTITION BY {ENTITY}`) and so \
             needs the panel whole"
        );
        return Err(inputs.too_large(why).into());
    }
    // Columns that aren't the panel's may be those of a series, so which are absent is seen on the first part.
    let panel = panel_in_blocks_with(inputs)?;
    let mut series: Vec<Joined> =
        series.into_iter().map(|(role, frame)| Joined::new(role, frame)).collect::<Result<_, _>>()?;
    let mut writer = PanelWriter::new(inputs)?;
    panel.each(|part| {
        let own: Vec<(String, DataFrame)> =
            series.iter_mut().map(|joined| joined.of_part(&part)).collect::<Result<_, _>>()?;
        let (frame, gaps) = derived(&join(part, own)?)?;
        writer.write(frame, &gaps)?;
        Ok(true)
    })?;
    if writer.is_empty() {
        let empty = Panel::new(panel.blocks.empty()?, ENTITY, TIME)?;
        let (frame, gaps) = derived(&empty)?;
        writer.write(frame, &gaps)?;
    }
    series.iter().try_for_each(Joined::check_used)?;
    let (panel, gaps) = writer.finish()?;
    Ok(Outputs::new().with("panel", panel).with("gaps", gaps))
}

fn panel_in_blocks_with(inputs: &Inputs) -> Result<super::in_blocks::PanelInBlocks, StagesError> {
    let blocks = inputs.blocks("panel")?;
    let is_panel = [ENTITY, TIME].iter().all(|key| blocks.columns().iter().any(|own| own == key));
    // What is no panel is told as for other stages.
    if is_panel { Ok(super::in_blocks::PanelInBlocks { blocks }) } else { panel_in_blocks(inputs, "panel") }
}

/// A series that is joined to each part, and which of its rows were.
struct Joined {
    role: String,
    frame: DataFrame,
    entities: Vec<Option<String>>,
    used: Vec<bool>,
}

impl Joined {
    fn new(role: String, frame: DataFrame) -> Result<Self, StagesError> {
        let entities = match frame.column(ENTITY) {
            Ok(column) => {
                let texts = column.cast(&polars::prelude::DataType::String)?;
                texts.str()?.iter().map(|text| text.map(str::to_owned)).collect()
            }
            // Joining says that its keys are others.
            Err(_) => vec![None; frame.height()],
        };
        Ok(Self { used: vec![false; frame.height()], role, frame, entities })
    }

    /// Its rows of a part's entities.
    fn of_part(&mut self, part: &Panel) -> Result<(String, DataFrame), StagesError> {
        if self.frame.column(ENTITY).is_err() {
            return Ok((self.role.clone(), self.frame.clone()));
        }
        let known: HashSet<&str> = part.entities().iter().map(String::as_str).collect();
        let own: Vec<bool> = self
            .entities
            .iter()
            .map(|entity| entity.as_deref().is_some_and(|own| known.contains(own)))
            .collect();
        self.used.iter_mut().zip(&own).for_each(|(used, own)| *used |= own);
        let rows = self.frame.filter(&BooleanChunked::from_slice("own".into(), &own))?;
        Ok((self.role.clone(), rows))
    }

    /// That none of its rows is of an entity that the panel hasn't.
    fn check_used(&self) -> Result<(), StagesError> {
        let Some(row) = self.used.iter().position(|used| !used) else { return Ok(()) };
        let one = Panel::of_observations(self.frame.slice(row as i64, 1), ENTITY, TIME)?;
        let time = one.times().first().and_then(|time| one.period(*time));
        match one.entities().first().cloned() {
            Some(entity) => Err(StagesError::OutsidePanel { role: self.role.clone(), entity, time }),
            None => Err(PanelError::MissingKey { column: ENTITY.into(), row: row + 1 }.into()),
        }
    }
}
