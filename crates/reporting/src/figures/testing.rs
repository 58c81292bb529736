//! What the tests of figures share.

use super::drawing::{Drawing, Shape};

/// All texts of a drawing.
pub(crate) fn texts(drawing: &Drawing) -> Vec<&str> {
    let text = |shape: &'_ Shape| matches!(shape, Shape::Text(_));
    let shapes = drawing.shapes.iter().filter(|shape| text(shape));
    shapes
        .filter_map(|shape| match shape {
            Shape::Text(text) => Some(text.text.as_str()),
            _ => None,
        })
        .collect()
}

/// Looks at a drawing in both formats: everything within its frame, well-formed XML, as many elements in one as in
/// the other, the same bytes again.
pub(crate) fn both(drawing: &Drawing) {
    let inside = |x: f64, y: f64| {
        (-0.5..=drawing.width + 0.5).contains(&x) && (-0.5..=drawing.height + 0.5).contains(&y)
    };
    for shape in &drawing.shapes {
        let places: Vec<_> = match shape {
            Shape::Path { points, .. } => points.clone(),
            Shape::Mark { at, .. } => vec![*at],
            Shape::Text(text) => vec![text.at],
            Shape::Group(_) | Shape::GroupEnd => Vec::new(),
        };
        assert!(
            places.iter().all(|place| inside(place.x, place.y)),
            "{shape:?} in {} x {}",
            drawing.width,
            drawing.height
        );
    }
    let (svg, tikz) = (drawing.svg(), drawing.tikz());
    assert_eq!((svg.clone(), tikz.clone()), (drawing.svg(), drawing.tikz()));
    well_formed(&svg);
    let paths = svg.matches("<path ").count() + svg.matches("<circle ").count();
    assert_eq!(paths, tikz.matches("\n\\path[").count());
    assert_eq!(svg.matches("<text ").count(), tikz.matches("\n\\node[").count());
    assert_eq!(svg.matches("<g>").count(), tikz.matches("\\begin{scope}").count());
    assert_eq!(tikz.matches("\\begin{scope}").count(), tikz.matches("\\end{scope}").count());
    for bad in ["NaN", "inf", "-0 ", "-0\""] {
        assert!(!svg.contains(bad), "{bad} in {svg}");
    }
}

/// A reader of XML that knows elements, attributes in double quotes and the three references, and nothing else.
fn well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml.trim_end();
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>'), "{text}");
        for reference in text.split('&').skip(1) {
            assert!(["amp;", "lt;", "gt;"].iter().any(|known| reference.starts_with(known)), "&{reference}");
        }
        let (tag, after) = after.split_once('>').expect("a tag is closed");
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(["svg", "title", "desc", "g", "rect", "path", "circle", "text"].contains(&name), "<{name}>");
        let pieces: Vec<&str> = attributes.trim_end_matches('/').split('"').collect();
        assert_eq!(pieces.len() % 2, 1, "{tag}");
        for attribute in pieces.iter().step_by(2).filter(|piece| !piece.trim().is_empty()) {
            let attribute = attribute.trim();
            assert!(attribute.ends_with('=') && !attribute.starts_with("on"), "{tag}");
        }
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.is_empty(), "{open:?} {rest}");
}
