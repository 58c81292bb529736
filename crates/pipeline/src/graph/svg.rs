//! A graph as a picture of its own: no script, no font and no link from elsewhere.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::edges::{edges, state, word};
use super::graph_link::GraphLink;
use super::layers::{Layout, Size, Spacing, lay_out, ranks};
use crate::plan::Plan;
use crate::questions::StageStatus;
use crate::spec::{ForEach, PipelineStage};

const MARGIN: f64 = 16.0;
const TITLE: f64 = 34.0;
const HEIGHT: f64 = 46.0;
const SMALL: f64 = 28.0;
/// The width of a Latin letter at the size of names; a Chinese character has two.
const LETTER: f64 = 7.4;
/// Names beyond this are cut; the whole name is shown under the pointer.
const LETTERS: usize = 30;

/// What is drawn in a box.
struct Drawn<'a> {
    name: String,
    /// Under the name: the operation, how many branches, the state.
    below: String,
    /// The class of its colours.
    class: &'static str,
    stage: Option<&'a PipelineStage>,
    /// Where it leads to.
    href: Option<String>,
}

/// How links lead from boxes, if they do.
type Links<'l> = Option<&'l dyn Fn(&str) -> GraphLink>;

pub(super) fn draw(plan: &Plan<'_>, statuses: &[StageStatus], links: Links<'_>) -> String {
    let edges = edges(plan);
    let mut nodes: Vec<Drawn<'_>> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (from, _, _) in &edges {
        if plan.pipeline.positions.contains_key(from) || names.contains(&from.as_str()) {
            continue;
        }
        names.push(from);
        let (name, below, class) = match from.as_str() {
            "vintage" => (plan.vintage.name.clone(), "vintage".into(), "vintage"),
            file => (file.to_owned(), String::new(), "file"),
        };
        let href = links.and_then(|links| links(from).href);
        nodes.push(Drawn { name, below, class, stage: None, href });
    }
    for stage in &plan.pipeline.stages {
        names.push(&stage.name);
        let word = word(state(&stage.name, statuses));
        let branches =
            statuses.iter().filter(|status| status.id.stage == stage.name && status.id.item.is_some());
        let many = match (&stage.foreach, branches.count()) {
            (None, _) => String::new(),
            (Some(ForEach::Column { column, .. }), 0) => format!(" x each {column}"),
            (Some(_), count) => format!(" x {count}"),
        };
        let class = if word.is_empty() { "unknown" } else { word };
        let link = links.map(|links| links(&stage.name)).unwrap_or_default();
        let told = [format!("{}{many}", stage.operation), word.to_owned(), link.note];
        let told: Vec<String> = told.into_iter().filter(|part| !part.is_empty()).collect();
        let below = told.join(" · ");
        nodes.push(Drawn { name: stage.name.clone(), below, class, stage: Some(stage), href: link.href });
    }
    let position = |name: &str| names.iter().position(|known| *known == name);
    let joined: Vec<(usize, usize)> =
        edges.iter().filter_map(|(from, to, _)| Some((position(from)?, position(to)?))).collect();
    let sizes: Vec<Size> = nodes.iter().map(size).collect();
    let ranks = ranks(nodes.len(), &joined);
    let layout = lay_out(&sizes, &ranks, &joined, Spacing { layers: 56.0, nodes: 14.0 });
    picture(plan, &nodes, &sizes, &layout, links.is_some())
}

fn size(node: &Drawn<'_>) -> Size {
    let letters = cut(&node.name).width().max(node.below.width() * 11 / 13);
    let height = if node.below.is_empty() { SMALL } else { HEIGHT };
    Size { width: letters as f64 * LETTER + 22.0, height }
}

fn picture(plan: &Plan<'_>, nodes: &[Drawn<'_>], sizes: &[Size], layout: &Layout, in_page: bool) -> String {
    // A page has its own heading, and says which colours there are.
    let top = if in_page { MARGIN } else { MARGIN + TITLE };
    let (width, height) = (layout.width + 2.0 * MARGIN, layout.height + MARGIN + top);
    let title = format!("{} on {}", plan.pipeline.name, plan.vintage.name);
    let mut svg = String::new();
    // Links within a picture are lost on readers who are told that it is one image.
    let role = if in_page { "group" } else { "img" };
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" \
         height=\"{height:.0}\" role=\"{role}\" aria-labelledby=\"title{}\">",
        if in_page { "" } else { " description" }
    );
    let _ = writeln!(svg, "<title id=\"title\">{}</title>", escaped(&title));
    if in_page {
        svg.push_str(ARROW);
    } else {
        let _ = writeln!(svg, "<desc id=\"description\">{}</desc>", escaped(&description(nodes)));
        let _ = write!(svg, "{STYLE}{ARROW}");
        let _ = writeln!(svg, "<rect class=\"paper\" width=\"100%\" height=\"100%\"/>");
        let _ = writeln!(
            svg,
            "<text class=\"title\" x=\"{MARGIN}\" y=\"{}\">{}</text>",
            MARGIN + 12.0,
            escaped(&title)
        );
    }
    let _ = writeln!(svg, "<g transform=\"translate({MARGIN} {top})\">");
    for way in &layout.ways {
        let _ = writeln!(svg, "<path class=\"edge\" marker-end=\"url(#arrow)\" d=\"{}\"/>", path(way));
    }
    for ((node, size), (x, y)) in nodes.iter().zip(sizes).zip(&layout.places) {
        let about = node.stage.and_then(|stage| stage.title.as_ref());
        let about = about.map_or_else(|| node.name.clone(), |title| format!("{}: {title}", node.name));
        if let Some(href) = &node.href {
            let _ = write!(svg, "<a href=\"{}\">", escaped(href));
        }
        let _ = writeln!(svg, "<g class=\"{}\" transform=\"translate({x:.1} {y:.1})\">", node.class);
        let _ = writeln!(svg, "<title>{}</title>", escaped(&about));
        let round = if node.stage.is_some() { 7.0 } else { 1.0 };
        let _ = writeln!(
            svg,
            "<rect class=\"box\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{round}\"/>",
            size.width, size.height
        );
        let _ = writeln!(svg, "<text class=\"name\" x=\"11\" y=\"19\">{}</text>", escaped(&cut(&node.name)));
        if !node.below.is_empty() {
            let _ = writeln!(svg, "<text class=\"below\" x=\"11\" y=\"36\">{}</text>", escaped(&node.below));
        }
        svg.push_str(if node.href.is_some() { "</g></a>\n" } else { "</g>\n" });
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// Straight where it passes a layer, and a curve that leaves and arrives level between them.
fn path(way: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, (x, y)) in way.iter().enumerate() {
        // The arrow's head takes the last bit.
        let x = if at + 1 == way.len() { x - 5.0 } else { *x };
        match at.checked_sub(1).and_then(|before| way.get(before)) {
            None => {
                let _ = write!(path, "M{x:.1} {y:.1}");
            }
            Some(_) if at % 2 == 0 => {
                let _ = write!(path, " L{x:.1} {y:.1}");
            }
            Some((before, level)) => {
                let middle = (before + x) / 2.0;
                let _ = write!(path, " C{middle:.1} {level:.1} {middle:.1} {y:.1} {x:.1} {y:.1}");
            }
        }
    }
    path
}

/// What a reader who doesn't see the picture should know.
fn description(nodes: &[Drawn<'_>]) -> String {
    let stages = nodes.iter().filter(|node| node.stage.is_some());
    let lines: Vec<String> = stages.map(|node| format!("{} ({})", node.name, node.below)).collect();
    format!("Stages from left to right, each after what it reads: {}", lines.join("; "))
}

/// A name that is too long loses its middle.
fn cut(name: &str) -> String {
    if name.width() <= LETTERS {
        return name.to_owned();
    }
    let characters: Vec<char> = name.chars().collect();
    let kept = |characters: &mut dyn Iterator<Item = &char>| -> String {
        let mut text = String::new();
        for character in characters {
            if text.width() >= LETTERS / 2 - 1 {
                break;
            }
            text.push(*character);
        }
        text
    };
    let tail: String = kept(&mut characters.iter().rev()).chars().rev().collect();
    format!("{}…{tail}", kept(&mut characters.iter()))
}

/// Text as XML has it. Characters that XML doesn't allow at all are left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Colours that the colour-blind tell apart (Okabe and Ito), each with its own kind of line.
const STYLE: &str = "\
<style>
.paper{fill:#fff}.title{font:600 15px system-ui,sans-serif;fill:#222}
.name{font:600 13px system-ui,sans-serif;fill:#222}.below{font:11px system-ui,sans-serif;fill:#444}
.edge{fill:none;stroke:#8a8a8a;stroke-width:1.2}.head{fill:#8a8a8a}
.box{fill:#fff;stroke:#666;stroke-width:1.2}
.fresh .box{fill:#dff3ec;stroke:#009e73}
.stale .box{fill:#fdf0d2;stroke:#b87700;stroke-width:2}
.missing .box{fill:#fff;stroke:#666;stroke-dasharray:5 3}
.corrupt .box{fill:#fbdfd0;stroke:#d55e00;stroke-width:3}
.waiting .box{fill:#e3f1fa;stroke:#0072b2;stroke-dasharray:2 2}
.vintage .box{fill:#ececec;stroke:#222;stroke-width:2}
.file .box{fill:#f7f7f7;stroke:#aaa}.file .name{font-weight:400}
@media (prefers-color-scheme:dark){
.paper{fill:#16181c}.title,.name{fill:#eee}.below{fill:#c4c4c4}.edge{stroke:#808080}.head{fill:#808080}
.box{fill:#22252b;stroke:#999}.fresh .box{fill:#10372c}.stale .box{fill:#443100;stroke:#e69f00}
.missing .box{fill:#16181c;stroke:#999}.corrupt .box{fill:#4a2108}.waiting .box{fill:#10304a;stroke:#56b4e9}
.vintage .box{fill:#33363c;stroke:#ddd}.file .box{fill:#1d2025;stroke:#666}
}
</style>
";

/// The heads of edges.
const ARROW: &str = "\
<defs><marker id=\"arrow\" viewBox=\"0 0 6 6\" refX=\"1\" refY=\"3\" markerWidth=\"6\" markerHeight=\"6\" orient=\"auto\">\
<path class=\"head\" d=\"M0 0L6 3L0 6z\"/></marker></defs>
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(escaped("<script>\"&\u{1}\u{ffff}"), "&lt;script&gt;&quot;&amp; ");
    }

    #[test]
    fn long_names_lose_their_middle_whatever_the_script() {
        assert_eq!(cut("short"), "short");
        for long in ["a".repeat(80), "甲".repeat(40), format!("{}é", "e\u{301}".repeat(40))] {
            assert!(cut(&long).width() <= LETTERS, "{}", cut(&long));
        }
    }
}
