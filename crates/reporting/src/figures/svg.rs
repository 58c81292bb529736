//! A drawing as SVG: no script, no font and no link from elsewhere.
//!
//! The ground is white, as the marks are drawn for one; on a dark page a figure is a white card.

use std::fmt::Write;

use super::drawing::{Anchor, Drawing, Form, Point, Shape, Stroke, Text};
use crate::figures::colour::Colour;

impl Drawing {
    /// The picture as an SVG file.
    pub fn svg(&self) -> String {
        let (width, height) = (number(self.width), number(self.height));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"Helvetica, Arial, 'Noto Sans CJK SC', \
             'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', 'WenQuanYi Micro Hei', sans-serif\" \
             font-size=\"11\" stroke-linejoin=\"round\">\n<title>{}</title>\n<desc>{}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n",
            escape(&self.title),
            escape(&self.description),
        );
        let mut open = 0_usize;
        for shape in &self.shapes {
            // Writing into a String can't fail.
            let _ = match shape {
                Shape::Path { points, closed, fill, stroke } => {
                    path(&mut svg, points, *closed, *fill, *stroke)
                }
                Shape::Mark { at, radius, form: Form::Dot, fill, stroke } => writeln!(
                    svg,
                    "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"#{}\"{}/>",
                    number(at.x),
                    number(at.y),
                    number(*radius),
                    fill.hex(),
                    stroked(Some(*stroke)),
                ),
                Shape::Mark { at, radius, form, fill, stroke } => {
                    path(&mut svg, &form.corners(*at, *radius), true, Some(*fill), Some(*stroke))
                }
                Shape::Text(one) => text(&mut svg, one),
                Shape::Group(name) => {
                    open += 1;
                    writeln!(svg, "<g><title>{}</title>", escape(name))
                }
                Shape::GroupEnd if open == 0 => Ok(()),
                Shape::GroupEnd => {
                    open -= 1;
                    writeln!(svg, "</g>")
                }
            };
        }
        svg.push_str(&"</g>\n".repeat(open));
        svg.push_str("</svg>\n");
        svg
    }
}

fn path(
    svg: &mut String,
    points: &[Point],
    closed: bool,
    fill: Option<Colour>,
    stroke: Option<Stroke>,
) -> std::fmt::Result {
    svg.push_str("<path d=\"");
    for (place, point) in points.iter().enumerate() {
        let letter = if place == 0 { "M" } else { "L" };
        write!(svg, "{letter}{} {}", number(point.x), number(point.y))?;
    }
    if closed {
        svg.push('Z');
    }
    match fill {
        Some(colour) => write!(svg, "\" fill=\"#{}\"", colour.hex())?,
        None => svg.push_str("\" fill=\"none\""),
    }
    writeln!(svg, "{}/>", stroked(stroke))
}

fn stroked(stroke: Option<Stroke>) -> String {
    let Some(Stroke { colour, width, dashed }) = stroke else { return String::new() };
    let dashes = if dashed { " stroke-dasharray=\"4 3\"" } else { "" };
    format!(" stroke=\"#{}\" stroke-width=\"{}\"{dashes}", colour.hex(), number(width))
}

fn text(svg: &mut String, text: &Text) -> std::fmt::Result {
    let anchor = match text.anchor {
        Anchor::Start => "",
        Anchor::Middle => " text-anchor=\"middle\"",
        Anchor::End => " text-anchor=\"end\"",
    };
    let weight = if text.bold { " font-weight=\"bold\"" } else { "" };
    let size =
        if text.size == 11.0 { String::new() } else { format!(" font-size=\"{}\"", number(text.size)) };
    // Down to the baseline, which for a text that runs upwards is to the right.
    let down = BASELINE * text.size;
    let (x, y) = if text.turned { (text.at.x + down, text.at.y) } else { (text.at.x, text.at.y + down) };
    let (x, y) = (number(x), number(y));
    let turned = if text.turned { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
    writeln!(
        svg,
        "<text x=\"{x}\" y=\"{y}\"{anchor}{size}{weight}{turned} fill=\"#{}\">{}</text>",
        text.colour.hex(),
        escape(&text.text)
    )
}

/// How far the baseline lies under the middle of a text's letters, as a share of its size.
pub(crate) const BASELINE: f64 = 0.36;

impl Form {
    /// The corners of a mark; none of a circle.
    pub(crate) fn corners(self, at: Point, radius: f64) -> Vec<Point> {
        let (x, y) = (at.x, at.y);
        let point = |x, y| Point { x, y };
        match self {
            Self::Dot => Vec::new(),
            Self::Diamond => {
                let r = 1.4 * radius;
                vec![point(x, y - r), point(x + r, y), point(x, y + r), point(x - r, y)]
            }
            Self::Square => {
                let r = 0.9 * radius;
                vec![point(x - r, y - r), point(x + r, y - r), point(x + r, y + r), point(x - r, y + r)]
            }
            Self::Up | Self::Down => {
                let tip = if self == Self::Up { -1.2 * radius } else { 1.2 * radius };
                vec![
                    point(x, y + tip),
                    point(x + 1.2 * radius, y - 0.8 * tip),
                    point(x - 1.2 * radius, y - 0.8 * tip),
                ]
            }
        }
    }
}

/// A number with one decimal at most, never minus zero.
pub(crate) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0".into() } else { text.to_owned() }
}

/// Text between tags; characters that XML forbids, and those that turn the direction of what follows, become the
/// replacement character.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' | '\t' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                escaped.push('\u{fffd}');
            }
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let drawing = Drawing {
            width: 10.0,
            height: 10.0,
            description: "</desc><script>".into(),
            title: "a & b\u{0}\u{202e}".into(),
            shapes: vec![Shape::Group("</title><g onload=".into())],
        };
        let svg = drawing.svg();
        assert!(svg.contains("<title>a &amp; b\u{fffd}\u{fffd}</title>"), "{svg}");
        assert!(svg.contains("<desc>&lt;/desc&gt;&lt;script&gt;</desc>"), "{svg}");
        assert!(svg.ends_with("<g><title>&lt;/title&gt;&lt;g onload=</title>\n</g>\n</svg>\n"), "{svg}");
    }

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        assert_eq!([0.0, -0.01, 12.34, 5.0, -2.25].map(number), ["0", "0", "12.3", "5", "-2.2"]);
    }
}
