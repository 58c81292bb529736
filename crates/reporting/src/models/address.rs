//! The cells of a table of models by their addresses, for traces and for numbers in texts.

use std::collections::BTreeSet;

use super::layout::{ModelColumn, ModelPanel, ModelRow, ModelTable, RowKind};
use super::model_cell::ModelCell;

/// A coefficient, a statistic or a yes or no of one model, with what stands below it.
#[derive(Debug, Clone, PartialEq)]
pub struct CellOf<'t> {
    /// Its model.
    pub column: &'t ModelColumn,
    /// Its row.
    pub row: &'t ModelRow,
    /// Its place in the table: the column's number and the row's name in results, as `3/union`. A statistic of the
    /// same name as a coefficient is `3/union (statistic)`.
    pub place: String,
    /// What is printed.
    pub cell: &'t ModelCell,
    /// What stands below a coefficient; none where nothing does.
    pub below: Option<&'t ModelCell>,
    /// What was published of it.
    pub published: Option<&'t ModelCell>,
}

/// Which of the cells under an address is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The number itself.
    Number,
    /// What stands below it: `3/union/below`.
    Below,
    /// What was published: `3/union/published`.
    Published,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Number, Self::Below, Self::Published];

    /// What stands at the end of its address.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Number => "",
            Self::Below => "/below",
            Self::Published => "/published",
        }
    }
}

impl<'t> CellOf<'t> {
    /// The cell that is meant, unless nothing stands there.
    pub fn part(&self, part: Part) -> Option<&'t ModelCell> {
        match part {
            Part::Number => Some(self.cell),
            Part::Below => self.below,
            Part::Published => self.published,
        }
    }

    /// Whether it is a number, or what stands for one that can't be computed; no word and no yes or no.
    pub fn is_number(&self) -> bool {
        match self.row.kind {
            RowKind::Indicator => false,
            RowKind::Statistic => self.cell.value.is_some(),
            // A coefficient that was published and that the model hasn't got is none of its.
            RowKind::Estimate | RowKind::Below | RowKind::Published => !self.cell.is_empty(),
        }
    }
}

impl ModelColumn {
    /// Its number without what stands around it.
    pub fn plain_number(&self) -> &str {
        self.number.trim_matches(['(', ')', '（', '）'])
    }
}

impl ModelTable {
    /// All cells in which something stands, column by column.
    pub fn cells(&self) -> Vec<CellOf<'_>> {
        let mut cells = Vec::new();
        for panel in &self.panels {
            let terms: BTreeSet<&str> = rows_of(panel, RowKind::Estimate).map(|row| row.id.as_str()).collect();
            for (at, column) in panel.columns.iter().enumerate() {
                for (first, row) in panel.rows.iter().enumerate() {
                    let Some(cell) = row.cells.get(at) else { continue };
                    if matches!(row.kind, RowKind::Below | RowKind::Published) {
                        continue;
                    }
                    // What is about it stands right below it.
                    let about = |kind: RowKind| {
                        let below = panel.rows.iter().skip(first + 1);
                        let mut own = below
                            .take_while(|row| matches!(row.kind, RowKind::Below | RowKind::Published))
                            .filter(|row| row.kind == kind);
                        own.next()?.cells.get(at).filter(|cell| !cell.is_empty())
                    };
                    let (below, published) = (about(RowKind::Below), about(RowKind::Published));
                    if cell.is_empty() && below.is_none() && published.is_none() {
                        continue;
                    }
                    let clashes = row.kind != RowKind::Estimate && terms.contains(row.id.as_str());
                    let further = if clashes { " (statistic)" } else { "" };
                    cells.push(CellOf {
                        column,
                        row,
                        place: format!("{}/{}{further}", column.plain_number(), row.id),
                        cell,
                        below,
                        published,
                    });
                }
            }
        }
        cells
    }
}

fn rows_of(panel: &ModelPanel, kind: RowKind) -> impl Iterator<Item = &ModelRow> {
    panel.rows.iter().filter(move |row| row.kind == kind)
}
