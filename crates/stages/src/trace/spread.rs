//! Following a cell up to the values that depend on it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use vintner_transform::Reach;

use super::ground::{Base, Row};
use super::made::Made;
use super::origin::{ColumnOf, Origin};
use super::output_of::OutputOf;
use super::raw_cell::RawCell;
use crate::error::StagesError;

/// The rows of a panel in which a column depends on a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Touched {
    Rows(BTreeSet<Row>),
    /// All that the panel has.
    All,
}

impl Touched {
    fn none() -> Self {
        Self::Rows(BTreeSet::new())
    }

    pub(super) fn is_none(&self) -> bool {
        matches!(self, Self::Rows(rows) if rows.is_empty())
    }

    /// Whether any of some rows is among them.
    pub(super) fn has_any(&self, rows: &[Row]) -> bool {
        match self {
            Self::All => !rows.is_empty(),
            Self::Rows(own) => rows.iter().any(|row| own.contains(row)),
        }
    }

    fn add(&mut self, other: &Self) {
        match (&mut *self, other) {
            (Self::Rows(own), Self::Rows(others)) => own.extend(others.iter().cloned()),
            _ => *self = Self::All,
        }
    }
}

/// What depends on some cells, column by column, each looked into once.
pub(super) struct Spread<'m, 'a> {
    made: &'m Made<'a>,
    cells: &'m [RawCell],
    known: BTreeMap<ColumnOf, Rc<Touched>>,
    rows: BTreeMap<OutputOf, Rc<Vec<Row>>>,
    opaque: BTreeSet<String>,
}

impl<'m, 'a> Spread<'m, 'a> {
    pub(super) fn new(made: &'m Made<'a>, cells: &'m [RawCell]) -> Self {
        Self { made, cells, known: BTreeMap::new(), rows: BTreeMap::new(), opaque: BTreeSet::new() }
    }

    /// The variables of all panels that depend on the cells, each with the most rows in which one of the panels
    /// that have it does.
    pub(super) fn values(&mut self) -> Result<Vec<(String, usize)>, StagesError> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for output in self.made.panels() {
            for column in self.made.columns(&output) {
                let of = ColumnOf { output: output.clone(), column };
                let touched = self.touched(&of)?;
                let count = match &*touched {
                    Touched::Rows(rows) => rows.len(),
                    Touched::All => self.made.height(&output),
                };
                if count > 0 {
                    let most = counts.entry(of.column).or_default();
                    *most = count.max(*most);
                }
            }
        }
        Ok(counts.into_iter().collect())
    }

    /// Whether a number depends on one of the cells.
    pub(super) fn depends(&mut self, base: &Base) -> Result<bool, StagesError> {
        let mut depends = false;
        for ground in &base.grounds {
            if self.made.is_tidy(&ground.panel) {
                let is_read = |cell: &RawCell| ground.variables.contains(&cell.variable);
                depends |=
                    self.cells.iter().any(is_read) && self.made.has_source(&ground.panel, self.cells)?;
                continue;
            }
            for variable in &ground.variables {
                let column = ColumnOf { output: ground.panel.clone(), column: variable.clone() };
                let touched = self.touched(&column)?;
                depends |= touched.has_any(&ground.sample) || touched.has_any(&ground.earlier);
            }
        }
        if depends {
            self.opaque.extend(base.opaque.iter().cloned());
        }
        Ok(depends)
    }

    /// The stages met so far that aren't followed value by value.
    pub(super) fn opaque(&self) -> Vec<String> {
        self.opaque.iter().cloned().collect()
    }

    /// The rows in which a column depends on one of the cells.
    pub(super) fn touched(&mut self, column: &ColumnOf) -> Result<Rc<Touched>, StagesError> {
        if let Some(known) = self.known.get(column) {
            return Ok(Rc::clone(known));
        }
        // Definitions don't go round in circles; one that did would be met here before it is known.
        self.known.insert(column.clone(), Rc::new(Touched::none()));
        let output = &column.output;
        let mut touched = Touched::none();
        match Origin::of(self.made, column) {
            Origin::Tidy => {
                for cell in self.cells.iter().filter(|cell| cell.variable == column.column) {
                    touched.add(&Touched::Rows(self.made.rows_of_cell(output, cell)?));
                }
            }
            Origin::HandedOn(from) => touched = (*self.touched(&from)?).clone(),
            // All that its stage read may matter.
            Origin::Opaque => {
                self.opaque.insert(output.stage.clone());
                if self.depends(&self.made.behind(output, "")?.base)? {
                    touched = Touched::All;
                }
            }
            Origin::Shared(options) => {
                for cell in self.cells {
                    if cell.variable == options.share && cell.time.ordinal() == options.base {
                        touched = Touched::All;
                    } else if cell.variable == options.shift {
                        let rows = self.rows_where(output, |row| row.1 == cell.time.ordinal())?;
                        touched.add(&Touched::Rows(rows));
                    }
                }
            }
            Origin::Deflated { nominal, deflator, options } => {
                touched.add(&*self.touched(&nominal)?);
                let deflators = self.touched(&deflator)?;
                touched.add(&deflators);
                if let Touched::Rows(rows) = &*deflators {
                    let base: BTreeSet<&str> = rows
                        .iter()
                        .filter(|row| row.1 == options.base.ordinal())
                        .map(|row| row.0.as_str())
                        .collect();
                    if !base.is_empty() {
                        let rows = self.rows_where(output, |row| base.contains(row.0.as_str()))?;
                        touched.add(&Touched::Rows(rows));
                    }
                }
            }
            Origin::Expression { reads, reach, .. } => {
                for read in &reads {
                    touched.add(&*self.touched(read)?);
                }
                touched = match (reach, touched) {
                    (Reach::Entity, Touched::Rows(rows)) if !rows.is_empty() => {
                        let entities: BTreeSet<&str> = rows.iter().map(|row| row.0.as_str()).collect();
                        Touched::Rows(self.rows_where(output, |row| entities.contains(row.0.as_str()))?)
                    }
                    (Reach::Panel, touched) if !touched.is_none() => Touched::All,
                    (_, touched) => touched,
                };
            }
        }
        let touched = Rc::new(touched);
        self.known.insert(column.clone(), Rc::clone(&touched));
        Ok(touched)
    }

    fn rows_where(
        &mut self,
        output: &OutputOf,
        accept: impl Fn(&Row) -> bool,
    ) -> Result<BTreeSet<Row>, StagesError> {
        let rows = match self.rows.get(output) {
            Some(rows) => Rc::clone(rows),
            None => {
                let rows = Rc::new(self.made.rows(output)?);
                self.rows.insert(output.clone(), Rc::clone(&rows));
                rows
            }
        };
        Ok(rows.iter().filter(|row| accept(row)).cloned().collect())
    }
}
