//! A picture as a list of shapes, apart from any format.

/// A point, in units of which the whole picture has as many as its size says; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// How a line or a mark is drawn. Marks are told apart by their shape and filling, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ink {
    /// What the picture is about.
    Strong,
    /// What stands beside it.
    Weak,
    /// Rulings behind it.
    Faint,
}

/// Where a text stands, as seen from its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// One shape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// A line.
    Line { from: Point, to: Point, ink: Ink, dashed: bool },
    /// An arrow's head at the end of what is cut off, pointing up or down.
    Cut { at: Point, upwards: bool },
    /// A round mark.
    Dot { at: Point, radius: f64, filled: bool },
    /// A mark that stands on its corner.
    Diamond { at: Point, radius: f64, filled: bool },
    /// A text on one line, its baseline a little below the point.
    Text { at: Point, anchor: Anchor, text: String, bold: bool },
}

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// What it shows, for those who don't see it.
    pub(crate) description: String,
    /// Its title.
    pub(crate) title: String,
    pub(crate) shapes: Vec<Shape>,
}

impl Drawing {
    /// What the picture shows, in words.
    pub fn description(&self) -> &str {
        &self.description
    }

    pub(crate) fn line(&mut self, from: Point, to: Point, ink: Ink) {
        self.shapes.push(Shape::Line { from, to, ink, dashed: false });
    }

    pub(crate) fn text(&mut self, at: Point, anchor: Anchor, text: impl Into<String>) {
        self.shapes.push(Shape::Text { at, anchor, text: text.into(), bold: false });
    }

    pub(crate) fn heading(&mut self, at: Point, text: impl Into<String>) {
        self.shapes.push(Shape::Text { at, anchor: Anchor::Start, text: text.into(), bold: true });
    }
}
