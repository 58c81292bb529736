//! Published coefficients against those of a vintage.

use super::axis::{Range, SignedLog};
use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Form, Key, MARGIN, Point, SMALL, Stroke, WIDTH, at};
use super::text_width::minus;
use super::words::{FigureWords, number};
use crate::number_format::significant;
use crate::printed_number::PrintedNumber;
use crate::report_unit::ReportUnit;
use crate::tidy_estimate::TidyEstimate;

/// Where the plot stands: a square.
const LEFT: f64 = 62.0;
const SIDE: f64 = 410.0;
/// Where the names of what lies far apart begin.
const LIST: f64 = LEFT + SIDE + 24.0;
/// How many are named.
const NAMED: usize = 12;
/// Less far apart than this on the scale, nothing is named: a tenth of the step from one power of ten to the next.
const NEAR: f64 = 0.23;
/// Where the scales turn from linear to logarithmic, unless most values are smaller.
const THRESHOLD: f64 = 0.1;
/// The marks of the tables, in their order; more tables begin anew.
const MARKS: [(Form, Colour); 4] = [
    (Form::Dot, Colour::BLUE),
    (Form::Square, Colour::VERMILLION),
    (Form::Up, Colour::GREEN),
    (Form::Down, Colour::PURPLE),
];

/// Published coefficients and those of a vintage.
#[derive(Debug, Clone, PartialEq)]
pub struct AgreementScatter<'a> {
    /// The tables, in order; rows of others are passed over.
    pub tables: &'a [String],
    /// The coefficients.
    pub rows: &'a [TidyEstimate],
    /// The units' names.
    pub units: &'a [ReportUnit],
}

/// A coefficient that was published and estimated.
struct Pair<'a> {
    row: &'a TidyEstimate,
    table: usize,
    published: &'a PrintedNumber,
    estimate: f64,
    /// How far they are apart on the scale.
    apart: f64,
}

impl AgreementScatter<'_> {
    /// Lays the picture out.
    pub fn draw(&self, words: &FigureWords, synthetic: bool) -> Drawing {
        let (mut drawing, top) = Drawing::begin(words.say("agreement_title", &[]), words, synthetic);
        let scale = SignedLog { threshold: THRESHOLD };
        let pairs = self.pairs(scale);
        let values = pairs.iter().flat_map(|pair| [pair.published.value(), pair.estimate]);
        let shown = Range::of(values.chain([-THRESHOLD, THRESHOLD]));
        let shown = shown.unwrap_or(Range { low: -1.0, high: 1.0 });
        let range = Range { low: scale.of(shown.low), high: scale.of(shown.high) }.with_margin(0.03);
        let plot = Plot { top: top + 4.0, scale, range };
        plot.rulings(&mut drawing, shown, words);
        // Those that disagree in their stars last, so that they aren't covered.
        let (same, other): (Vec<&Pair>, Vec<&Pair>) =
            pairs.iter().partition(|pair| pair.row.published_stars == Some(pair.row.stars));
        for (pair, filled) in
            same.iter().map(|pair| (pair, true)).chain(other.iter().map(|pair| (pair, false)))
        {
            mark(&mut drawing, plot.place(pair), pair.table, filled);
        }
        self.name_the_farthest(&mut drawing, &plot, &pairs, words);
        let mut key = Key::begin(at(LEFT, plot.top + SIDE + 46.0));
        let tables: Vec<usize> =
            (0..self.tables.len()).filter(|table| pairs.iter().any(|pair| pair.table == *table)).collect();
        for table in tables {
            let text = words.say("agreement_table", &[("id", &self.tables[table])]);
            key.entry(
                &mut drawing,
                8.0,
                |drawing, from| mark(drawing, at(from.x + 4.0, from.y), table, true),
                &text,
            );
        }
        for (filled, text) in [(true, "agreement_filled"), (false, "agreement_hollow")] {
            let sample = |drawing: &mut Drawing, from: Point| {
                let fill = if filled { Colour::WEAK } else { Colour::WHITE };
                drawing.mark(at(from.x + 4.0, from.y), 3.0, Form::Dot, fill, Stroke::WEAK);
            };
            key.entry(&mut drawing, 8.0, sample, &words.say(text, &[]));
        }
        let line = |drawing: &mut Drawing, from: Point| {
            drawing.line(from, at(from.x + 18.0, from.y), Stroke::dashed(Colour::WEAK, 1.0));
        };
        key.entry(&mut drawing, 18.0, line, &words.say("agreement_equal", &[]));
        drawing.height = key.bottom();
        let said = self.description(words, drawing.title(), &pairs);
        drawing.describe(said);
        drawing
    }

    fn pairs(&self, scale: SignedLog) -> Vec<Pair<'_>> {
        let pair = |row| -> Option<Pair> {
            let row: &TidyEstimate = row;
            let table = self.tables.iter().position(|table| *table == row.table)?;
            let (published, estimate) = (row.published.as_ref()?, row.estimate?);
            let apart = (scale.of(published.value()) - scale.of(estimate)).abs();
            Some(Pair { row, table, published, estimate, apart })
        };
        self.rows.iter().filter_map(pair).collect()
    }

    /// The pairs that are farthest apart, the farthest first.
    fn farthest<'b, 'c>(&self, pairs: &'b [Pair<'c>]) -> Vec<&'b Pair<'c>> {
        let mut far: Vec<&Pair> = pairs.iter().filter(|pair| pair.apart > NEAR).collect();
        // Stable, so that equal distances stand in the order of the rows.
        far.sort_by(|one, other| other.apart.total_cmp(&one.apart));
        far.truncate(NAMED);
        far
    }

    fn named(&self, pair: &Pair, words: &FigureWords) -> String {
        let unit = self.units.iter().find(|unit| unit.printed() == pair.row.unit);
        words.say(
            "agreement_point",
            &[
                ("unit", unit.map_or(pair.row.unit.as_str(), |unit| words.of(&unit.label))),
                ("regressor", &pair.row.regressor),
                ("table", &pair.row.table),
                ("published", &minus(pair.published.text())),
                ("estimate", &number(pair.estimate)),
            ],
        )
    }

    fn name_the_farthest(&self, drawing: &mut Drawing, plot: &Plot, pairs: &[Pair], words: &FigureWords) {
        let far = self.farthest(pairs);
        let room = WIDTH - MARGIN - LIST;
        let heading = words.say("agreement_far", &[]);
        drawing.put(at(LIST, plot.top + 6.0), Anchor::Start, heading).bold().size(10.0).within(room);
        if far.is_empty() {
            let none = words.say("none", &[]);
            drawing.put(at(LIST, plot.top + 24.0), Anchor::Start, none).size(SMALL);
        }
        // Numbers keep clear of one another and of the marks.
        let mut taken: Vec<Point> =
            pairs.iter().filter(|pair| pair.apart > NEAR).map(|pair| plot.place(pair)).collect();
        for (place, pair) in far.iter().enumerate() {
            let rank = (place + 1).to_string();
            let y = plot.top + 24.0 + 15.0 * place as f64;
            drawing.put(at(LIST + 12.0, y), Anchor::End, &rank).size(SMALL).bold();
            drawing
                .put(at(LIST + 17.0, y), Anchor::Start, self.named(pair, words))
                .size(SMALL)
                .within(room - 17.0);
            // Beside the mark, where no other number stands already.
            let mark = plot.place(pair);
            let sides =
                [(9.0, 0.0), (-9.0, 0.0), (0.0, -10.0), (0.0, 10.0), (9.0, -9.0), (-9.0, 9.0), (-9.0, -9.0)];
            let free = sides.into_iter().map(|(x, y)| at(mark.x + x, mark.y + y)).find(|side| {
                let inside =
                    side.x > LEFT && side.x < LEFT + SIDE && side.y > plot.top && side.y < plot.top + SIDE;
                let clear = |other: &Point| (side.x - other.x).abs() > 8.5 || (side.y - other.y).abs() > 7.5;
                inside && taken.iter().all(clear)
            });
            if let Some(side) = free {
                taken.push(side);
                drawing.put(side, Anchor::Middle, rank).size(SMALL).bold();
            }
        }
    }

    fn description(&self, words: &FigureWords, title: &str, pairs: &[Pair]) -> String {
        let count = |is: &dyn Fn(&Pair) -> bool| pairs.iter().filter(|pair| is(pair)).count().to_string();
        let mut sentences = vec![words.say(
            "agreement_description",
            &[
                ("title", title),
                ("threshold", &significant_short(THRESHOLD)),
                ("n", &pairs.len().to_string()),
                ("digits", &count(&|pair| pair.published.is_rounding_of(pair.estimate))),
                ("signs", &count(&|pair| pair.published.has_sign_of(pair.estimate))),
                ("stars", &count(&|pair| pair.row.published_stars == Some(pair.row.stars))),
            ],
        )];
        let far: Vec<String> =
            self.farthest(pairs).into_iter().take(3).map(|pair| self.named(pair, words)).collect();
        if !far.is_empty() {
            sentences
                .push(words.say("agreement_farthest", &[("points", &far.join(&words.say("also", &[])))]));
        }
        words.sentences(&sentences)
    }
}

/// A number without the zeros after its point.
fn significant_short(value: f64) -> String {
    let text = significant(value);
    if text.contains('.') && !text.contains('e') {
        minus(text.trim_end_matches('0').trim_end_matches('.'))
    } else {
        minus(&text)
    }
}

fn mark(drawing: &mut Drawing, place: Point, table: usize, filled: bool) {
    let (form, colour) = MARKS[table % MARKS.len()];
    let fill = if filled { colour } else { Colour::WHITE };
    drawing.mark(
        place,
        3.0,
        form,
        fill,
        Stroke::new(if filled { Colour::WHITE } else { colour }, if filled { 0.5 } else { 1.2 }),
    );
}

struct Plot {
    top: f64,
    scale: SignedLog,
    range: Range,
}

impl Plot {
    fn along(&self, value: f64) -> f64 {
        self.range.share(self.scale.of(value)) * SIDE
    }

    fn place(&self, pair: &Pair) -> Point {
        at(LEFT + self.along(pair.published.value()), self.top + SIDE - self.along(pair.estimate))
    }

    fn rulings(&self, drawing: &mut Drawing, shown: Range, words: &FigureWords) {
        let bottom = self.top + SIDE;
        for tick in self.scale.ticks(shown) {
            let stroke = if tick == 0.0 { Stroke::new(Colour::WEAK, 0.8) } else { Stroke::FAINT };
            let (x, y) = (LEFT + self.along(tick), bottom - self.along(tick));
            drawing.line(at(x, self.top), at(x, bottom), stroke);
            drawing.line(at(LEFT, y), at(LEFT + SIDE, y), stroke);
            let text = significant_short(tick);
            drawing.put(at(x, bottom + 10.0), Anchor::Middle, &text).size(SMALL);
            drawing.put(at(LEFT - 5.0, y), Anchor::End, text).size(SMALL);
        }
        drawing.line(at(LEFT, bottom), at(LEFT + SIDE, self.top), Stroke::dashed(Colour::WEAK, 1.0));
        drawing.rectangle(at(LEFT, self.top), (SIDE, SIDE), None, Some(Stroke::new(Colour::WEAK, 0.8)));
        drawing.put(at(LEFT + SIDE / 2.0, bottom + 26.0), Anchor::Middle, words.say("agreement_across", &[]));
        let middle = at(16.0, self.top + SIDE / 2.0);
        drawing.put(middle, Anchor::Middle, words.say("agreement_up", &[])).turned();
    }
}

#[cfg(test)]
mod tests {
    use vintner_panel::Label;

    use super::*;
    use crate::figures::drawing::Shape;
    use crate::figures::testing::{both, texts};
    use crate::language::Language;
    use crate::stars::Stars;

    fn row(unit: &str, estimate: Option<f64>, stars: u8, published: Option<&str>) -> TidyEstimate {
        TidyEstimate {
            table: "1".into(),
            dependent: "y".into(),
            unit: unit.into(),
            regressor: "x".into(),
            estimate,
            std_error: None,
            statistic: None,
            p_value: None,
            stars: Stars::new(stars).unwrap(),
            n_obs: None,
            df_resid: None,
            published: published.map(|text| PrintedNumber::parse(text).unwrap()),
            published_stars: published.map(|_| Stars::new(1).unwrap()),
            note: String::new(),
        }
    }

    #[test]
    fn the_farthest_are_named() {
        let rows = [
            row("a", Some(0.2504), 1, Some("0.250")),
            row("b", Some(-3.0), 0, Some("36.11")),
            row("c", None, 0, Some("1.0")),
            row("d", Some(1.0), 0, None),
            row("<e>", Some(0.5), 1, Some("0.9")),
        ];
        let tables = ["1".to_owned()];
        let units = [ReportUnit {
            id: "b".into(),
            label: Label::new("B-town"),
            printed: Some("b".into()),
            pooled: false,
        }];
        let scatter = AgreementScatter { tables: &tables, rows: &rows, units: &units };
        let drawing = scatter.draw(&FigureWords::default(), false);
        let said = drawing.description();
        assert!(said.contains("Of 3 coefficients"), "{said}");
        assert!(said.contains("1 agree to the printed digits, 2 in sign and 2 in stars"), "{said}");
        let named: Vec<&str> = texts(&drawing).into_iter().filter(|text| text.contains(" in (1)")).collect();
        assert_eq!(named, ["B-town, x in (1): 36.11, −3.000", "<e>, x in (1): 0.9, 0.5000"]);
        // Three coefficients, one table and two kinds of filling in the key.
        let marks = drawing.shapes.iter().filter(|shape| matches!(shape, Shape::Mark { .. })).count();
        assert_eq!(marks, 6);
        both(&drawing);
        both(&scatter.draw(&FigureWords::new(Language::Chinese), true));
        both(&AgreementScatter { tables: &[], rows: &[], units: &[] }.draw(&FigureWords::default(), false));
    }
}
