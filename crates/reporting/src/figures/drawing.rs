//! A picture as a list of shapes, apart from any format.

use super::colour::Colour;
use super::text_width::{fitted, text_width};
use super::words::FigureWords;

/// How wide every figure is, in its own units. A figure fills the text of an A4 page, so that a unit is about two
/// thirds of a point in print and one pixel on a screen.
pub(crate) const WIDTH: f64 = 760.0;
/// What stays free at the left and right edge.
pub(crate) const MARGIN: f64 = 8.0;
/// The usual size of text.
pub(crate) const TEXT: f64 = 11.0;
/// The least size of text: a little more than 6 points in print.
pub(crate) const SMALL: f64 = 9.5;

/// A point, in units of which the whole picture has as many as its size says; y grows downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// The point at x and y.
pub(crate) fn at(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) colour: Colour,
    pub(crate) width: f64,
    pub(crate) dashed: bool,
}

impl Stroke {
    /// An unbroken line.
    pub(crate) const fn new(colour: Colour, width: f64) -> Self {
        Self { colour, width, dashed: false }
    }

    /// A dashed line.
    pub(crate) const fn dashed(colour: Colour, width: f64) -> Self {
        Self { colour, width, dashed: true }
    }

    /// What a figure is about.
    pub(crate) const STRONG: Self = Self::new(Colour::STRONG, 1.2);
    /// What stands beside it.
    pub(crate) const WEAK: Self = Self::new(Colour::WEAK, 1.0);
    /// Rulings behind it.
    pub(crate) const FAINT: Self = Self::new(Colour::FAINT, 1.0);
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

/// The form of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A circle.
    Dot,
    /// A square that stands on its corner.
    Diamond,
    /// A square.
    Square,
    /// A triangle that points up.
    Up,
    /// A triangle that points down.
    Down,
}

/// A text and how it is set.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) at: Point,
    pub(crate) anchor: Anchor,
    pub(crate) text: String,
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) colour: Colour,
    /// Whether it runs upwards.
    pub(crate) turned: bool,
}

/// One shape.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    /// Lines from point to point.
    Path { points: Vec<Point>, closed: bool, fill: Option<Colour>, stroke: Option<Stroke> },
    /// A mark around a point.
    Mark { at: Point, radius: f64, form: Form, fill: Colour, stroke: Stroke },
    /// A text on one line, its small letters centred on its point.
    Text(Text),
    /// A group begins, with what it shows.
    Group(String),
    /// The group ends.
    GroupEnd,
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
    /// An empty picture. Of synthetic data this is said in its head, which the picture begins under.
    pub(crate) fn begin(title: String, words: &FigureWords, synthetic: bool) -> (Self, f64) {
        let mut drawing =
            Self { width: WIDTH, height: 0.0, description: String::new(), title, shapes: Vec::new() };
        if !synthetic {
            return (drawing, 6.0);
        }
        drawing.description = words.say("synthetic", &[]);
        drawing.put(at(WIDTH / 2.0, 10.0), Anchor::Middle, drawing.description.clone()).bold();
        (drawing, 24.0)
    }

    /// Says what it shows; the notice of synthetic data stays at the end.
    pub(crate) fn describe(&mut self, said: String) {
        let notice = std::mem::replace(&mut self.description, said);
        if !notice.is_empty() {
            self.description.push(' ');
            self.description.push_str(&notice);
        }
    }

    /// Its title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the picture shows, in words.
    pub fn description(&self) -> &str {
        &self.description
    }

    pub(crate) fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.polyline(vec![from, to], stroke);
    }

    pub(crate) fn polyline(&mut self, points: Vec<Point>, stroke: Stroke) {
        self.shapes.push(Shape::Path { points, closed: false, fill: None, stroke: Some(stroke) });
    }

    /// A rectangle by its upper left corner, its width and its height.
    pub(crate) fn rectangle(
        &mut self,
        corner: Point,
        (width, height): (f64, f64),
        fill: Option<Colour>,
        stroke: Option<Stroke>,
    ) {
        let (x, y) = (corner.x, corner.y);
        let points = vec![corner, at(x + width, y), at(x + width, y + height), at(x, y + height)];
        self.shapes.push(Shape::Path { points, closed: true, fill, stroke });
    }

    /// Slanted lines over a rectangle: what stands in the place of a colour in greyscale. They are lines and no
    /// pattern, as patterns go by names that would clash where several figures stand on a page.
    pub(crate) fn hatch(&mut self, corner: Point, (width, height): (f64, f64), stroke: Stroke) {
        const STEP: f64 = 6.0;
        let mut from = STEP;
        while from < width + height {
            // The line x + y = from, within the rectangle.
            let (left, right) = ((from - height).max(0.0), from.min(width));
            let (low, high) =
                (at(corner.x + left, corner.y + from - left), at(corner.x + right, corner.y + from - right));
            self.line(low, high, stroke);
            from += STEP;
        }
    }

    pub(crate) fn mark(&mut self, at: Point, radius: f64, form: Form, fill: Colour, stroke: Stroke) {
        self.shapes.push(Shape::Mark { at, radius, form, fill, stroke });
    }

    /// The end of a line that goes on outside, by the direction in which it does.
    pub(crate) fn cut(&mut self, end: Point, (x, y): (f64, f64), stroke: Stroke) {
        let (back_x, back_y) = (end.x - 5.0 * x, end.y - 5.0 * y);
        let points =
            vec![at(back_x - 3.0 * y, back_y - 3.0 * x), end, at(back_x + 3.0 * y, back_y + 3.0 * x)];
        self.polyline(points, stroke);
    }

    /// An arrow with a head at both ends, level.
    pub(crate) fn double_arrow(&mut self, left: Point, right: f64, stroke: Stroke) {
        let end = at(right, left.y);
        self.line(left, end, stroke);
        self.cut(left, (-1.0, 0.0), stroke);
        self.cut(end, (1.0, 0.0), stroke);
    }

    /// A text of the usual size, which what is returned may change.
    pub(crate) fn put(&mut self, at: Point, anchor: Anchor, text: impl Into<String>) -> Setting<'_> {
        self.shapes.push(Shape::Text(Text {
            at,
            anchor,
            text: text.into(),
            size: TEXT,
            bold: false,
            colour: Colour::STRONG,
            turned: false,
        }));
        Setting(self.shapes.last_mut())
    }

    /// Opens a group, whose name a reader's program may show or say.
    pub(crate) fn group(&mut self, name: impl Into<String>) {
        self.shapes.push(Shape::Group(name.into()));
    }

    pub(crate) fn end_group(&mut self) {
        self.shapes.push(Shape::GroupEnd);
    }
}

/// A text that was just put.
pub(crate) struct Setting<'a>(Option<&'a mut Shape>);

impl Setting<'_> {
    fn change(mut self, change: impl FnOnce(&mut Text)) -> Self {
        if let Some(Shape::Text(text)) = &mut self.0 {
            change(text);
        }
        self
    }

    pub(crate) fn bold(self) -> Self {
        self.change(|text| text.bold = true)
    }

    pub(crate) fn turned(self) -> Self {
        self.change(|text| text.turned = true)
    }

    pub(crate) fn size(self, size: f64) -> Self {
        self.change(|text| text.size = size)
    }

    pub(crate) fn colour(self, colour: Colour) -> Self {
        self.change(|text| text.colour = colour)
    }

    /// Cut off where it would be wider than that.
    pub(crate) fn within(self, width: f64) -> Self {
        self.change(|text| text.text = fitted(&text.text, text.size, width))
    }
}

/// A key to the marks of a figure: entries from left to right, on as many lines as they need.
pub(crate) struct Key {
    from: Point,
    x: f64,
    y: f64,
}

impl Key {
    /// Begins at a point, the middle of its first line.
    pub(crate) fn begin(from: Point) -> Self {
        Self { from, x: from.x, y: from.y }
    }

    /// An entry: a sample of so much width, drawn by its left end's point, and its text.
    pub(crate) fn entry(
        &mut self,
        drawing: &mut Drawing,
        width: f64,
        sample: impl FnOnce(&mut Drawing, Point),
        text: &str,
    ) {
        let wide = width + 5.0 + text_width(text, SMALL);
        if self.x > self.from.x && self.x + wide > WIDTH - MARGIN {
            self.x = self.from.x;
            self.y += 15.0;
        }
        sample(drawing, at(self.x, self.y));
        drawing.put(at(self.x + width + 5.0, self.y), Anchor::Start, text).size(SMALL);
        self.x += wide + 18.0;
    }

    /// Where the figure ends under it.
    pub(crate) fn bottom(&self) -> f64 {
        self.y + 11.0
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn hatching_stays_within_its_rectangle() {
        let (mut drawing, _) = Drawing::begin(String::new(), &FigureWords::default(), false);
        drawing.hatch(at(10.0, 20.0), (30.0, 9.0), Stroke::FAINT);
        assert!(drawing.shapes.len() > 4);
        for shape in &drawing.shapes {
            let Shape::Path { points, .. } = shape else { panic!("{shape:?}") };
            for point in points {
                assert!((10.0..=40.0).contains(&point.x) && (20.0..=29.0).contains(&point.y), "{point:?}");
            }
        }
    }

    #[test]
    fn a_key_breaks_its_lines() {
        let (mut drawing, _) = Drawing::begin(String::new(), &FigureWords::default(), false);
        let mut key = Key::begin(at(10.0, 10.0));
        for _ in 0..4 {
            key.entry(&mut drawing, 20.0, |_, _| {}, &"word ".repeat(10));
        }
        assert_eq!(key.bottom(), 36.0);
    }
}
