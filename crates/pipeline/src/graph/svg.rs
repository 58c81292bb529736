//! A graph as a picture of its own: no script, no font and no link from elsewhere.

use std::fmt::Write;

use unicode_width::UnicodeWidthStr;

use super::edges::{edges, state, word};
use super::folded::folded;
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

/// The height of a line in a box of several stages.
const LINE: f64 = 20.0;
/// The most stages that a box names.
const MOST: usize = 12;

/// How much is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// Stages without their files, those that stand alike in one box, without edges that others imply.
    Folded,
    /// Everything.
    Full,
}

/// A stage, a file or the vintage.
struct Drawn<'a> {
    name: String,
    /// Under the name: the operation, how many branches, the state.
    below: String,
    /// The same without the state.
    beside: String,
    /// The class of its colours.
    class: &'static str,
    stage: Option<&'a PipelineStage>,
    /// Where it leads to.
    href: Option<String>,
}

/// A box: one of them, or stages that stand alike.
struct Boxed<'n, 'a> {
    drawn: Vec<&'n Drawn<'a>>,
}

/// How links lead from boxes, if they do.
type Links<'l> = Option<&'l dyn Fn(&str) -> GraphLink>;

pub(super) fn draw(plan: &Plan<'_>, statuses: &[StageStatus], links: Links<'_>, detail: Detail) -> String {
    let mut edges = edges(plan);
    if detail == Detail::Folded {
        edges.retain(|(from, _, _)| from == VINTAGE || plan.pipeline.positions.contains_key(from));
    }
    let mut nodes: Vec<Drawn<'_>> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for (from, _, _) in &edges {
        if plan.pipeline.positions.contains_key(from) || names.contains(&from.as_str()) {
            continue;
        }
        names.push(from);
        let (name, below, class) = match from.as_str() {
            VINTAGE => (plan.vintage.name.clone(), "vintage".into(), "vintage"),
            file => (file.to_owned(), String::new(), "file"),
        };
        let href = links.and_then(|links| links(from).href);
        nodes.push(Drawn { name, below, beside: String::new(), class, stage: None, href });
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
        let operation = format!("{}{many}", stage.operation);
        let joined = |parts: &[&str]| {
            let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
            parts.join(" · ")
        };
        let below = joined(&[&operation, word, &link.note]);
        let beside = joined(&[&operation, &link.note]);
        nodes.push(Drawn {
            name: stage.name.clone(),
            below,
            beside,
            class,
            stage: Some(stage),
            href: link.href,
        });
    }
    let position = |name: &str| names.iter().position(|known| *known == name);
    let joined: Vec<(usize, usize)> =
        edges.iter().filter_map(|(from, to, _)| Some((position(from)?, position(to)?))).collect();
    let (boxes, joined): (Vec<Vec<usize>>, Vec<(usize, usize)>) = match detail {
        Detail::Full => ((0..nodes.len()).map(|node| vec![node]).collect(), joined),
        Detail::Folded => {
            let folded = folded(nodes.len(), &joined, |node| nodes[node].stage.is_none());
            (folded.boxes, folded.edges)
        }
    };
    let boxes: Vec<Boxed<'_, '_>> =
        boxes.iter().map(|own| Boxed { drawn: own.iter().map(|node| &nodes[*node]).collect() }).collect();
    let sizes: Vec<Size> = boxes.iter().map(Boxed::size).collect();
    let ranks = ranks(boxes.len(), &joined);
    let layers = if detail == Detail::Folded { 40.0 } else { 56.0 };
    let layout = lay_out(&sizes, &ranks, &joined, Spacing { layers, nodes: 14.0 });
    // Two pictures may stand on one page.
    let ids = if detail == Detail::Full && links.is_some() { "-in-full" } else { "" };
    picture(plan, &boxes, &sizes, &layout, links.is_some(), ids)
}

/// What stages call the vintage that they read.
const VINTAGE: &str = "vintage";

impl Boxed<'_, '_> {
    fn size(&self) -> Size {
        let letters = |drawn: &Drawn<'_>, below: &str| (cut(&drawn.name).width(), below.width() * 11 / 13);
        let (width, height) = match self.drawn.as_slice() {
            [one] => {
                let (name, below) = letters(one, &one.below);
                (name.max(below), if one.below.is_empty() { SMALL } else { HEIGHT })
            }
            several => {
                let widest = several
                    .iter()
                    .map(|one| letters(one, self.beside(one)))
                    .map(|(name, beside)| name + beside + 1)
                    .max();
                let lines = several.len().min(MOST) + usize::from(several.len() > MOST);
                (widest.unwrap_or_default(), lines as f64 * LINE + 10.0)
            }
        };
        Size { width: width as f64 * LETTER + 22.0, height }
    }

    /// What stands beside a name: with the state where that isn't one of all.
    fn beside<'n>(&self, node: &'n Drawn<'_>) -> &'n str {
        let is_one = self.drawn.iter().all(|other| other.class == node.class);
        if is_one { &node.beside } else { &node.below }
    }

    /// The class of its colours: that of the stage that is worst off.
    fn class(&self) -> &'static str {
        const WORST: [&str; 5] = ["corrupt", "missing", "stale", "waiting", "unknown"];
        let own = || self.drawn.iter().map(|one| one.class);
        let worst = WORST.into_iter().find(|class| own().any(|own| own == *class));
        worst.or_else(|| own().next()).unwrap_or("unknown")
    }
}

fn picture(
    plan: &Plan<'_>,
    boxes: &[Boxed<'_, '_>],
    sizes: &[Size],
    layout: &Layout,
    in_page: bool,
    ids: &str,
) -> String {
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
         height=\"{height:.0}\" role=\"{role}\" aria-labelledby=\"title{ids}{}\">",
        if in_page { "" } else { " description" }
    );
    let _ = writeln!(svg, "<title id=\"title{ids}\">{}</title>", escaped(&title));
    if in_page {
        svg.push_str(&arrow(ids));
    } else {
        let _ = writeln!(svg, "<desc id=\"description\">{}</desc>", escaped(&description(boxes)));
        let _ = write!(svg, "{STYLE}{}", arrow(ids));
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
        let _ = writeln!(svg, "<path class=\"edge\" marker-end=\"url(#arrow{ids})\" d=\"{}\"/>", path(way));
    }
    for ((boxed, size), (x, y)) in boxes.iter().zip(sizes).zip(&layout.places) {
        match boxed.drawn.as_slice() {
            [one] => single(&mut svg, one, *size, (*x, *y)),
            _ => several(&mut svg, boxed, *size, (*x, *y)),
        }
    }
    svg.push_str("</g>\n</svg>\n");
    svg
}

/// What is shown under the pointer: the whole name, what it is, and the files that it reads.
fn about(node: &Drawn<'_>) -> String {
    let Some(stage) = node.stage else { return node.name.clone() };
    let title = stage.title.as_ref().map(|title| format!(": {title}")).unwrap_or_default();
    let files: Vec<String> = stage.bound.files.values().map(|path| path.display().to_string()).collect();
    let files = if files.is_empty() { String::new() } else { format!(" (reads {})", files.join(", ")) };
    format!("{}{title}{files}", node.name)
}

fn single(svg: &mut String, node: &Drawn<'_>, size: Size, (x, y): (f64, f64)) {
    if let Some(href) = &node.href {
        let _ = write!(svg, "<a href=\"{}\">", escaped(href));
    }
    let _ = writeln!(svg, "<g class=\"{}\" transform=\"translate({x:.1} {y:.1})\">", node.class);
    let _ = writeln!(svg, "<title>{}</title>", escaped(&about(node)));
    let round = if node.stage.is_some() { 7.0 } else { 1.0 };
    frame(svg, size, round);
    let _ = writeln!(svg, "<text class=\"name\" x=\"11\" y=\"19\">{}</text>", escaped(&cut(&node.name)));
    if !node.below.is_empty() {
        let _ = writeln!(svg, "<text class=\"below\" x=\"11\" y=\"36\">{}</text>", escaped(&node.below));
    }
    svg.push_str(if node.href.is_some() { "</g></a>\n" } else { "</g>\n" });
}

/// Stages that stand alike, a line each.
fn several(svg: &mut String, boxed: &Boxed<'_, '_>, size: Size, (x, y): (f64, f64)) {
    let _ = writeln!(svg, "<g class=\"{}\" transform=\"translate({x:.1} {y:.1})\">", boxed.class());
    frame(svg, size, 7.0);
    for (line, node) in boxed.drawn.iter().take(MOST).enumerate() {
        if let Some(href) = &node.href {
            let _ = write!(svg, "<a href=\"{}\">", escaped(href));
        }
        let _ = write!(
            svg,
            "<g><title>{}</title><text class=\"name\" x=\"11\" y=\"{}\">{}<tspan class=\"below\" dx=\"8\">{}</tspan></text></g>",
            escaped(&about(node)),
            line as f64 * LINE + 19.0,
            escaped(&cut(&node.name)),
            escaped(boxed.beside(node))
        );
        svg.push_str(if node.href.is_some() { "</a>\n" } else { "\n" });
    }
    if let Some(more) = boxed.drawn.len().checked_sub(MOST).filter(|more| *more > 0) {
        let y = MOST as f64 * LINE + 19.0;
        let _ = writeln!(svg, "<text class=\"below\" x=\"11\" y=\"{y}\">and {more} more</text>");
    }
    svg.push_str("</g>\n");
}

fn frame(svg: &mut String, size: Size, round: f64) {
    let _ = writeln!(
        svg,
        "<rect class=\"box\" width=\"{:.1}\" height=\"{:.1}\" rx=\"{round}\"/>",
        size.width, size.height
    );
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
fn description(boxes: &[Boxed<'_, '_>]) -> String {
    let stages = boxes.iter().flat_map(|boxed| &boxed.drawn).filter(|node| node.stage.is_some());
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
fn arrow(ids: &str) -> String {
    format!(
        "<defs><marker id=\"arrow{ids}\" viewBox=\"0 0 6 6\" refX=\"1\" refY=\"3\" markerWidth=\"6\" markerHeight=\"6\" \
         orient=\"auto\"><path class=\"head\" d=\"M0 0L6 3L0 6z\"/></marker></defs>\n"
    )
}

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
