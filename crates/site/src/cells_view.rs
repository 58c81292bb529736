//! Raw cells as tables of a page.
//!
//! There may be thousands on a page, so that these tables are written here and not by a template; every text
//! in them is escaped.

use std::fmt::Write;

use vintner_stages::count;
use vintner_stages::trace::RawCell;
use vintner_stages::{escape_html, page_name};

/// The most cells of a page.
const MOST: usize = 4_000;

/// The place of a variable's cells.
pub(crate) fn place(variable: &str) -> String {
    format!("cells-{}", page_name(variable))
}

/// Markup of the cells, sorted by variable, a table for each variable and sheet. `source` is where a source
/// is told of, `unit` what one is called.
pub(crate) fn tables<'u>(
    cells: &[&'u RawCell],
    source: &dyn Fn(&str) -> String,
    unit: &dyn Fn(&'u str) -> &'u str,
) -> String {
    let mut html = String::new();
    let shown = &cells[..cells.len().min(MOST)];
    for of_variable in shown.chunk_by(|one, other| one.variable == other.variable) {
        let Some(first) = of_variable.first() else { continue };
        let variable = escape_html(&first.variable);
        let _ = writeln!(
            html,
            "<h3 id=\"{}\"><code>{variable}</code> <span class=\"note\">{}</span></h3>",
            place(&first.variable),
            count(of_variable.len(), "cell")
        );
        let sheet =
            |cell: &RawCell| (cell.source.clone(), cell.address.file.clone(), cell.address.sheet.clone());
        for (at, of_sheet) in of_variable.chunk_by(|one, other| sheet(one) == sheet(other)).enumerate() {
            sheet_table(&mut html, of_sheet, source, unit, &format!("{}-{at}", place(&first.variable)));
        }
    }
    if cells.len() > MOST {
        let _ = writeln!(
            html,
            "<p class=\"note\">And {}: <code>vintner trace NUMBER --detail</code> has them all.</p>",
            count(cells.len() - MOST, "more cell")
        );
    }
    html
}

fn sheet_table<'u>(
    html: &mut String,
    cells: &[&'u RawCell],
    source: &dyn Fn(&str) -> String,
    unit: &dyn Fn(&'u str) -> &'u str,
    place: &str,
) {
    let Some(first) = cells.first() else { return };
    let file = escape_html(&first.address.file);
    let sheet = first.address.sheet.as_ref().map(|sheet| format!(", sheet {}", escape_html(sheet)));
    let with_units = cells.iter().any(|cell| cell.entity.is_some());
    let with_categories = cells.iter().any(|cell| cell.category.is_some());
    let _ = writeln!(
        html,
        "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{place}\"><table>\n<caption id=\"{place}\"><a \
         href=\"{}\">{file}</a>{}</caption>\n<thead><tr>{}<th scope=\"col\">Time</th>{}<th scope=\"col\">Cell</th><th \
         scope=\"col\">As read</th><th scope=\"col\" class=\"number\">Value</th></tr></thead>\n<tbody>",
        escape_html(&source(&first.source)),
        sheet.unwrap_or_default(),
        if with_units { "<th scope=\"col\">Unit</th>" } else { "" },
        if with_categories { "<th scope=\"col\">Category</th>" } else { "" },
    );
    for cell in cells {
        html.push_str("<tr>");
        if with_units {
            let _ = write!(html, "<td>{}</td>", escape_html(cell.entity.as_deref().map_or("\u{2013}", unit)));
        }
        let _ = write!(html, "<td>{}</td>", escape_html(&cell.when()));
        if with_categories {
            let _ = write!(html, "<td>{}</td>", escape_html(cell.category.as_deref().unwrap_or("\u{2013}")));
        }
        let value = escape_html(&cell.gives(|number| number.to_string()));
        let _ = writeln!(
            html,
            "<td>{}</td><td>{}</td><td class=\"number\">{value}</td></tr>",
            cell.address.cell(),
            escape_html(&crate::table_data::cut(&cell.raw)),
        );
    }
    html.push_str("</tbody></table></div>\n");
}

#[cfg(test)]
mod tests {
    use vintner_panel::CellAddress;

    use super::*;

    #[test]
    fn hostile_texts_stay_texts() {
        let hostile = "<script>alert(1)</script>\"' onload=x";
        let address = CellAddress { file: hostile.into(), sheet: Some(hostile.into()), row: 2, column: 4 };
        let cell = RawCell {
            variable: hostile.into(),
            entity: Some(hostile.into()),
            time: 2008.into(),
            period: None,
            category: Some(hostile.into()),
            source: hostile.into(),
            address,
            raw: hostile.into(),
            value: Some(1.5),
            label: None,
        };
        let html = tables(&[&cell], &|source| source.to_owned(), &|id| id);
        assert!(!html.contains("<script") && !html.contains("\"'"), "{html}");
        assert!(html.contains("<td>D2</td>") && html.contains("<td class=\"number\">1.5</td>"), "{html}");
    }
}
