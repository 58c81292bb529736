//! Following values down to cells.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use vintner_transform::Reach;

use super::cells::Cells;
use super::ground::{Base, Ground, Row};
use super::made::Made;
use super::origin::{ColumnOf, Formula, Origin};
use super::output_of::OutputOf;
use crate::error::StagesError;

/// Looks up what values are made of, each once.
pub(super) struct Walk<'m, 'a> {
    made: &'m Made<'a>,
    cells: &'m Cells<'m, 'a>,
    origins: BTreeMap<ColumnOf, Rc<Origin>>,
    /// The cells behind a value.
    known: BTreeMap<(ColumnOf, Row), Rc<BTreeSet<usize>>>,
    /// The rows of each panel.
    rows: BTreeMap<OutputOf, Rc<Vec<Row>>>,
    /// The cells of a time's shift and of all shares, by stage, so that they are gathered once.
    shared: BTreeMap<(String, i32), Rc<BTreeSet<usize>>>,
    /// The cells of all that a stage in another language read, by its output.
    opaque: BTreeMap<OutputOf, Rc<BTreeSet<usize>>>,
}

impl<'m, 'a> Walk<'m, 'a> {
    pub(super) fn new(made: &'m Made<'a>, cells: &'m Cells<'m, 'a>) -> Self {
        Self {
            made,
            cells,
            origins: BTreeMap::new(),
            known: BTreeMap::new(),
            rows: BTreeMap::new(),
            shared: BTreeMap::new(),
            opaque: BTreeMap::new(),
        }
    }

    /// The cells behind a number.
    pub(super) fn cells_behind(&mut self, base: &Base) -> Result<BTreeSet<usize>, StagesError> {
        let mut found = BTreeSet::new();
        for ground in &base.grounds {
            if self.made.is_tidy(&ground.panel) {
                found.extend(self.cells.of_output(&ground.panel)?);
            }
            for variable in &ground.variables {
                let column = ColumnOf { output: ground.panel.clone(), column: variable.clone() };
                for row in ground.sample.iter().chain(&ground.earlier) {
                    found.extend(self.behind(&column, row)?.iter());
                }
            }
        }
        Ok(found)
    }

    /// How the variables, and those that they are made of, are made; each once.
    pub(super) fn formulas(&mut self, base: &Base) -> Vec<Formula> {
        let columns = self.columns(base);
        let origins = columns.iter().map(|column| (column, self.origin(column)));
        let made = origins.filter(|(_, origin)| !matches!(**origin, Origin::HandedOn(_)));
        made.map(|(column, origin)| origin.formula(column)).collect()
    }

    /// The outputs that the values of the variables passed through, and those that the cells behind them
    /// came from; in the pipeline's order, the report's end first.
    pub(super) fn outputs_passed(&mut self, base: &Base, cells: &BTreeSet<usize>) -> Vec<OutputOf> {
        let mut outputs: BTreeSet<OutputOf> =
            self.columns(base).into_iter().map(|column| column.output).collect();
        outputs.extend(cells.iter().map(|at| self.cells.output(*at).clone()));
        let place = |of: &OutputOf| self.made.pipeline.stages.iter().position(|stage| stage.name == of.stage);
        let mut outputs: Vec<OutputOf> = outputs.into_iter().collect();
        outputs.sort_by(|one, other| place(other).cmp(&place(one)).then_with(|| one.cmp(other)));
        outputs
    }

    /// The stages behind the variables that aren't followed value by value.
    pub(super) fn opaque_behind(&mut self, base: &Base) -> Vec<String> {
        let columns = self.columns(base);
        let opaque = columns.into_iter().filter(|column| matches!(*self.origin(column), Origin::Opaque));
        let of_columns: BTreeSet<String> = opaque.map(|column| column.output.stage).collect();
        of_columns.union(&base.opaque).cloned().collect()
    }

    /// The columns of the variables and those that they are made of, each once.
    fn columns(&mut self, base: &Base) -> Vec<ColumnOf> {
        let of_ground = |ground: &Ground| {
            let column =
                |variable: &String| ColumnOf { output: ground.panel.clone(), column: variable.clone() };
            ground.variables.iter().map(column).collect::<Vec<_>>()
        };
        let mut pending: Vec<ColumnOf> = base.grounds.iter().flat_map(of_ground).collect();
        pending.reverse();
        let (mut seen, mut columns) = (BTreeSet::new(), Vec::new());
        while let Some(column) = pending.pop() {
            if !seen.insert(column.clone()) {
                continue;
            }
            let origin = self.origin(&column);
            pending.extend(origin.columns().into_iter().rev().cloned());
            if matches!(*origin, Origin::Opaque)
                && let Ok(behind) = self.made.behind(&column.output, "")
            {
                pending.extend(behind.base.grounds.iter().flat_map(of_ground).rev());
            }
            columns.push(column);
        }
        columns
    }

    fn origin(&mut self, column: &ColumnOf) -> Rc<Origin> {
        if let Some(origin) = self.origins.get(column) {
            return Rc::clone(origin);
        }
        let origin = Rc::new(Origin::of(self.made, column));
        self.origins.insert(column.clone(), Rc::clone(&origin));
        origin
    }

    fn behind(&mut self, column: &ColumnOf, row: &Row) -> Result<Rc<BTreeSet<usize>>, StagesError> {
        let key = (column.clone(), row.clone());
        if let Some(known) = self.known.get(&key) {
            return Ok(Rc::clone(known));
        }
        let origin = self.origin(column);
        let found = match &*origin {
            Origin::Tidy => {
                let repeated = self.made.repeated(&column.output, &column.column)?;
                let cells = self.cells.of_row(&column.column, &row.0, row.1, repeated)?;
                Rc::new(cells.into_iter().collect())
            }
            Origin::HandedOn(from) => self.behind(from, row)?,
            // All that its stage read may matter.
            Origin::Opaque => {
                let behind = self.made.behind(&column.output, "")?;
                match self.opaque.get(&column.output) {
                    Some(known) => Rc::clone(known),
                    None => {
                        let all = Rc::new(self.cells_behind(&behind.base)?);
                        self.opaque.insert(column.output.clone(), Rc::clone(&all));
                        all
                    }
                }
            }
            Origin::Shared(options) => {
                let key = (column.output.stage.clone(), row.1);
                match self.shared.get(&key) {
                    Some(known) => Rc::clone(known),
                    None => {
                        let mut all: BTreeSet<usize> =
                            self.cells.of_time(&options.share, options.base)?.into_iter().collect();
                        all.extend(self.cells.of_time(&options.shift, row.1)?);
                        let all = Rc::new(all);
                        self.shared.insert(key, Rc::clone(&all));
                        all
                    }
                }
            }
            Origin::Deflated { nominal, deflator, options } => {
                let mut all: BTreeSet<usize> = (*self.behind(nominal, row)?).clone();
                all.extend(self.behind(deflator, row)?.iter());
                all.extend(self.behind(deflator, &(row.0.clone(), options.base.ordinal()))?.iter());
                Rc::new(all)
            }
            Origin::Expression { reads, reach, .. } => {
                let rows = self.reached(column, row, *reach)?;
                match (reads.as_slice(), rows.as_slice()) {
                    ([one], [own]) => self.behind(one, own)?,
                    _ => {
                        let mut all = BTreeSet::new();
                        for read in reads {
                            for row in &rows {
                                all.extend(self.behind(read, row)?.iter());
                            }
                        }
                        Rc::new(all)
                    }
                }
            }
        };
        self.known.insert(key, Rc::clone(&found));
        Ok(found)
    }

    /// The rows whose values an expression may read for a row.
    fn reached(&mut self, column: &ColumnOf, row: &Row, reach: Reach) -> Result<Vec<Row>, StagesError> {
        if reach == Reach::Row {
            return Ok(vec![row.clone()]);
        }
        let rows = match self.rows.get(&column.output) {
            Some(rows) => Rc::clone(rows),
            None => {
                let rows = Rc::new(self.made.rows(&column.output)?);
                self.rows.insert(column.output.clone(), Rc::clone(&rows));
                rows
            }
        };
        let within = |other: &&Row| reach == Reach::Panel || other.0 == row.0;
        Ok(rows.iter().filter(within).cloned().collect())
    }
}
