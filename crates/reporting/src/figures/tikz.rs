//! A drawing as TikZ, for LaTeX.

use std::fmt::Write;

use super::drawing::{Anchor, Drawing, Ink, Shape};
use crate::escape_latex;

impl Drawing {
    /// The picture as a `tikzpicture`, as wide as the text; needs the package `tikz`.
    pub fn tikz(&self) -> String {
        let mut tikz = format!(
            "\\begingroup\\tiny\n\\begin{{tikzpicture}}[x=\\linewidth/{width:.0},y=-\\linewidth/{width:.0},line \
             width=0.4pt,inner sep=1pt,outer sep=0pt]\n\\useasboundingbox (0,0) rectangle ({width:.0},{height:.0});\n",
            width = self.width,
            height = self.height,
        );
        for shape in &self.shapes {
            // Writing into a String can't fail.
            let _ = match shape {
                Shape::Line { from, to, ink, dashed } => {
                    let colour = match ink {
                        Ink::Strong => "black",
                        Ink::Weak => "black!65",
                        Ink::Faint => "black!15",
                    };
                    let dashes = if *dashed { ",dashed" } else { "" };
                    writeln!(
                        tikz,
                        "\\draw[{colour}{dashes}] ({:.1},{:.1}) -- ({:.1},{:.1});",
                        from.x, from.y, to.x, to.y
                    )
                }
                Shape::Cut { at, upwards } => {
                    let (x, y, away) = (at.x, at.y, if *upwards { 5.0 } else { -5.0 });
                    writeln!(
                        tikz,
                        "\\draw ({:.1},{:.1}) -- ({x:.1},{y:.1}) -- ({:.1},{:.1});",
                        x - 3.0,
                        y + away,
                        x + 3.0,
                        y + away
                    )
                }
                Shape::Dot { at, radius, filled } => writeln!(
                    tikz,
                    "\\{} ({:.1},{:.1}) circle[x radius={radius:.1},y radius={radius:.1}];",
                    draw(*filled),
                    at.x,
                    at.y
                ),
                Shape::Diamond { at, radius, filled } => {
                    let (x, y, r) = (at.x, at.y, radius * 1.4);
                    writeln!(
                        tikz,
                        "\\{} ({x:.1},{:.1}) -- ({:.1},{y:.1}) -- ({x:.1},{:.1}) -- ({:.1},{y:.1}) -- cycle;",
                        draw(*filled),
                        y - r,
                        x + r,
                        y + r,
                        x - r
                    )
                }
                Shape::Text { at, anchor, text, bold } => {
                    let anchor = match anchor {
                        Anchor::Start => "west",
                        Anchor::Middle => "center",
                        Anchor::End => "east",
                    };
                    let text = escape_latex(text);
                    let text = if *bold { format!("\\textbf{{{text}}}") } else { text };
                    writeln!(tikz, "\\node[anchor={anchor}] at ({:.1},{:.1}) {{{text}}};", at.x, at.y)
                }
            };
        }
        tikz.push_str("\\end{tikzpicture}\\par\\endgroup\n");
        tikz
    }
}

/// The command that draws a closed shape.
fn draw(filled: bool) -> &'static str {
    if filled { "filldraw[fill=black]" } else { "filldraw[fill=white]" }
}
