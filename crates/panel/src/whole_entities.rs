//! From frames that come one after another to panels of whole entities.

use polars::prelude::*;

use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::labels::Labels;
use crate::panel::Panel;

/// Where a panel's rows come from a part at a time, each part all rows of some entities, as often as they are needed.
pub trait PanelBlocks {
    /// Hands on the parts, from the first entity to the last.
    ///
    /// # Errors
    /// Where the rows can't be read or don't come sorted by entity, and what `visit` says.
    fn visit(&mut self, visit: &mut dyn FnMut(&Panel) -> Result<()>) -> Result<()>;
}

/// Cuts frames that come one after another between entities. Rows come sorted by entity, in the order of text, so that
/// none comes twice; within an entity in any order.
#[derive(Debug)]
pub struct WholeEntities {
    entity: String,
    time: String,
    /// Rows of the last entity so far, which may go on.
    open: Option<DataFrame>,
    /// The last entity that was handed on.
    last: Option<String>,
    /// How long the times are, with one of them.
    times: Option<(Frequency, String)>,
}

impl WholeEntities {
    /// For frames with these keys.
    pub fn new(entity: impl Into<String>, time: impl Into<String>) -> Self {
        Self { entity: entity.into(), time: time.into(), open: None, last: None, times: None }
    }

    /// Takes the rows that follow; hands on the entities that are complete with them, where there are any.
    ///
    /// # Errors
    /// [`PanelError::NotSorted`] where an entity comes after one that follows it; [`PanelError::MixedFrequencies`] where
    /// times are of another length than before; as [`Panel::new`].
    pub fn take(&mut self, frame: DataFrame) -> Result<Option<Panel>> {
        if frame.height() == 0 {
            return Ok(None);
        }
        let mut all = match self.open.take() {
            Some(open) => open.vstack(&frame)?,
            None => frame,
        };
        all.rechunk_mut();
        let start = self.start_of_last(&all)?;
        let whole = (start > 0).then(|| all.slice(0, start));
        self.open = Some(all.slice(start as i64, all.height() - start));
        whole.map(|whole| self.panel(whole)).transpose()
    }

    /// The last entity, once all rows were taken.
    ///
    /// # Errors
    /// As [`WholeEntities::take`].
    pub fn end(mut self) -> Result<Option<Panel>> {
        self.open.take().map(|open| self.panel(open)).transpose()
    }

    /// Where the rows of the last entity begin.
    fn start_of_last(&self, frame: &DataFrame) -> Result<usize> {
        let Labels { codes, .. } = Labels::of(&self.entity, self.column(frame)?)?;
        let last = codes.last().copied().unwrap_or_default();
        Ok(codes.iter().rposition(|code| *code != last).map_or(0, |before| before + 1))
    }

    fn column<'f>(&self, frame: &'f DataFrame) -> Result<&'f Column> {
        frame.column(&self.entity).map_err(|_| PanelError::NoColumn {
            column: self.entity.clone(),
            available: frame.get_column_names().iter().map(|name| name.to_string()).collect(),
        })
    }

    fn panel(&mut self, frame: DataFrame) -> Result<Panel> {
        let Labels { codes, labels } = Labels::of(&self.entity, self.column(&frame)?)?;
        let unsorted = codes.windows(2).find(|pair| pair[1] < pair[0]).map(|pair| pair[1]);
        let first = labels.first().filter(|first| self.last.as_ref().is_some_and(|last| *first <= last));
        let after = unsorted.and_then(|code| labels.get(code as usize)).or(first).cloned();
        let panel = Panel::new(frame, &self.entity, &self.time)?;
        if let Some(entity) = after {
            let time = panel.entities().iter().position(|own| *own == entity);
            let time = time.and_then(|at| panel.times().get(panel.groups().get(at)?.start));
            return Err(PanelError::NotSorted { entity, time: time.copied().unwrap_or_default() });
        }
        let label = panel.times().first().map(|time| panel.time_label(*time)).unwrap_or_default();
        match &self.times {
            Some((frequency, before)) if *frequency != panel.frequency() => {
                return Err(PanelError::MixedTimes {
                    column: self.time.clone(),
                    one: format!("the {frequency} {before}"),
                    other: format!("the {} {label}", panel.frequency()),
                });
            }
            Some(_) => {}
            None => self.times = Some((panel.frequency(), label)),
        }
        self.last = panel.entities().last().cloned();
        Ok(panel)
    }
}

/// A panel in memory is its own only part.
impl PanelBlocks for Panel {
    fn visit(&mut self, visit: &mut dyn FnMut(&Panel) -> Result<()>) -> Result<()> {
        visit(self)
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parts(frames: Vec<DataFrame>) -> Result<Vec<Vec<(String, usize)>>> {
        let mut whole = WholeEntities::new("entity", "time");
        let mut found = Vec::new();
        let mut add = |panel: Option<Panel>| {
            found.extend(panel.map(|panel| {
                let sizes = panel.groups().iter().map(|group| group.len());
                panel.entities().iter().cloned().zip(sizes).collect::<Vec<_>>()
            }));
        };
        for frame in frames {
            add(whole.take(frame)?);
        }
        add(whole.end()?);
        Ok(found)
    }

    fn frame(entity: &[&str], time: &[i32]) -> DataFrame {
        df!("entity" => entity, "time" => time).unwrap()
    }

    #[test]
    fn an_entity_is_never_cut() {
        let frames = vec![
            frame(&["a", "a"], &[1, 2]),
            frame(&["a", "b", "c"], &[3, 1, 1]),
            frame(&["c", "d"], &[2, 1]),
        ];
        let own = |name: &str, rows| (name.to_owned(), rows);
        assert_eq!(
            parts(frames).unwrap(),
            [vec![own("a", 3), own("b", 1)], vec![own("c", 2)], vec![own("d", 1)]]
        );
        assert!(parts(Vec::new()).unwrap().is_empty());
    }

    #[test]
    fn what_comes_out_of_order_is_told() {
        let said = |frames| parts(frames).err().map(|error| error.to_string()).unwrap();
        let twice = said(vec![frame(&["a", "b", "c"], &[1, 1, 1]), frame(&["b", "d"], &[2, 2])]);
        assert!(twice.starts_with("b at 2 comes out of order"), "{twice}");
        let within = said(vec![frame(&["b", "a", "c"], &[1, 1, 1])]);
        assert!(within.starts_with("a at 1 comes out of order"), "{within}");
        let mixed = said(vec![
            df!("entity" => ["a", "b"], "time" => ["1990Q1", "1990Q1"]).unwrap(),
            df!("entity" => ["c", "d"], "time" => ["1990-01", "1990-01"]).unwrap(),
        ]);
        assert!(mixed.contains("the quarter 1990Q1") && mixed.contains("the month 1990-01"), "{mixed}");
    }
}
