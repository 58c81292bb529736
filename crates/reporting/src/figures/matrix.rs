//! Rows and columns of coloured cells with a number in each: what the heat maps share.

use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Point, SMALL, Stroke, at};
use super::text_width::text_width;

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MatrixCell {
    pub(crate) fill: Colour,
    pub(crate) text: String,
    /// Whether it is hatched, which in greyscale stands for the colour.
    pub(crate) hatched: bool,
}

/// Where cells stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matrix {
    pub(crate) corner: Point,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Matrix {
    /// Puts a cell. Its number is left out where it is wider than the cell.
    pub(crate) fn put(&self, drawing: &mut Drawing, (row, column): (usize, usize), cell: &MatrixCell) {
        let corner = at(self.corner.x + column as f64 * self.width, self.corner.y + row as f64 * self.height);
        let (size, border) = ((self.width, self.height), Stroke::new(Colour::WHITE, 1.0));
        drawing.rectangle(corner, size, Some(cell.fill), Some(border));
        if cell.hatched {
            drawing.hatch(corner, size, Stroke::new(Colour::WHITE, 1.0));
        }
        let wide = text_width(&cell.text, SMALL);
        if cell.text.is_empty() || wide > self.width {
            return;
        }
        let centre = at(corner.x + self.width / 2.0, corner.y + self.height / 2.0);
        if cell.hatched {
            // Clear of the hatching, so that the number can be read.
            let clear = (wide + 5.0, 12.0);
            let corner = at(centre.x - clear.0 / 2.0, centre.y - clear.1 / 2.0);
            drawing.rectangle(corner, clear, Some(cell.fill), None);
        }
        drawing.put(centre, Anchor::Middle, &cell.text).size(SMALL).colour(cell.fill.text_on());
    }

    /// Names beside the rows.
    pub(crate) fn name_rows<'a>(
        &self,
        drawing: &mut Drawing,
        names: impl Iterator<Item = &'a str>,
        room: f64,
    ) {
        for (row, name) in names.enumerate() {
            let y = self.corner.y + (row as f64 + 0.5) * self.height;
            drawing.put(at(self.corner.x - 6.0, y), Anchor::End, name).size(10.5).within(room);
        }
    }

    /// Names over the columns: level where all fit, else upwards from the cells, `room` high. Where columns are
    /// narrow, only every so many have a name.
    pub(crate) fn name_columns<'a>(
        &self,
        drawing: &mut Drawing,
        names: impl ExactSizeIterator<Item = &'a str> + Clone,
        room: f64,
    ) {
        let level = names.clone().all(|name| text_width(name, SMALL) + 3.0 <= self.width);
        let every = if level { 1 } else { ((SMALL + 1.0) / self.width).ceil().max(1.0) as usize };
        for (column, name) in names.enumerate().step_by(every) {
            let x = self.corner.x + (column as f64 + 0.5) * self.width;
            if level {
                drawing.put(at(x, self.corner.y - 8.0), Anchor::Middle, name).size(SMALL);
            } else {
                let text = drawing.put(at(x, self.corner.y - 4.0), Anchor::Start, name).size(SMALL);
                text.within(room - 4.0).turned();
            }
        }
    }
}
