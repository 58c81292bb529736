//! A drawing as TikZ, for LaTeX.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Form, Point, Shape, Stroke, Text};
use super::svg::{BASELINE, number};
use crate::escape::escape_latex;

impl Drawing {
    /// The picture as a `tikzpicture`, as wide as the text; needs the package `tikz`. Its texts grow and shrink
    /// with it.
    pub fn tikz(&self) -> String {
        let width = number(self.width);
        let mut tikz = format!("% {}\n", escape_latex(&self.title).replace('\n', " "));
        // Writing into a String can't fail, here and below.
        let _ = writeln!(
            tikz,
            "\\begingroup\\sffamily\n\\newcommand{{\\figuretext}}[1]{{\\fontsize{{\\dimexpr\\linewidth*#1/{tenfold}\\relax}}\
             {{\\dimexpr\\linewidth*#1/{tenfold}\\relax}}\\selectfont}}",
            tenfold = number(10.0 * self.width),
        );
        let colours = self.colours();
        for colour in &colours {
            let _ = writeln!(
                tikz,
                "\\definecolor{{c{0}}}{{HTML}}{{{1}}}",
                colour.hex(),
                colour.hex().to_uppercase()
            );
        }
        let _ = writeln!(
            tikz,
            "\\begin{{tikzpicture}}[x=\\linewidth/{width},y=-\\linewidth/{width},line join=round,inner sep=0pt,outer \
             sep=0pt]\n\\useasboundingbox (0,0) rectangle ({width},{height});",
            height = number(self.height),
        );
        let mut open = 0_usize;
        for shape in &self.shapes {
            let _ = match shape {
                Shape::Path { points, closed, fill, stroke } => {
                    path(&mut tikz, points, *closed, *fill, *stroke)
                }
                Shape::Mark { at, radius, form: Form::Dot, fill, stroke } => {
                    let radius = number(*radius);
                    writeln!(
                        tikz,
                        "\\path[{}] ({},{}) circle[x radius={radius},y radius={radius}];",
                        options(Some(*fill), Some(*stroke)),
                        number(at.x),
                        number(at.y)
                    )
                }
                Shape::Mark { at, radius, form, fill, stroke } => {
                    path(&mut tikz, &form.corners(*at, *radius), true, Some(*fill), Some(*stroke))
                }
                Shape::Text(one) => text(&mut tikz, one),
                Shape::Group(name) => {
                    open += 1;
                    writeln!(tikz, "\\begin{{scope}}% {}", escape_latex(name).replace('\n', " "))
                }
                Shape::GroupEnd if open == 0 => Ok(()),
                Shape::GroupEnd => {
                    open -= 1;
                    writeln!(tikz, "\\end{{scope}}")
                }
            };
        }
        tikz.push_str(&"\\end{scope}\n".repeat(open));
        tikz.push_str("\\end{tikzpicture}\\par\\endgroup\n");
        tikz
    }

    /// All colours that the picture has, in order.
    fn colours(&self) -> BTreeSet<Colour> {
        let mut colours = BTreeSet::new();
        for shape in &self.shapes {
            match shape {
                Shape::Path { fill, stroke, .. } => {
                    colours.extend(fill.iter().copied().chain(stroke.map(|stroke| stroke.colour)));
                }
                Shape::Mark { fill, stroke, .. } => colours.extend([*fill, stroke.colour]),
                Shape::Text(text) => colours.extend([text.colour]),
                Shape::Group(_) | Shape::GroupEnd => {}
            }
        }
        colours
    }
}

fn path(
    tikz: &mut String,
    points: &[Point],
    closed: bool,
    fill: Option<Colour>,
    stroke: Option<Stroke>,
) -> std::fmt::Result {
    write!(tikz, "\\path[{}] ", options(fill, stroke))?;
    for (place, point) in points.iter().enumerate() {
        let joint = if place == 0 { "" } else { "--" };
        write!(tikz, "{joint}({},{})", number(point.x), number(point.y))?;
    }
    writeln!(tikz, "{};", if closed { "--cycle" } else { "" })
}

fn options(fill: Option<Colour>, stroke: Option<Stroke>) -> String {
    let mut options = Vec::new();
    if let Some(colour) = fill {
        options.push(format!("fill=c{}", colour.hex()));
    }
    if let Some(Stroke { colour, width, dashed }) = stroke {
        // A unit is about two thirds of a point.
        options.push(format!("draw=c{},line width={:.2}pt", colour.hex(), 0.65 * width));
        if dashed {
            options.push("dash pattern=on 2.6pt off 2pt".into());
        }
    }
    options.join(",")
}

fn text(tikz: &mut String, text: &Text) -> std::fmt::Result {
    let anchor = match text.anchor {
        Anchor::Start => "base west",
        Anchor::Middle => "base",
        Anchor::End => "base east",
    };
    let down = BASELINE * text.size;
    let (x, y) = if text.turned { (text.at.x + down, text.at.y) } else { (text.at.x, text.at.y + down) };
    let turned = if text.turned { ",rotate=90" } else { "" };
    let escaped = escape_latex(&text.text);
    let escaped = if text.bold { format!("\\textbf{{{escaped}}}") } else { escaped };
    writeln!(
        tikz,
        "\\node[anchor={anchor},text=c{},font=\\figuretext{{{}}}{turned}] at ({},{}) {{{escaped}}};",
        text.colour.hex(),
        number(10.0 * text.size),
        number(x),
        number(y),
    )
}
