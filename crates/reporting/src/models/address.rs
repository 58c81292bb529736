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
            let terms = terms_of(panel);
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
                    cells.push(CellOf {
                        column,
                        row,
                        place: place_of(column, row, &terms),
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

/// Puts beside each number of a table that is traced its address, which its cell becomes a link by.
pub(super) fn with_addresses(table: &mut ModelTable) {
    let numbers = table.cells().into_iter().filter(CellOf::is_number);
    let places: BTreeSet<String> = numbers.map(|cell| cell.place).collect();
    let name = table.name.clone();
    for panel in &mut table.panels {
        let terms: BTreeSet<String> = terms_of(panel).into_iter().map(str::to_owned).collect();
        let terms: BTreeSet<&str> = terms.iter().map(String::as_str).collect();
        for row in &mut panel.rows {
            if matches!(row.kind, RowKind::Below | RowKind::Published) {
                continue;
            }
            let own: Vec<String> = panel.columns.iter().map(|column| place_of(column, row, &terms)).collect();
            for (cell, place) in row.cells.iter_mut().zip(own) {
                if places.contains(&place) {
                    cell.address = format!("{name}/{place}");
                }
            }
        }
    }
}

/// The place of a cell in its table.
fn place_of(column: &ModelColumn, row: &ModelRow, terms: &BTreeSet<&str>) -> String {
    let clashes = row.kind != RowKind::Estimate && terms.contains(row.id.as_str());
    let further = if clashes { " (statistic)" } else { "" };
    format!("{}/{}{further}", column.plain_number(), row.id)
}

/// The coefficients of a panel.
fn terms_of(panel: &ModelPanel) -> BTreeSet<&str> {
    let rows = panel.rows.iter().filter(|row| row.kind == RowKind::Estimate);
    rows.map(|row| row.id.as_str()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::language::Language;
    use crate::models::{ColumnSpec, ModelResults, ModelTableSpec, PanelSpec, TermResult, model_words};

    fn table() -> ModelTable {
        let term = |name: &str, estimate: Option<f64>| TermResult {
            term: name.into(),
            estimate,
            std_error: estimate.map(|_| 0.5),
            ..TermResult::default()
        };
        let column = |terms: Vec<TermResult>| {
            let mut results = ModelResults { model: "m".into(), terms, ..ModelResults::default() };
            results.set_number("n_obs", 12.0);
            results.set_text("errors", "robust");
            ColumnSpec {
                name: "fit".into(),
                branch: "b".into(),
                label: Default::default(),
                group: Default::default(),
                results,
            }
        };
        let panel = |terms: Vec<TermResult>| PanelSpec::untitled(vec![column(terms)]);
        let spec = ModelTableSpec {
            name: "main".into(),
            panels: vec![
                panel(vec![term("I(x/y)", Some(1.5)), term("n_obs", None)]),
                panel(vec![term("z", Some(-2.0))]),
            ],
            digits: 2,
            ..ModelTableSpec::default()
        };
        ModelTable::new(&spec, &model_words(Language::English).unwrap(), Language::English).unwrap()
    }

    #[test]
    fn each_cell_has_one_address_and_panels_go_on_counting() {
        let table = table();
        let cells = table.cells();
        let places: Vec<&str> = cells.iter().map(|cell| cell.place.as_str()).collect();
        // A coefficient that is called as a statistic keeps its name, though it can't be computed.
        assert_eq!(
            places,
            ["1/I(x/y)", "1/n_obs", "1/errors", "1/n_obs (statistic)", "2/z", "2/errors", "2/n_obs"],
            "{places:?}"
        );
        assert_eq!(cells[0].below.unwrap().plain(), "(0.50)");
        assert_eq!(cells[0].part(Part::Published), None);
        assert_eq!(cells[4].cell.plain(), "-2.00");
        let numbers: Vec<bool> = cells.iter().map(CellOf::is_number).collect();
        assert_eq!(numbers, [true, true, false, true, true, false, true]);
        let source = &cells[0].column.model;
        assert_eq!([&source.input, &source.branch, &source.model], ["fit", "b", "m"]);
    }

    #[test]
    fn numbers_alone_become_links() {
        let mut table = table();
        with_addresses(&mut table);
        let linked: Vec<&str> = table
            .panels
            .iter()
            .flat_map(|panel| &panel.rows)
            .flat_map(|row| &row.cells)
            .map(|cell| cell.address.as_str())
            .filter(|address| !address.is_empty())
            .collect();
        assert_eq!(
            linked,
            ["main/1/I(x/y)", "main/1/n_obs", "main/1/n_obs (statistic)", "main/2/z", "main/2/n_obs"]
        );
    }
}
