//! Figures: laid out once, as a [`Drawing`], and written as SVG for Markdown and HTML or as TikZ for LaTeX.

mod about;
mod agreement_scatter;
mod axis;
mod colour;
mod correlation_map;
mod directions;
mod drawing;
mod figure_name;
mod forest;
mod matrix;
mod missing_map;
mod path_panels;
mod plot_point;
mod point_plot;
mod row_plot;
mod specification_curve;
mod svg;
#[cfg(test)]
mod testing;
mod text_width;
mod tikz;
mod words;

pub use about::FigureAbout;
pub use agreement_scatter::AgreementScatter;
pub use correlation_map::CorrelationMap;
pub use directions::Directions;
pub use drawing::Drawing;
pub use figure_name::figure_file;
pub use forest::Forest;
pub use missing_map::MissingMap;
pub use path_panels::{PathPanels, UnitPath};
pub use plot_point::PlotPoint;
pub use point_plot::PointPlot;
pub use row_plot::RowPlot;
pub use specification_curve::SpecificationCurve;
pub use words::FigureWords;
