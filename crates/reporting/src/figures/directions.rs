//! Which dependent variable moves which, unit by unit: the coefficient of each in the equation of each other.

use std::collections::BTreeMap;

use super::colour::Colour;
use super::drawing::{Anchor, Drawing, Form, Key, MARGIN, Point, Stroke, TEXT, WIDTH, at};
use super::text_width::text_width;
use super::words::FigureWords;
use crate::number_format::percent;
use crate::report_unit::ReportUnit;
use crate::robustness::Effect;
use crate::stars::{StarLevels, Stars};
use crate::table_spec::TableSpec;
use crate::tidy_estimate::{TidyEstimate, units_in_order};
use crate::variable_definition::VariableDefinition;

const ROW: f64 = 20.0;
/// Room for what a column is about.
const HEAD: f64 = 20.0;
/// Between the two directions of a pair, where the arrow of those that go both ways stands.
const WITHIN: f64 = 22.0;
/// Between pairs.
const BETWEEN: f64 = 14.0;

/// The directions of effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Directions<'a> {
    /// The tables. Where several have the same dependent variable, the first one counts.
    pub tables: &'a [TableSpec],
    /// Their coefficients beside the published ones.
    pub rows: &'a [TidyEstimate],
    /// The units; the pooled one stands last.
    pub units: &'a [ReportUnit],
    /// What earns a star.
    pub star_levels: &'a StarLevels,
    /// The variables' names.
    pub variables: &'a [VariableDefinition],
}

/// From one variable to another.
struct Link<'a> {
    cause: &'a str,
    effect: &'a str,
    table: &'a str,
}

/// What one coefficient says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    positive: bool,
    stars: Stars,
}

impl Found {
    fn new(value: f64, stars: Stars) -> Self {
        Self { positive: value > 0.0, stars }
    }

    fn effect(self) -> Effect {
        match (self.stars.count() > 0, self.positive) {
            (false, _) => Effect::None,
            (true, true) => Effect::Positive,
            (true, false) => Effect::Negative,
        }
    }
}

/// A cell: what this vintage says, and what was published.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    here: Option<Found>,
    published: Option<Found>,
}

impl Cell {
    fn differs(self) -> bool {
        matches!((self.here, self.published), (Some(here), Some(published)) if here.effect() != published.effect())
    }
}

impl<'a> Directions<'a> {
    /// Lays the picture out.
    pub fn draw(&self, words: &FigureWords, synthetic: bool) -> Drawing {
        let pairs = self.pairs();
        let units = units_in_order(self.units);
        let title = words.say("directions_title", &[("names", &self.names(words, &pairs))]);
        let (mut drawing, top) = Drawing::begin(title, words, synthetic);
        let names: Vec<&str> = units.iter().map(|unit| words.of(&unit.label)).collect();
        let left = names.iter().map(|name| text_width(name, TEXT)).fold(40.0, f64::max).min(150.0) + 18.0;
        let count = pairs.len().max(1) as f64;
        let room = WIDTH - MARGIN - left - BETWEEN * (count - 1.0) - WITHIN * count;
        let width = room / (2.0 * count);
        let first = top + HEAD;
        let cells = self.cells();
        for (row, (unit, name)) in units.iter().zip(&names).enumerate() {
            let y = first + ROW * (row as f64 + 0.5);
            if unit.pooled {
                let rule = y - ROW / 2.0;
                drawing.line(at(MARGIN, rule), at(WIDTH - MARGIN, rule), Stroke::new(Colour::WEAK, 0.8));
            }
            let text = drawing.put(at(MARGIN, y), Anchor::Start, *name).within(left - 14.0);
            if unit.pooled {
                text.bold();
            }
        }
        for (place, pair) in pairs.iter().enumerate() {
            let from = left + place as f64 * (2.0 * width + WITHIN + BETWEEN);
            let columns = [from, from + width + WITHIN];
            for (link, x) in pair.iter().zip(columns) {
                let head = format!("{} → {}", link.cause, link.effect);
                let centre = at(x + width / 2.0, top + 8.0);
                drawing.put(centre, Anchor::Middle, head).bold().size(10.0).within(width + WITHIN - 4.0);
            }
            for (row, unit) in units.iter().enumerate() {
                let y = first + ROW * row as f64;
                let both = pair.iter().zip(columns).map(|(link, x)| {
                    let cell =
                        cells.get(&(link.table, unit.printed(), link.cause)).copied().unwrap_or_default();
                    drawing.group(format!("{}: {} → {}", words.of(&unit.label), link.cause, link.effect));
                    put_cell(&mut drawing, at(x, y + 1.0), (width, ROW - 2.0), cell);
                    drawing.end_group();
                    cell.here.is_some_and(|found| found.stars.count() > 0)
                });
                if both.filter(|significant| *significant).count() == 2 {
                    mutual(&mut drawing, at(from + width + 3.0, y + ROW / 2.0));
                }
            }
        }
        let bottom = first + ROW * units.len() as f64;
        drawing.height = self.key(&mut drawing, bottom + 18.0, words, &cells);
        let said = self.description(words, drawing.title(), &pairs, &units, &cells);
        drawing.describe(said);
        drawing
    }

    /// The pairs of dependent variables of which each is in the other's equation, both directions of each.
    fn pairs(&self) -> Vec<[Link<'a>; 2]> {
        let mut tables: Vec<&TableSpec> = Vec::new();
        for table in self.tables {
            if tables.iter().all(|earlier| earlier.dependent != table.dependent) {
                tables.push(table);
            }
        }
        let mut pairs = Vec::new();
        for (place, one) in tables.iter().enumerate() {
            for other in tables.iter().skip(place + 1) {
                if one.regressors.contains(&other.dependent) && other.regressors.contains(&one.dependent) {
                    let link = |cause: &'a TableSpec, effect: &'a TableSpec| Link {
                        cause: &cause.dependent,
                        effect: &effect.dependent,
                        table: &effect.id,
                    };
                    pairs.push([link(one, other), link(other, one)]);
                }
            }
        }
        pairs
    }

    /// By table, unit's printed name and regressor.
    fn cells(&self) -> BTreeMap<(&str, &str, &str), Cell> {
        let cell = |row: &TidyEstimate| Cell {
            here: row.estimate.filter(|_| row.p_value.is_some()).map(|value| Found::new(value, row.stars)),
            published: row
                .published
                .as_ref()
                .zip(row.published_stars)
                .map(|(published, stars)| Found::new(published.value(), stars)),
        };
        let key = |row: &'a TidyEstimate| (row.table.as_str(), row.unit.as_str(), row.regressor.as_str());
        self.rows.iter().map(|row| (key(row), cell(row))).collect()
    }

    fn name<'b>(&'b self, words: &FigureWords, id: &'b str) -> &'b str {
        let known = self.variables.iter().find(|variable| variable.id == id);
        known.map_or(id, |variable| words.of(&variable.label))
    }

    fn names(&self, words: &FigureWords, pairs: &[[Link; 2]]) -> String {
        let mut ids: Vec<&str> = Vec::new();
        for link in pairs.iter().flatten() {
            if !ids.contains(&link.cause) {
                ids.push(link.cause);
            }
        }
        words.list(&ids.iter().map(|id| self.name(words, id)).collect::<Vec<_>>())
    }

    fn description(
        &self,
        words: &FigureWords,
        title: &str,
        pairs: &[[Link; 2]],
        units: &[&ReportUnit],
        cells: &BTreeMap<(&str, &str, &str), Cell>,
    ) -> String {
        let of = |link: &Link, unit: &ReportUnit| {
            cells.get(&(link.table, unit.printed(), link.cause)).copied().unwrap_or_default()
        };
        let single: Vec<&&ReportUnit> = units.iter().filter(|unit| !unit.pooled).collect();
        let mut links = Vec::new();
        let (mut known, mut differing) = (0_usize, 0_usize);
        for link in pairs.iter().flatten() {
            let count = |effect: Effect| {
                let found = single.iter().filter_map(|unit| of(link, unit).here);
                found.filter(|found| found.effect() == effect).count().to_string()
            };
            for unit in units {
                let cell = of(link, unit);
                known += usize::from(cell.here.is_some() && cell.published.is_some());
                differing += usize::from(cell.differs());
            }
            let pooled = units.iter().find(|unit| unit.pooled).and_then(|unit| of(link, unit).here);
            let pooled = match pooled.map(Found::effect) {
                Some(Effect::Positive) => words.say("pooled_positive", &[]),
                Some(Effect::Negative) => words.say("pooled_negative", &[]),
                Some(Effect::None) => words.say("pooled_weak", &[]),
                None => words.say("not_estimable", &[]),
            };
            links.push(words.say(
                "directions_link",
                &[
                    ("cause", self.name(words, link.cause)),
                    ("effect", self.name(words, link.effect)),
                    ("positive", &count(Effect::Positive)),
                    ("negative", &count(Effect::Negative)),
                    ("weak", &count(Effect::None)),
                    ("n", &single.len().to_string()),
                    ("pooled", &pooled),
                ],
            ));
        }
        words.sentences(&[words.say(
            "directions_description",
            &[
                ("title", title),
                ("links", &links.join(&words.say("stop", &[]))),
                ("differing", &differing.to_string()),
                ("known", &known.to_string()),
            ],
        )])
    }

    /// The key, and where the figure ends under it.
    fn key(
        &self,
        drawing: &mut Drawing,
        y: f64,
        words: &FigureWords,
        cells: &BTreeMap<(&str, &str, &str), Cell>,
    ) -> f64 {
        let mut key = Key::begin(at(MARGIN, y));
        let sample = |found: Found, wide: f64| {
            move |drawing: &mut Drawing, from: Point| {
                let cell = Cell { here: Some(found), published: None };
                ground(drawing, at(from.x, from.y - 7.0), (wide, 14.0), found.effect());
                symbol(drawing, at(from.x + wide / 2.0, from.y), cell.here, 1.0);
            }
        };
        let star = Stars::new(1).unwrap_or_default();
        let found = |positive, stars| Found { positive, stars };
        key.entry(drawing, 24.0, sample(found(true, star), 24.0), &words.say("directions_positive", &[]));
        key.entry(drawing, 24.0, sample(found(false, star), 24.0), &words.say("directions_negative", &[]));
        let weak = |drawing: &mut Drawing, from: Point| {
            symbol(drawing, at(from.x + 6.0, from.y), Some(found(true, Stars::default())), 1.0);
            symbol(drawing, at(from.x + 20.0, from.y), Some(found(false, Stars::default())), 1.0);
        };
        key.entry(drawing, 26.0, weak, &words.say("directions_weak", &[]));
        key.entry(drawing, 16.0, mutual, &words.say("directions_mutual", &[]));
        if cells.values().any(|cell| cell.here.is_none()) {
            let dash =
                |drawing: &mut Drawing, from: Point| symbol(drawing, at(from.x + 5.0, from.y), None, 1.0);
            key.entry(drawing, 10.0, dash, &words.say("not_estimable", &[]));
        }
        if cells.values().any(|cell| cell.differs()) {
            let other = |drawing: &mut Drawing, from: Point| {
                differing(drawing, at(from.x + 6.0, from.y), found(true, star));
            };
            key.entry(drawing, 24.0, other, &words.say("directions_differs", &[]));
        }
        let stars: Vec<String> = self
            .star_levels
            .legend()
            .into_iter()
            .map(|(stars, level)| {
                words.say("directions_stars", &[("stars", &stars.asterisks()), ("level", &percent(level))])
            })
            .collect();
        if !stars.is_empty() {
            key.entry(drawing, 0.0, |_, _| {}, &words.list(&stars));
        }
        key.bottom()
    }
}

fn put_cell(drawing: &mut Drawing, corner: Point, (width, height): (f64, f64), cell: Cell) {
    let effect = cell.here.map_or(Effect::None, Found::effect);
    ground(drawing, corner, (width, height), effect);
    let y = corner.y + height / 2.0;
    let differs = cell.published.filter(|_| cell.differs());
    let middle = corner.x + if differs.is_some() { 0.28 * width } else { 0.42 * width };
    symbol(drawing, at(middle, y), cell.here, 1.0);
    if let Some(here) = cell.here.filter(|here| here.stars.count() > 0) {
        // Asterisks stand high in their line.
        let beside = at(middle + 8.0, y + 2.5);
        drawing.put(beside, Anchor::Start, here.stars.asterisks()).size(12.0);
    }
    if let Some(published) = differs {
        differing(drawing, at(corner.x + width - 27.0, y), published);
    }
}

/// The colour behind a finding, and its hatching.
fn ground(drawing: &mut Drawing, corner: Point, size: (f64, f64), effect: Effect) {
    match effect {
        Effect::Positive => drawing.rectangle(corner, size, Some(Colour::BLUE.tint(0.28)), None),
        Effect::Negative => {
            drawing.rectangle(corner, size, Some(Colour::VERMILLION.tint(0.22)), None);
            drawing.hatch(corner, size, Stroke::new(Colour::VERMILLION.tint(0.6), 0.6));
        }
        Effect::None => drawing.rectangle(corner, size, None, Some(Stroke::new(Colour::FAINT, 0.8))),
    }
}

/// Up for a positive coefficient, down for a negative one, filled where it is significant; a dash for none.
fn symbol(drawing: &mut Drawing, place: Point, found: Option<Found>, scale: f64) {
    let Some(found) = found else {
        drawing.line(at(place.x - 4.0, place.y), at(place.x + 4.0, place.y), Stroke::new(Colour::WEAK, 1.0));
        return;
    };
    let form = if found.positive { Form::Up } else { Form::Down };
    if found.stars.count() > 0 {
        drawing.mark(place, 4.6 * scale, form, Colour::STRONG, Stroke::new(Colour::STRONG, 0.8));
    } else {
        drawing.mark(place, 3.4 * scale, form, Colour::WHITE, Stroke::new(Colour::WEAK, 0.9));
    }
}

/// What was published, where it differs: behind an unequal sign.
fn differing(drawing: &mut Drawing, place: Point, published: Found) {
    let (x, y) = (place.x, place.y);
    for shift in [-1.8, 1.8] {
        drawing.line(at(x - 4.0, y + shift), at(x + 4.0, y + shift), Stroke::STRONG);
    }
    drawing.line(at(x - 2.5, y + 5.0), at(x + 2.5, y - 5.0), Stroke::STRONG);
    symbol(drawing, at(x + 14.0, y), Some(published), 0.9);
}

/// The arrow of an effect both ways.
fn mutual(drawing: &mut Drawing, left: Point) {
    drawing.double_arrow(left, left.x + 16.0, Stroke::STRONG);
}

#[cfg(test)]
mod tests {
    use vintner_panel::Label;

    use super::*;
    use crate::figures::drawing::Shape;
    use crate::figures::testing::both;
    use crate::language::Language;
    use crate::printed_number::PrintedNumber;

    fn table(id: &str, dependent: &str, regressors: &[&str]) -> TableSpec {
        TableSpec {
            id: id.into(),
            title: Label::new(id),
            dependent: dependent.into(),
            regressors: regressors.iter().map(|one| (*one).to_owned()).collect(),
            note: Label::default(),
            in_report: true,
        }
    }

    fn row(table: &str, unit: &str, regressor: &str, here: (f64, u8), published: (&str, u8)) -> TidyEstimate {
        TidyEstimate {
            table: table.into(),
            dependent: String::new(),
            unit: unit.into(),
            regressor: regressor.into(),
            estimate: Some(here.0),
            std_error: Some(0.1),
            statistic: None,
            p_value: Some(0.5),
            stars: Stars::new(here.1).unwrap(),
            n_obs: None,
            df_resid: None,
            published: PrintedNumber::parse(published.0),
            published_stars: Stars::new(published.1),
            note: String::new(),
        }
    }

    #[test]
    fn directions_are_counted_and_held_against_the_publication() {
        let tables = [table("1", "x", &["y", "z"]), table("2", "y", &["x"]), table("1b", "x", &["y"])];
        let rows = [
            row("1", "a", "y", (0.4, 2), ("0.40", 2)),
            row("2", "a", "x", (-0.4, 1), ("0.40", 1)),
            row("1", "all", "y", (0.1, 0), ("0.40", 3)),
            // That of another table with the same dependent variable doesn't count.
            row("1b", "a", "y", (-9.0, 3), ("0.40", 2)),
        ];
        let unit =
            |id: &str, pooled| ReportUnit { id: id.into(), label: Label::new(id), printed: None, pooled };
        let units = [unit("all", true), unit("a", false)];
        let levels = StarLevels::default();
        let directions =
            Directions { tables: &tables, rows: &rows, units: &units, star_levels: &levels, variables: &[] };
        let drawing = directions.draw(&FigureWords::default(), false);
        let said = drawing.description();
        assert!(said.contains("y to x: positive in 1, negative in 0, not significant in 0 of the 1 units, panel: not significant"), "{said}");
        assert!(said.contains("x to y: positive in 0, negative in 1"), "{said}");
        assert!(said.contains("2 of 3 findings differ"), "{said}");
        let groups: Vec<&String> = drawing
            .shapes
            .iter()
            .filter_map(|shape| if let Shape::Group(name) = shape { Some(name) } else { None })
            .collect();
        assert_eq!(groups, ["a: x → y", "a: y → x", "all: x → y", "all: y → x"]);
        both(&drawing);
        both(&directions.draw(&FigureWords::new(Language::Chinese), true));
    }

    #[test]
    fn without_pairs_there_is_nothing_to_show() {
        let levels = StarLevels::default();
        let directions =
            Directions { tables: &[], rows: &[], units: &[], star_levels: &levels, variables: &[] };
        both(&directions.draw(&FigureWords::default(), false));
    }
}
