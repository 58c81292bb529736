//! `plot`: results of any models as a figure, or two variables of a panel.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vintner_diagnostics::{Document, Faults, Node, did_you_mean};
use vintner_panel::Label;
use vintner_pipeline::{Digest, InputDeclaration, Inputs, OutputDeclaration, Outputs};
use vintner_reporting::{
    Drawing, FigureWords, ModelResults, PlotPoint, PointPlot, RowPlot, TermResult, VariableDefinition,
    fits_pattern, renamed_category,
};

use super::figure_shared::{self, drawn};
use super::model_results::{self, Found, models_of};
use super::shared::{ENTITY, TIME, panel};
use crate::code;
use crate::error::StagesError;
use crate::params::Parameters;

/// Parameters of `plot`.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plot {
    /// What is drawn.
    kind: PlotKind,
    /// The name of the figure's files, without folder and ending.
    file: String,
    /// Its title.
    #[serde(default)]
    title: Label,
    /// Patterns of the coefficients that are drawn, in which `*` stands for any letters; in an event study for the time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    terms: Vec<String>,
    /// Patterns of those that aren't.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    drop: Vec<String>,
    /// The models in their order; all inputs in the order of their names where none are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    models: Vec<String>,
    /// What coefficients, models and variables are called.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, Label>,
    /// The variables as a report explains them, whose names stand where `labels` has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    variables: Vec<VariableDefinition>,
    /// The level of the intervals.
    #[serde(default = "usual_level")]
    confidence_level: f64,
    /// The time of an event study that the others are compared with, or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reference: Vec<i64>,
    /// What stands at the scale below.
    #[serde(default)]
    across: Label,
    /// What stands at the scale at the left.
    #[serde(default)]
    up: Label,
    /// Of bins, the variable whose values are put into bins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<String>,
    /// Of bins, the variable whose means are drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<String>,
    /// How many bins, of as many observations each.
    #[serde(default = "twenty")]
    bins: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum PlotKind {
    /// A row a coefficient, models beside one another.
    Coefficients,
    /// Coefficients over the time since an event.
    EventStudy,
    /// A row a model: one coefficient over units, branches, samples.
    Forest,
    /// One coefficient over many specifications, in the order of its estimates.
    Curve,
    /// The means of a variable within bins of another.
    Bins,
}

fn usual_level() -> f64 {
    0.95
}

fn twenty() -> usize {
    20
}

impl Parameters for Plot {
    const NAME: &'static str = "plot";
    const SUMMARY: &'static str = "draws results of any models: coefficients, event studies, forests, specification curves; or binned scatters";

    fn code() -> Digest {
        let own = [env!("VINTNER_CODE_OPERATION_PLOT"), code::PANEL, code::INGEST];
        code::digest(&[&own[..], &figure_shared::CODE, &model_results::CODE].concat())
    }

    fn check(&self, document: &Document, params: &Node) -> Faults {
        let mut faults = Faults::new();
        let mut fault = |field: &str, message: String, hint: &str| {
            let span = params.get(field).unwrap_or(params).span;
            faults.push(document.fault(Some(span), message).hint(hint));
        };
        if !(self.confidence_level > 0.0 && self.confidence_level < 1.0) {
            let message = format!("a confidence level of {}", self.confidence_level);
            fault("confidence_level", message, "it is between 0 and 1, such as 0.95");
        }
        match self.kind {
            PlotKind::Bins => {
                if self.x.is_none() || self.y.is_none() {
                    fault("kind", "bins of nothing".into(), "name the variables, as in `x: income, y: wage`");
                }
                if self.bins < 2 {
                    fault("bins", format!("{} bins", self.bins), "20 is usual, 2 the least");
                }
            }
            PlotKind::EventStudy => {
                let starred = self.terms.iter().filter(|term| term.matches('*').count() == 1).count();
                if starred == 0 || starred < self.terms.len() {
                    let hint =
                        "`terms: [\"since::*\"]` says where the time stands in the coefficients' names";
                    fault("terms", "an event study whose times aren't known".into(), hint);
                }
            }
            PlotKind::Forest | PlotKind::Curve if self.terms.len() != 1 => {
                fault(
                    "terms",
                    "not one coefficient".into(),
                    "name the one that is drawn, as in `terms: [union]`",
                );
            }
            PlotKind::Coefficients | PlotKind::Forest | PlotKind::Curve => {}
        }
        faults
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        let mut inputs = figure_shared::inputs();
        match (&self.kind, &self.x, &self.y) {
            (PlotKind::Bins, Some(x), Some(y)) => {
                inputs.push(InputDeclaration::frame("panel").columns([ENTITY, TIME, x.as_str(), y.as_str()]));
            }
            (PlotKind::Bins, ..) => inputs.push(InputDeclaration::frame("panel")),
            _ if self.models.is_empty() => inputs.push(InputDeclaration::anything()),
            _ => inputs.extend(self.models.iter().map(InputDeclaration::whatever)),
        }
        inputs
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        figure_shared::outputs()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError> {
        let draw: Draw = match self.kind {
            PlotKind::Bins => {
                let plot = self.binned(inputs)?;
                Box::new(move |words, synthetic| plot.draw(words, synthetic))
            }
            PlotKind::EventStudy => {
                let plot = self.event_study(&self.series(inputs)?)?;
                Box::new(move |words, synthetic| plot.draw(words, synthetic))
            }
            PlotKind::Curve => {
                let plot = self.curve(&self.series(inputs)?)?;
                Box::new(move |words, synthetic| plot.draw(words, synthetic))
            }
            PlotKind::Coefficients | PlotKind::Forest => {
                let series = self.series(inputs)?;
                let plot = match self.kind {
                    PlotKind::Forest => self.forest(&series)?,
                    _ => self.coefficients(&series)?,
                };
                Box::new(move |words, synthetic| plot.draw(words, synthetic))
            }
        };
        drawn(inputs, &self.file, "", draw)
    }
}

/// Lays a figure out in the words of a language; whether it is of synthetic data.
type Draw = Box<dyn Fn(&FigureWords, bool) -> Drawing>;

/// A model with the name that it is drawn under.
struct Series {
    name: Label,
    results: ModelResults,
}

impl Plot {
    /// The models, each with its name.
    fn series(&self, inputs: &Inputs) -> Result<Vec<Series>, StagesError> {
        let all: Vec<&str>;
        let roles = match self.models.is_empty() {
            true => {
                all = inputs.other_roles(&["vintage", "labels_en", "labels_zh"]).collect();
                all
            }
            false => self.models.iter().map(String::as_str).collect(),
        };
        let mut series = Vec::new();
        for role in &roles {
            let found = models_of(inputs, role, self.confidence_level)?;
            let pooled = found.iter().any(|one| one.results.model.is_empty());
            // Of a pooled equation and those of entities, the pooled one stands for the stage, but for a forest.
            let chosen = found
                .into_iter()
                .filter(|one| self.kind == PlotKind::Forest || !pooled || one.results.model.is_empty());
            let chosen: Vec<Found> = chosen.collect();
            let single = chosen.len() == 1;
            for Found { branch, results } in chosen {
                let own: Vec<&str> = [branch.as_str(), results.model.as_str()]
                    .into_iter()
                    .filter(|part| !part.is_empty())
                    .collect();
                let name = match own.is_empty() {
                    true => (*role).to_owned(),
                    false if single || roles.len() == 1 => own.join(": "),
                    false => format!("{role}: {}", own.join(": ")),
                };
                let known = if single { self.labels.get(*role) } else { None };
                let name = known.cloned().unwrap_or_else(|| self.called(&name));
                series.push(Series { name, results });
            }
        }
        if series.is_empty() {
            return Err(refused("there is no model to draw; name stages that estimate under `inputs`"));
        }
        Ok(series)
    }

    fn called(&self, id: &str) -> Label {
        let of_variable =
            || self.variables.iter().find(|variable| variable.id == id).map(|one| one.label.clone());
        self.labels.get(id).cloned().or_else(of_variable).unwrap_or_else(|| Label::new(id))
    }

    fn titled(&self) -> Label {
        if self.title.is_empty() { Label::new(&self.file) } else { self.title.clone() }
    }

    fn is_drawn(&self, term: &str) -> bool {
        let kept = match self.terms.is_empty() {
            true => term != "(Intercept)",
            false => self.terms.iter().any(|pattern| fits_pattern(pattern, term)),
        };
        kept && !self.drop.iter().any(|pattern| fits_pattern(pattern, term))
    }

    /// What is said of a pattern that fits nothing.
    fn nothing(&self, series: &[Series]) -> StagesError {
        let mut names: Vec<&str> =
            series.iter().flat_map(|one| &one.results.terms).map(|term| term.term.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let near = self.terms.first().and_then(|pattern| {
            renamed_category(pattern, names.iter().copied())
                .or_else(|| did_you_mean(pattern, names.iter().copied()))
        });
        let near = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        let listed = names.iter().take(20).copied().collect::<Vec<_>>().join(", ");
        refused(&format!(
            "`terms` ({}) names no coefficient{near}; there are: {listed}",
            self.terms.join(", ")
        ))
    }

    fn coefficients(&self, series: &[Series]) -> Result<RowPlot, StagesError> {
        let mut terms: Vec<&str> = Vec::new();
        for term in series.iter().flat_map(|one| &one.results.terms) {
            if self.is_drawn(&term.term) && !terms.contains(&term.term.as_str()) {
                terms.push(&term.term);
            }
        }
        // In the order of the patterns, where there are some.
        let rank = |term: &str| self.terms.iter().position(|pattern| fits_pattern(pattern, term));
        terms.sort_by_key(|term| rank(term));
        if terms.is_empty() {
            return Err(self.nothing(series));
        }
        let of = |term: &str| -> Vec<Option<PlotPoint>> {
            let find =
                |one: &Series| one.results.terms.iter().find(|known| known.term == term).and_then(point);
            series.iter().map(find).collect()
        };
        let rows: Vec<(Label, Vec<Option<PlotPoint>>)> =
            terms.into_iter().map(|term| (self.called(term), of(term))).collect();
        Ok(self.row_plot(series.iter().map(|one| one.name.clone()).collect(), rows))
    }

    fn forest(&self, series: &[Series]) -> Result<RowPlot, StagesError> {
        let of =
            |one: &Series| one.results.terms.iter().find(|term| self.is_drawn(&term.term)).and_then(point);
        let rows: Vec<(Label, Vec<Option<PlotPoint>>)> =
            series.iter().map(|one| (one.name.clone(), vec![of(one)])).collect();
        if rows.iter().all(|(_, points)| points.iter().all(Option::is_none)) {
            return Err(self.nothing(series));
        }
        Ok(self.row_plot(vec![Label::default()], rows))
    }

    fn row_plot(&self, series: Vec<Label>, rows: Vec<(Label, Vec<Option<PlotPoint>>)>) -> RowPlot {
        let all = rows.len();
        let rows: Vec<_> =
            rows.into_iter().filter(|(_, points)| points.iter().any(Option::is_some)).collect();
        let missing = all - rows.len();
        RowPlot { title: self.titled(), series, rows, level: self.confidence_level, missing }
    }

    fn event_study(&self, series: &[Series]) -> Result<PointPlot, StagesError> {
        let mut drawn = Vec::new();
        for one in series {
            let mut points: Vec<(f64, PlotPoint)> = Vec::new();
            for term in one.results.terms.iter().filter(|term| self.is_drawn(&term.term)) {
                let time = self.terms.iter().find_map(|pattern| time_of(pattern, &term.term));
                if let (Some(time), Some(point)) = (time, point(term)) {
                    points.push((time as f64, point));
                }
            }
            if points.is_empty() {
                continue;
            }
            for reference in &self.reference {
                if points.iter().any(|(time, _)| *time == *reference as f64) {
                    let message = format!("the time {reference} is the reference, and has an estimate");
                    return Err(refused(&message));
                }
                points.push((*reference as f64, PlotPoint::reference()));
            }
            points.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            drawn.push((one.name.clone(), points));
        }
        if drawn.is_empty() {
            return Err(self.nothing(series));
        }
        let mut plot = self.point_plot(drawn);
        plot.rule = Some(-0.5);
        Ok(plot)
    }

    fn curve(&self, series: &[Series]) -> Result<PointPlot, StagesError> {
        let of =
            |one: &Series| one.results.terms.iter().find(|term| self.is_drawn(&term.term)).and_then(point);
        let mut points: Vec<PlotPoint> = series.iter().filter_map(of).collect();
        if points.is_empty() {
            return Err(self.nothing(series));
        }
        points.sort_by(|one, other| one.estimate.total_cmp(&other.estimate));
        let ranked = points.into_iter().enumerate().map(|(rank, point)| ((rank + 1) as f64, point)).collect();
        Ok(self.point_plot(vec![(Label::default(), ranked)]))
    }

    fn point_plot(&self, series: Vec<(Label, Vec<(f64, PlotPoint)>)>) -> PointPlot {
        PointPlot {
            title: self.titled(),
            across: self.across.clone(),
            up: self.up.clone(),
            series,
            level: self.confidence_level,
            rule: None,
            line: None,
            from_zero: true,
        }
    }

    fn binned(&self, inputs: &Inputs) -> Result<PointPlot, StagesError> {
        let (Some(x), Some(y)) = (&self.x, &self.y) else { return Err(refused("bins need `x` and `y`")) };
        let panel = panel(inputs, "panel")?;
        let (across, up) = (panel.values(x)?, panel.values(y)?);
        let mut pairs: Vec<(f64, f64)> =
            across.iter().zip(&up).filter_map(|(x, y)| Some(((*x)?, (*y)?))).collect();
        if pairs.len() < self.bins {
            let message = format!(
                "{} observations have both `{x}` and `{y}`, fewer than {} bins",
                pairs.len(),
                self.bins
            );
            return Err(refused(&message));
        }
        pairs.sort_by(|(one, a), (other, b)| one.total_cmp(other).then(a.total_cmp(b)));
        let mean = |values: &mut dyn Iterator<Item = f64>| {
            let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
            if count > 0.0 { sum / count } else { 0.0 }
        };
        let mut points = Vec::new();
        for bin in 0..self.bins {
            let (from, to) = (bin * pairs.len() / self.bins, (bin + 1) * pairs.len() / self.bins);
            let of = pairs.get(from..to).unwrap_or_default();
            let estimate = mean(&mut of.iter().map(|(_, y)| *y));
            let point = PlotPoint { estimate, interval: None, p_value: None, is_reference: false };
            points.push((mean(&mut of.iter().map(|(x, _)| *x)), point));
        }
        // The line of least squares through all observations.
        let middle = (mean(&mut pairs.iter().map(|(x, _)| *x)), mean(&mut pairs.iter().map(|(_, y)| *y)));
        let (mut squares, mut products) = (0.0, 0.0);
        for (x, y) in &pairs {
            squares += (x - middle.0) * (x - middle.0);
            products += (x - middle.0) * (y - middle.1);
        }
        let slope = (squares > 0.0).then(|| products / squares);
        let named = |given: &Label, id: &str| if given.is_empty() { self.called(id) } else { given.clone() };
        Ok(PointPlot {
            across: named(&self.across, x),
            up: named(&self.up, y),
            line: slope.map(|slope| (middle.1 - slope * middle.0, slope)),
            from_zero: false,
            ..self.point_plot(vec![(Label::default(), points)])
        })
    }
}

/// An estimate with its interval; none where it couldn't be made.
fn point(term: &TermResult) -> Option<PlotPoint> {
    let estimate = term.estimate.filter(|estimate| estimate.is_finite())?;
    let interval =
        term.conf_low.zip(term.conf_high).filter(|(low, high)| low.is_finite() && high.is_finite());
    Some(PlotPoint { estimate, interval, p_value: term.p_value, is_reference: false })
}

/// The time that stands in a coefficient's name where its pattern has `*`.
fn time_of(pattern: &str, term: &str) -> Option<i64> {
    let (before, after) = pattern.split_once('*')?;
    let between = term.strip_prefix(before)?.strip_suffix(after)?;
    between.parse().ok().or_else(|| between.strip_suffix(".0")?.parse().ok())
}

fn refused(message: &str) -> StagesError {
    StagesError::Plot { message: message.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_in_names() {
        assert_eq!(time_of("since::*", "since::-3"), Some(-3));
        assert_eq!(time_of("since::*", "since::4.0"), Some(4));
        assert_eq!(time_of("t::*:treated", "t::2:treated"), Some(2));
        assert_eq!(time_of("since::*", "since::north"), None);
        assert_eq!(time_of("since::*", "other"), None);
    }
}
