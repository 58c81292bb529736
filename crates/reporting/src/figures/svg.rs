//! A drawing as SVG: no script, no font and no link from elsewhere.

use std::fmt::Write;

use super::drawing::{Anchor, Drawing, Ink, Shape};

impl Drawing {
    /// The picture as an SVG file.
    pub fn svg(&self) -> String {
        let (width, height) = (self.width, self.height);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {width:.0} {height:.0}\" \
             width=\"{width:.0}\" height=\"{height:.0}\" font-family=\"Helvetica, Arial, 'Noto Sans CJK SC', \
             'WenQuanYi Micro Hei', sans-serif\" font-size=\"11\">\n<title>{}</title>\n<desc>{}</desc>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
            escape(&self.title),
            escape(&self.description),
        );
        for shape in &self.shapes {
            // Writing into a String can't fail.
            let _ = match shape {
                Shape::Line { from, to, ink, dashed } => {
                    let (colour, width) = stroke(*ink);
                    let dashes = if *dashed { " stroke-dasharray=\"5 3\"" } else { "" };
                    writeln!(
                        svg,
                        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\" \
                         stroke-width=\"{width}\"{dashes}/>",
                        from.x, from.y, to.x, to.y
                    )
                }
                Shape::Cut { at, upwards } => {
                    let (x, y, away) = (at.x, at.y, if *upwards { 5.0 } else { -5.0 });
                    writeln!(
                        svg,
                        "<path d=\"M{:.1} {:.1} L{x:.1} {y:.1} L{:.1} {:.1}\" fill=\"none\" stroke=\"#222\"/>",
                        x - 3.0,
                        y + away,
                        x + 3.0,
                        y + away
                    )
                }
                Shape::Dot { at, radius, filled } => writeln!(
                    svg,
                    "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius:.1}\" fill=\"{}\" stroke=\"#222\"/>",
                    at.x,
                    at.y,
                    fill(*filled)
                ),
                Shape::Diamond { at, radius, filled } => {
                    let (x, y, r) = (at.x, at.y, radius * 1.4);
                    writeln!(
                        svg,
                        "<path d=\"M{x:.1} {:.1} L{:.1} {y:.1} L{x:.1} {:.1} L{:.1} {y:.1} Z\" fill=\"{}\" \
                         stroke=\"#222\"/>",
                        y - r,
                        x + r,
                        y + r,
                        x - r,
                        fill(*filled)
                    )
                }
                Shape::Text { at, anchor, text, bold } => {
                    let anchor = match anchor {
                        Anchor::Start => "start",
                        Anchor::Middle => "middle",
                        Anchor::End => "end",
                    };
                    let weight = if *bold { " font-weight=\"bold\"" } else { "" };
                    writeln!(
                        svg,
                        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\" fill=\"#222\"{weight}>{}</text>",
                        at.x,
                        at.y + 4.0,
                        escape(text)
                    )
                }
            };
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn stroke(ink: Ink) -> (&'static str, &'static str) {
    match ink {
        Ink::Strong => ("#222", "1.2"),
        Ink::Weak => ("#555", "1"),
        Ink::Faint => ("#ddd", "1"),
    }
}

fn fill(filled: bool) -> &'static str {
    if filled { "#222" } else { "#fff" }
}

/// Text between tags; characters that XML forbids become the replacement character.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '\n' | '\t' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
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
            title: "a & b\u{0}".into(),
            shapes: Vec::new(),
        };
        let svg = drawing.svg();
        assert!(svg.contains("<title>a &amp; b\u{fffd}</title>"), "{svg}");
        assert!(svg.contains("<desc>&lt;/desc&gt;&lt;script&gt;</desc>"), "{svg}");
    }
}
