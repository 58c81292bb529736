//! `assemble` on tidy values that are more than the stage may hold. Rows are shared out to files by stretches of
//! entities, in the order of text, unless they lie in that order already; each stretch is then assembled in memory
//! as a panel of its own.

use std::ops::Range;

use polars::prelude::{DataFrame, IdxCa, IdxSize};
use vintner_panel::{Frequency, Period, PeriodWindow, TidyTable, tidy_columns};
use vintner_pipeline::{ColumnNotes, FrameBlocks, FrameWriter, Inputs, Outputs, WrittenFrame};
use vintner_transform::{Assembly, TransformError, assemble, check_promises};

use super::in_blocks::PanelWriter;
use super::shared::{all_variables, with_known_variables};
use crate::error::StagesError;

/// So many rows of all tell where stretches of entities begin.
const SAMPLED: usize = 20_000;

/// A stretch is this part of what the stage may hold at most, its panel and gaps included.
const SHARE: u64 = 24;

/// The outputs of `assemble`. `assembly` says what is assembled of all variables that the sources have.
pub(crate) fn in_blocks(
    inputs: &Inputs,
    known: Option<Vec<String>>,
    assembly: impl Fn(Vec<String>) -> Assembly,
) -> Result<Outputs, StagesError> {
    let mut sources = Vec::new();
    let mut series = Vec::new();
    let mut seen = Seen::default();
    for blocks in inputs.all_blocks("tidy")? {
        check_keys(inputs, &blocks)?;
        if blocks.columns().iter().any(|column| column == tidy_columns::ENTITY) {
            seen.look(&blocks)?;
            sources.push(blocks);
        } else {
            // A series without entities is as short as there are times.
            series.push(TidyTable::new(blocks.whole()?, blocks.notes().clone())?);
        }
    }
    let Some(window) = seen.window() else { return Err(TransformError::NoEntities.into()) };
    let empty: Vec<TidyTable> = sources
        .iter()
        .map(|blocks| Ok(TidyTable::new(blocks.empty()?, blocks.notes().clone())?))
        .collect::<Result<_, StagesError>>()?;
    let all = [empty, series.clone()].concat();
    let mut assembly = assembly(all_variables(&all));
    check_promises(&all, assembly.window)?;
    assembly.window = assembly.window.or(window);
    if !assembly.repeat.is_empty() {
        return Err(inputs.too_large("`repeat` needs the sources whole").into());
    }

    let stretches = Stretches::new(seen.entities, inputs);
    let shared: Vec<Shared> =
        sources.iter().map(|blocks| stretches.shared(inputs, blocks)).collect::<Result<_, _>>()?;
    let mut writer = PanelWriter::new(inputs)?;
    for at in 0..stretches.count() {
        let mut tables = Vec::new();
        for (blocks, shared) in sources.iter().zip(&shared) {
            let frame = shared.stretch(at, blocks, inputs)?;
            tables.push(TidyTable::new(frame, blocks.notes().clone())?);
        }
        let is_empty = tables.iter().all(|table| table.height() == 0);
        tables.extend(series.iter().cloned());
        let own = |ids: &Vec<String>| {
            ids.iter().filter(|id| stretches.of(id) == at).cloned().collect::<Vec<String>>()
        };
        let entities = known.as_ref().map(own);
        if entities.as_ref().map_or(is_empty, Vec::is_empty) {
            continue;
        }
        let stretch = Assembly { entities, ..assembly.clone() };
        match assemble(&tables, &stretch) {
            Ok(made) => writer.write(made.panel.frame().clone(), &made.gaps)?,
            // With rows as observed, a stretch may have none in the window.
            Err(TransformError::NoEntities) => {}
            Err(error) => return Err(with_known_variables(error, inputs).into()),
        }
    }
    if writer.is_empty() {
        return Err(TransformError::NoEntities.into());
    }
    let (panel, gaps) = writer.finish()?;
    Ok(Outputs::new().with("panel", panel).with("gaps", gaps))
}

/// What can't be shared out by entity.
fn check_keys(inputs: &Inputs, blocks: &FrameBlocks) -> Result<(), StagesError> {
    let has = |name: &str| blocks.columns().iter().any(|column| column == name);
    let what = if has(tidy_columns::CATEGORY) {
        "a source with categories needs"
    } else if has(tidy_columns::VARIABLE) {
        "a source that names its variables row by row needs"
    } else if !has(tidy_columns::TIME) {
        "a source without times needs"
    } else {
        return Ok(());
    };
    Err(inputs.too_large(format!("{what} to be assembled whole")).into())
}

/// What was seen of the keys of all sources.
#[derive(Default)]
struct Seen {
    frequency: Option<Frequency>,
    times: Option<(i32, i32)>,
    /// Of some of the rows.
    entities: Vec<String>,
}

impl Seen {
    fn look(&mut self, blocks: &FrameBlocks) -> Result<(), StagesError> {
        let keys = [tidy_columns::ENTITY, tidy_columns::TIME, tidy_columns::ROW];
        let step = (blocks.height() / SAMPLED).max(1);
        blocks.of_columns(&keys)?.each(|frame| -> Result<bool, StagesError> {
            let table = TidyTable::new(frame, blocks.notes().clone())?;
            self.frequency.get_or_insert(table.frequency());
            for time in table.times() {
                let (first, last) = self.times.get_or_insert((*time, *time));
                *first = (*first).min(*time);
                *last = (*last).max(*time);
            }
            let entities = table.entities()?.into_iter().flat_map(|texts| texts.iter().step_by(step));
            self.entities.extend(entities.flatten().map(str::to_owned));
            Ok(true)
        })?;
        Ok(())
    }

    /// From the first to the last time of all sources; none where there is no row. Where one can't be written, each
    /// stretch has its own, which then is that of all.
    fn window(&self) -> Option<Option<PeriodWindow>> {
        let (first, last) = self.times?;
        let frequency = self.frequency?;
        let of = |time| Period::from_ordinal(frequency, time);
        Some(of(first).zip(of(last)).map(|(first, last)| PeriodWindow { first, last }))
    }
}

/// Stretches of entities in the order of text.
struct Stretches {
    /// The first entity of each but the first.
    starts: Vec<String>,
}

impl Stretches {
    /// As many as go well with what the stage may hold, of about as many rows each as a sample tells.
    fn new(mut sample: Vec<String>, inputs: &Inputs) -> Self {
        sample.sort_unstable();
        let count = inputs.size().saturating_mul(SHARE).div_ceil(inputs.memory().unwrap_or(1).max(1));
        let count = usize::try_from(count).unwrap_or(usize::MAX).clamp(1, sample.len().max(1));
        let mut starts: Vec<String> =
            (1..count).filter_map(|at| sample.get(at * sample.len() / count).cloned()).collect();
        starts.dedup();
        Self { starts }
    }

    fn count(&self) -> usize {
        self.starts.len() + 1
    }

    /// The stretch of an entity.
    fn of(&self, entity: &str) -> usize {
        self.starts.partition_point(|start| start.as_str() <= entity)
    }

    /// Where a source's rows of each stretch are.
    fn shared(&self, inputs: &Inputs, blocks: &FrameBlocks) -> Result<Shared, StagesError> {
        match self.in_order(blocks)? {
            Some(rows) => Ok(Shared::InOrder(rows)),
            None => self.share_out(inputs, blocks),
        }
    }

    /// The rows of each stretch of a source whose rows lie in the order of its entities' names.
    fn in_order(&self, blocks: &FrameBlocks) -> Result<Option<Vec<Range<usize>>>, StagesError> {
        let mut ends = vec![0; self.count()];
        let mut last: Option<(String, usize)> = None;
        let (mut is_in_order, mut row) = (true, 0);
        blocks.of_columns(&[tidy_columns::ENTITY])?.each(|frame| -> Result<bool, StagesError> {
            for text in frame.column(tidy_columns::ENTITY)?.str()?.iter() {
                let Some(text) =
                    text.filter(|text| last.as_ref().is_none_or(|(last, _)| last.as_str() <= *text))
                else {
                    is_in_order = false;
                    return Ok(false);
                };
                let own = match &last {
                    Some((known, own)) if known == text => *own,
                    _ => {
                        let own = self.of(text);
                        last = Some((text.to_owned(), own));
                        own
                    }
                };
                row += 1;
                if let Some(end) = ends.get_mut(own) {
                    *end = row;
                }
            }
            Ok(true)
        })?;
        let mut start = 0;
        let rows = ends.into_iter().map(|end: usize| {
            let rows = start..end.max(start);
            start = rows.end;
            rows
        });
        Ok(is_in_order.then(|| rows.collect()))
    }

    /// A source's rows in files, one a stretch that has any.
    fn share_out(&self, inputs: &Inputs, blocks: &FrameBlocks) -> Result<Shared, StagesError> {
        let mut writers: Vec<Option<FrameWriter>> = (0..self.count()).map(|_| None).collect();
        let mut before = 0;
        blocks.each(|frame| -> Result<bool, StagesError> {
            let mut rows: Vec<Vec<IdxSize>> = vec![Vec::new(); self.count()];
            let texts = frame.column(tidy_columns::ENTITY)?.str()?;
            let mut last: Option<(&str, usize)> = None;
            for (text, row) in texts.iter().zip(0..) {
                let Some(text) = text else {
                    let at = before + row as usize + 1;
                    let why = format!("row {at} of a source has no entity, so that it can't be shared out");
                    return Err(inputs.too_large(why).into());
                };
                let own = match last {
                    Some((known, own)) if known == text => own,
                    _ => self.of(text),
                };
                last = Some((text, own));
                if let Some(rows) = rows.get_mut(own) {
                    rows.push(row);
                }
            }
            before += frame.height();
            for (rows, writer) in rows.into_iter().zip(&mut writers) {
                if rows.is_empty() {
                    continue;
                }
                let own: DataFrame = match rows.len() == frame.height() {
                    true => frame.clone(),
                    false => frame.take(&IdxCa::from_vec("rows".into(), rows))?,
                };
                let writer = match writer {
                    Some(writer) => writer,
                    None => writer.insert(inputs.one_writer_of(self.count())?),
                };
                writer.write(own)?;
            }
            Ok(true)
        })?;
        let finished = writers
            .into_iter()
            .map(|writer| Ok(writer.map(|writer| writer.finish(&ColumnNotes::new())).transpose()?));
        Ok(Shared::InFiles(finished.collect::<Result<_, StagesError>>()?))
    }
}

/// Where a source's rows of each stretch are.
enum Shared {
    /// In the source itself, one stretch after another.
    InOrder(Vec<Range<usize>>),
    /// In a file of each stretch that has any.
    InFiles(Vec<Option<WrittenFrame>>),
}

impl Shared {
    /// The source's rows of a stretch.
    fn stretch(&self, at: usize, source: &FrameBlocks, inputs: &Inputs) -> Result<DataFrame, StagesError> {
        let frame = match self {
            Self::InOrder(rows) => {
                rows.get(at).filter(|rows| !rows.is_empty()).map(|rows| source.part(rows.clone()))
            }
            Self::InFiles(files) => files
                .get(at)
                .and_then(Option::as_ref)
                .map(|own| own.blocks(inputs.memory().unwrap_or_default())?.whole()),
        };
        Ok(frame.unwrap_or_else(|| source.empty())?)
    }
}
