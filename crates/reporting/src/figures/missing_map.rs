//! Missing values: how many units lack a variable in each year, and in how many years each unit lacks it.

use vintner_panel::{Label, Period};

use super::colour::Colour;
use super::drawing::{Anchor, Drawing, MARGIN, SMALL, WIDTH, at};
use super::matrix::{Matrix, MatrixCell};
use super::text_width::text_width;
use super::words::FigureWords;

const HEIGHT: f64 = 20.0;
const GAP: f64 = 24.0;
/// So many units have room.
const MOST_UNITS: usize = 48;

/// The missing values of variables.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingMap<'a> {
    /// The variables, in order.
    pub variables: &'a [String],
    /// The units, in order.
    pub units: &'a [Label],
    /// The times, in order.
    pub times: &'a [Period],
    /// Whether a value is missing, by variable, unit and time.
    pub missing: &'a [Vec<Vec<bool>>],
}

impl MissingMap<'_> {
    /// Lays the picture out.
    pub fn draw(&self, words: &FigureWords, synthetic: bool) -> Drawing {
        let (mut drawing, top) = Drawing::begin(words.say("missing_title", &[]), words, synthetic);
        let all: Vec<&str> = self.units.iter().map(|unit| words.of(unit)).collect();
        let shown = self.shown();
        let units: Vec<&str> = shown.iter().filter_map(|unit| all.get(*unit).copied()).collect();
        let times: Vec<String> = self.times.iter().map(ToString::to_string).collect();
        let room = self.variables.iter().map(|id| text_width(id, 10.5)).fold(24.0, f64::max).min(120.0) + 2.0;
        let left = MARGIN + room + 6.0;
        let columns = (times.len() + units.len()).max(1) as f64;
        let width = ((WIDTH - MARGIN - GAP - left) / columns).min(44.0);
        let longest = |names: &mut dyn Iterator<Item = &str>| {
            names.map(|name| text_width(name, SMALL)).fold(0.0, f64::max)
        };
        let long = longest(&mut units.iter().copied()).max(longest(&mut times.iter().map(String::as_str)));
        let head = if long + 3.0 <= width { 16.0 } else { long.min(110.0) + 6.0 };
        let (heading, first) = (top + 8.0, top + 18.0 + head);
        let by_time = Matrix { corner: at(left, first), width, height: HEIGHT };
        let second = left + width * times.len() as f64 + GAP;
        let by_unit = Matrix { corner: at(second, first), width, height: HEIGHT };
        by_time.name_rows(&mut drawing, self.variables.iter().map(String::as_str), room);
        by_time.name_columns(&mut drawing, times.iter().map(String::as_str), head);
        by_unit.name_columns(&mut drawing, units.iter().copied(), head);
        let count = all.len().to_string();
        drawing
            .put(at(left, heading), Anchor::Start, words.say("missing_by_time", &[("n", &count)]))
            .bold()
            .size(10.5);
        let (count, some, of) = (times.len().to_string(), units.len().to_string(), all.len().to_string());
        let said = match units.len() < all.len() {
            true => words.say("missing_by_some", &[("n", &count), ("shown", &some), ("count", &of)]),
            false => words.say("missing_by_unit", &[("n", &count)]),
        };
        drawing.put(at(second, heading), Anchor::Start, said).bold().size(10.5);
        for variable in 0..self.variables.len() {
            for time in 0..times.len() {
                let missing = self.at_time(variable, time);
                by_time.put(&mut drawing, (variable, time), &cell(missing, all.len()));
            }
            for (column, unit) in shown.iter().enumerate() {
                let missing = self.of_unit(variable, *unit);
                by_unit.put(&mut drawing, (variable, column), &cell(missing, times.len()));
            }
        }
        drawing.height = first + HEIGHT * self.variables.len() as f64 + 8.0;
        let said = self.description(words, &all);
        drawing.describe(said);
        drawing
    }

    /// All units where there is room; else some, evenly from the first to the last.
    fn shown(&self) -> Vec<usize> {
        match self.units.len() {
            count if count <= MOST_UNITS => (0..count).collect(),
            count => (0..MOST_UNITS).map(|at| at * (count - 1) / (MOST_UNITS - 1)).collect(),
        }
    }

    fn is_missing(&self, variable: usize, unit: usize, time: usize) -> bool {
        let row = self.missing.get(variable).and_then(|units| units.get(unit));
        row.and_then(|times| times.get(time)).copied().unwrap_or(true)
    }

    fn at_time(&self, variable: usize, time: usize) -> usize {
        (0..self.units.len()).filter(|unit| self.is_missing(variable, *unit, time)).count()
    }

    fn of_unit(&self, variable: usize, unit: usize) -> usize {
        (0..self.times.len()).filter(|time| self.is_missing(variable, unit, *time)).count()
    }

    fn description(&self, words: &FigureWords, units: &[&str]) -> String {
        let (mut lacking, mut complete, mut all) = (Vec::new(), Vec::new(), 0_usize);
        for (variable, id) in self.variables.iter().enumerate() {
            let by_unit: Vec<usize> = (0..units.len()).map(|unit| self.of_unit(variable, unit)).collect();
            let by_time: Vec<usize> =
                (0..self.times.len()).map(|time| self.at_time(variable, time)).collect();
            let missing: usize = by_unit.iter().sum();
            all += missing;
            let (Some(unit), Some(time)) = (first_greatest(&by_unit), first_greatest(&by_time)) else {
                continue;
            };
            if missing == 0 {
                complete.push(id.as_str());
                continue;
            }
            lacking.push(words.say(
                "missing_variable",
                &[
                    ("id", id),
                    ("missing", &missing.to_string()),
                    ("unit", units.get(unit).copied().unwrap_or_default()),
                    ("time", &self.times.get(time).map(ToString::to_string).unwrap_or_default()),
                ],
            ));
        }
        let cells = self.variables.len() * units.len() * self.times.len();
        let (title, missing, cells) = (words.say("missing_title", &[]), all.to_string(), cells.to_string());
        let counted =
            words.say("missing_description", &[("title", &title), ("missing", &missing), ("cells", &cells)]);
        let mut sentences = vec![counted];
        sentences.extend(lacking);
        if !complete.is_empty() {
            sentences.push(words.say("missing_complete", &[("ids", &words.list(&complete))]));
        }
        words.sentences(&sentences)
    }
}

fn first_greatest(counts: &[usize]) -> Option<usize> {
    let greatest = counts.iter().max()?;
    counts.iter().position(|count| count == greatest)
}

/// Darker the more are missing; without a number where none is.
fn cell(missing: usize, of: usize) -> MatrixCell {
    if missing == 0 {
        return MatrixCell { fill: Colour::BAND, text: String::new(), hatched: false };
    }
    let share = missing as f64 / of.max(1) as f64;
    MatrixCell { fill: Colour::BLUE.tint(0.2 + 0.8 * share), text: missing.to_string(), hatched: false }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figures::testing::{both, texts};
    use crate::language::Language;

    #[test]
    fn missing_values_are_counted_both_ways() {
        let units = [Label::new("a"), Label::new("b")];
        let variables = ["x".to_owned(), "y".to_owned()];
        let missing = vec![vec![vec![true, false, true], vec![true, false, false]], vec![vec![false; 3]; 2]];
        let map = MissingMap {
            variables: &variables,
            units: &units,
            times: &[2000, 2001, 2002].map(Period::year),
            missing: &missing,
        };
        let drawing = map.draw(&FigureWords::default(), false);
        let counts: Vec<&str> = texts(&drawing).into_iter().filter(|text| text.len() == 1).collect();
        // Names of the rows and of the units, then by year and by unit.
        assert_eq!(counts, ["x", "y", "a", "b", "2", "1", "2", "1"]);
        assert_eq!(
            drawing.description(),
            "Missing values: 3 of 12 values. x: 3, most in a and in 2000. Complete: y."
        );
        both(&drawing);
        both(&map.draw(&FigureWords::new(Language::Chinese), true));
        both(
            &MissingMap { variables: &[], units: &[], times: &[], missing: &[] }
                .draw(&FigureWords::default(), false),
        );
    }
}
