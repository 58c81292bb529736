//! Pictures of a pipeline: as text, for Graphviz and Mermaid, and as a drawing of its own.
//!
//! It reads the plan, the spec and the states of branches. It never asks the store itself.

mod dot;
mod edges;
mod folded;
mod graph;
mod graph_link;
mod layers;
mod mermaid;
mod svg;
mod text;

pub use graph::{GraphFormat, draw, draw_linked, draw_whole_linked};
pub use graph_link::GraphLink;
