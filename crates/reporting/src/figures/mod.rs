//! Figures: laid out once, as a [`Drawing`], and written as SVG for Markdown and HTML or as TikZ for LaTeX.

mod drawing;
mod specification_curve;
mod svg;
mod tikz;

pub use drawing::Drawing;
pub use specification_curve::{CurveLabels, SpecificationCurve};
