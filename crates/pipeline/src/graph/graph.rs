//! Pictures of a pipeline.

use super::graph_link::GraphLink;
use super::svg::Detail;
use super::{dot, mermaid, svg, text};
use crate::plan::Plan;
use crate::questions::StageStatus;

/// How to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GraphFormat {
    /// Indented text.
    Text,
    /// Graphviz.
    Dot,
    /// Mermaid, as GitHub shows it in Markdown.
    Mermaid,
    /// A picture of its own, laid out here: stages alone, those that stand alike in one box, without edges that others imply.
    Svg,
    /// The same with every file, every stage in a box of its own, and every edge.
    SvgInFull,
}

/// A picture of the stages of a plan and of what flows between them. Stages are coloured by state
/// where `statuses` are given.
pub fn draw(plan: &Plan<'_>, statuses: &[StageStatus], format: GraphFormat) -> String {
    match format {
        GraphFormat::Text => text::draw(plan, statuses),
        GraphFormat::Dot => dot::draw(plan, statuses),
        GraphFormat::Mermaid => mermaid::draw(plan, statuses),
        GraphFormat::Svg => svg::draw(plan, statuses, None, Detail::Folded),
        GraphFormat::SvgInFull => svg::draw(plan, statuses, None, Detail::Full),
    }
}

/// The picture as a part of a page, whose boxes are links: an SVG without colours, which the page's own
/// style gives to the classes `box`, `name`, `below`, `edge` and `head` within `fresh`, `stale`, `missing`,
/// `corrupt`, `waiting`, `unknown`, `vintage` and `file`. `link` is asked for each stage, for `vintage` and
/// for the path of each file.
pub fn draw_linked(plan: &Plan<'_>, statuses: &[StageStatus], link: &dyn Fn(&str) -> GraphLink) -> String {
    svg::draw(plan, statuses, Some(link), Detail::Folded)
}

/// As [`draw_linked`], with every file, every stage in a box of its own, and every edge.
pub fn draw_whole_linked(
    plan: &Plan<'_>,
    statuses: &[StageStatus],
    link: &dyn Fn(&str) -> GraphLink,
) -> String {
    svg::draw(plan, statuses, Some(link), Detail::Full)
}
