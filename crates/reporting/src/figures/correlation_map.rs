//! The correlations of variables: over all values below the diagonal, within units above it.

use vintner_estimation::{Correlation, Correlations};

use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Key, MARGIN, SMALL, Stroke, WIDTH, at};
use super::matrix::{Matrix, MatrixCell};
use super::text_width::{minus, text_width};
use super::words::FigureWords;
use crate::number_format::fixed;
use crate::variable_definition::VariableDefinition;

const HEIGHT: f64 = 30.0;
/// Room for the columns' names.
const HEAD: f64 = 20.0;

/// The correlations of variables.
#[derive(Debug, Clone, PartialEq)]
pub struct CorrelationMap<'a> {
    /// The correlations.
    pub correlations: &'a Correlations,
    /// The variables' names.
    pub variables: &'a [VariableDefinition],
}

impl CorrelationMap<'_> {
    /// Lays the picture out.
    pub fn draw(&self, words: &FigureWords, synthetic: bool) -> Drawing {
        let (mut drawing, top) = Drawing::begin(words.say("correlations_title", &[]), words, synthetic);
        let ids = &self.correlations.variables;
        let names: Vec<String> = ids
            .iter()
            .map(|id| match self.variables.iter().find(|variable| variable.id == *id) {
                Some(known) => {
                    words.say("correlations_name", &[("id", id), ("name", words.of(&known.label))])
                }
                None => id.clone(),
            })
            .collect();
        let room = names.iter().map(|name| text_width(name, 10.5)).fold(40.0, f64::max).min(220.0) + 4.0;
        let left = MARGIN + room + 6.0;
        let scale_left = WIDTH - MARGIN - 52.0;
        let width = (scale_left - 24.0 - left) / ids.len().max(1) as f64;
        let matrix = Matrix { corner: at(left, top + HEAD), width, height: HEIGHT };
        matrix.name_rows(&mut drawing, names.iter().map(String::as_str), room);
        matrix.name_columns(&mut drawing, ids.iter().map(String::as_str), HEAD);
        for row in 0..ids.len() {
            for column in 0..ids.len() {
                let found = match row.cmp(&column) {
                    std::cmp::Ordering::Greater => {
                        self.correlations.pair(row, column).map(|pair| pair.overall)
                    }
                    std::cmp::Ordering::Less => self.correlations.pair(row, column).map(|pair| pair.within),
                    std::cmp::Ordering::Equal => {
                        let diagonal =
                            MatrixCell { fill: Colour::FAINT, text: String::new(), hatched: false };
                        matrix.put(&mut drawing, (row, column), &diagonal);
                        continue;
                    }
                };
                matrix.put(&mut drawing, (row, column), &cell(found.flatten()));
            }
        }
        let bottom = matrix.corner.y + HEIGHT * ids.len() as f64;
        scale(&mut drawing, scale_left, matrix.corner.y, (HEIGHT * ids.len() as f64).max(60.0));
        let mut key = Key::begin(at(left, bottom.max(matrix.corner.y + 60.0) + 16.0));
        for text in ["correlations_below", "correlations_above"] {
            key.entry(&mut drawing, 0.0, |_, _| {}, &words.say(text, &[]));
        }
        drawing.height = key.bottom();
        let said = self.description(words, drawing.title());
        drawing.describe(said);
        drawing
    }

    fn description(&self, words: &FigureWords, title: &str) -> String {
        let said = |pick: fn(&Correlation) -> Option<f64>, strongest: bool| {
            let mut pairs: Vec<(f64, &Correlation)> =
                self.correlations.pairs.iter().filter_map(|pair| Some((pick(pair)?, pair))).collect();
            // Stable, so that the first of equal ones is named.
            pairs.sort_by(|(one, _), (other, _)| {
                let order = one.abs().total_cmp(&other.abs());
                if strongest { order.reverse() } else { order }
            });
            match pairs.first() {
                Some((value, pair)) => words.say(
                    "correlations_pair",
                    &[("value", &text(*value)), ("one", &pair.first), ("other", &pair.second)],
                ),
                None => words.say("none", &[]),
            }
        };
        words.sentences(&[words.say(
            "correlations_description",
            &[
                ("title", title),
                ("n", &self.correlations.variables.len().to_string()),
                ("strongest", &said(|pair| pair.overall, true)),
                ("weakest", &said(|pair| pair.overall, false)),
                ("within", &said(|pair| pair.within, true)),
            ],
        )])
    }
}

fn text(value: f64) -> String {
    let text = fixed(value, 2);
    minus(if text == "-0.00" { "0.00" } else { &text })
}

fn cell(value: Option<f64>) -> MatrixCell {
    match value {
        Some(value) => MatrixCell { fill: fill(value), text: text(value), hatched: value < 0.0 },
        None => MatrixCell { fill: Colour::WHITE, text: "–".into(), hatched: false },
    }
}

/// Blue for a positive correlation, vermillion for a negative one, the darker the stronger.
fn fill(value: f64) -> Colour {
    let colour = if value < 0.0 { Colour::VERMILLION } else { Colour::BLUE };
    colour.tint(value.abs())
}

/// The colours from 1 down to -1.
fn scale(drawing: &mut Drawing, x: f64, top: f64, height: f64) {
    const STEPS: usize = 20;
    let step = height / STEPS as f64;
    for place in 0..STEPS {
        let value = 1.0 - (place as f64 + 0.5) / (STEPS as f64 / 2.0);
        let corner = at(x, top + place as f64 * step);
        drawing.rectangle(corner, (16.0, step), Some(fill(value)), None);
        if value < 0.0 {
            drawing.line(at(x, corner.y + step), at(x + 16.0, corner.y), Stroke::new(Colour::WHITE, 1.0));
        }
    }
    drawing.rectangle(at(x, top), (16.0, height), None, Some(Stroke::new(Colour::WEAK, 0.8)));
    for (share, label) in [(0.0, "1"), (0.25, "0.5"), (0.5, "0"), (0.75, "−0.5"), (1.0, "−1")] {
        let y = top + share * height;
        drawing.line(at(x + 16.0, y), at(x + 20.0, y), Stroke::new(Colour::WEAK, 0.8));
        drawing.put(at(x + 23.0, y), Anchor::Start, label).size(SMALL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::testing::{both, texts};
    use crate::language::Language;

    #[test]
    fn all_values_below_and_within_units_above() {
        let pair = |first: &str, second: &str, overall, within| Correlation {
            first: first.into(),
            second: second.into(),
            n: 5,
            overall,
            within,
        };
        let correlations = Correlations {
            variables: vec!["x".into(), "y".into(), "z".into()],
            pairs: vec![
                pair("x", "y", Some(0.914), Some(-0.5)),
                pair("x", "z", Some(-0.001), None),
                pair("y", "z", Some(0.3), Some(0.2)),
            ],
        };
        let map = CorrelationMap { correlations: &correlations, variables: &[] };
        let drawing = map.draw(&FigureWords::default(), false);
        let cells: Vec<&str> = texts(&drawing)
            .into_iter()
            .filter(|text| text.contains('.') && text.len() > 3 || *text == "–")
            .collect();
        // Row by row; the scale's one has one decimal.
        assert_eq!(&cells[..6], ["−0.50", "–", "0.91", "0.20", "0.00", "0.30"]);
        let said = drawing.description();
        assert!(said.contains("the strongest is 0.91 (x, y), the weakest 0.00 (x, z)"), "{said}");
        assert!(said.contains("within units the strongest is −0.50 (x, y)"), "{said}");
        both(&drawing);
        both(&map.draw(&FigureWords::new(Language::Chinese), true));
    }
}
