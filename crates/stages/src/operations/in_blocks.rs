//! Panels that are more than a stage may hold: read from their file some rows at a time, a part of whole entities each.

use polars::prelude::DataFrame;
use vintner_panel::{Panel, PanelChunk, PanelError, WholeEntities, gap_frame};
use vintner_pipeline::{Artifact, ColumnNotes, FrameBlocks, FrameWriter, Inputs, PipelineError};

use super::shared::{ENTITY, TIME, no_column};
use crate::error::StagesError;

/// The panel under `role`, with every column that the stage declared to read, to be read in parts.
pub(crate) fn panel_in_blocks(inputs: &Inputs, role: &str) -> Result<PanelInBlocks, StagesError> {
    let blocks = inputs.blocks(role)?;
    let has = |column: &str| blocks.columns().iter().any(|own| own == column);
    for key in [ENTITY, TIME] {
        if !has(key) {
            let why = format!("the rows of `{role}` have no `{key}`, and only panels are read in blocks");
            return Err(inputs.too_large(why).into());
        }
    }
    let absent: Vec<&String> = inputs.declared_columns(role).iter().filter(|column| !has(column)).collect();
    if absent.is_empty() {
        return Ok(PanelInBlocks { blocks });
    }
    let known = inputs.columns_for_message(role);
    let missing = absent.into_iter().map(|column| no_column(None, column, &known)).collect();
    Err(StagesError::NoColumns { missing })
}

/// A panel in its file, sorted by entity as text, then time.
pub(crate) struct PanelInBlocks {
    pub(crate) blocks: FrameBlocks,
}

impl PanelInBlocks {
    /// Hands on the panel's parts, as long as another is wanted.
    pub(crate) fn each(
        &self,
        mut visit: impl FnMut(Panel) -> Result<bool, StagesError>,
    ) -> Result<(), StagesError> {
        let mut whole = WholeEntities::new(ENTITY, TIME);
        let mut wanted = true;
        self.blocks.each(|frame| -> Result<bool, StagesError> {
            if let Some(panel) = whole.take(frame)? {
                wanted = visit(panel)?;
            }
            Ok(wanted)
        })?;
        if let (true, Some(panel)) = (wanted, whole.end()?) {
            visit(panel)?;
        }
        Ok(())
    }

    /// Hands on chunks of some columns, from the first row to the last, as long as another is wanted.
    pub(crate) fn chunks(
        &self,
        columns: &[&str],
        visit: &mut dyn FnMut(PanelChunk) -> bool,
    ) -> Result<(), PanelError> {
        let read: Vec<&str> = [ENTITY, TIME].into_iter().chain(distinct(columns)).collect();
        let blocks = self.blocks.of_columns(&read).map_err(|error| in_panel(error.into()))?;
        let chunks = blocks.each(|frame| -> Result<bool, StagesError> {
            Ok(visit(PanelChunk::of(&frame, ENTITY, TIME, columns)?))
        });
        chunks.map_err(in_panel)
    }

    /// Its first part, or the panel without a row.
    pub(crate) fn first(&self) -> Result<Panel, StagesError> {
        let mut first = None;
        self.each(|panel| {
            first = Some(panel);
            Ok(false)
        })?;
        match first {
            Some(first) => Ok(first),
            None => Ok(Panel::new(self.blocks.empty()?, ENTITY, TIME)?),
        }
    }
}

/// Each name once.
fn distinct<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut once: Vec<&str> = Vec::new();
    for name in names {
        if !once.contains(name) && *name != ENTITY && *name != TIME {
            once.push(name);
        }
    }
    once
}

/// A fault of reading, as one of the panel.
pub(crate) fn in_panel(error: StagesError) -> PanelError {
    match error {
        StagesError::Panel(error) => error,
        other => PanelError::Unreadable { message: other.to_string() },
    }
}

/// A panel and its gaps, written part by part.
pub(crate) struct PanelWriter {
    panel: FrameWriter,
    gaps: FrameWriter,
}

impl PanelWriter {
    pub(crate) fn new(inputs: &Inputs) -> Result<Self, PipelineError> {
        Ok(Self { panel: inputs.writer()?, gaps: inputs.writer()? })
    }

    /// Adds a part, which follows those before.
    pub(crate) fn write(&mut self, panel: DataFrame, gaps: &[vintner_panel::Gap]) -> Result<(), StagesError> {
        self.panel.write(panel)?;
        if !gaps.is_empty() {
            self.gaps.write(gap_frame(gaps)?)?;
        }
        Ok(())
    }

    /// Whether no part was written.
    pub(crate) fn is_empty(&self) -> bool {
        self.panel.is_new()
    }

    /// Both, as artifacts.
    pub(crate) fn finish(mut self) -> Result<(Artifact, Artifact), StagesError> {
        if self.gaps.is_new() {
            self.gaps.write(gap_frame(&[])?)?;
        }
        let notes = ColumnNotes::new();
        Ok((Artifact::Written(self.panel.finish(&notes)?), Artifact::Written(self.gaps.finish(&notes)?)))
    }
}
