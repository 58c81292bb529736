//! What the operations that draw figures share: words in both languages, outputs, names.

use std::collections::BTreeMap;

use vintner_panel::{Panel, Period};
use vintner_pipeline::{Artifact, InputDeclaration, Inputs, Kind, OutputDeclaration, Outputs};
use vintner_reporting::{Drawing, FigureAbout, FigureWords, TidyEstimate, tidy_estimates};

use super::estimates::{Collected, published};
use super::report::is_synthetic;
use super::shared::optional_crosswalk;
use crate::code;
use crate::error::StagesError;

/// The files whose section `figure_words` has words in the place of the usual ones, in the order of the languages.
const LABELS: [&str; 2] = ["labels_en", "labels_zh"];

/// The digest of this file and of the one that tells synthetic data, for the operations' own.
pub(crate) const CODE: [&str; 4] = [
    code::DIAGNOSTICS,
    env!("VINTNER_CODE_OPERATION_FIGURE_SHARED"),
    env!("VINTNER_CODE_OPERATION_REPORT"),
    env!("VINTNER_CODE_OPERATION_ESTIMATES"),
];

/// The manifest, which says whether data are synthetic, and the words.
pub(crate) fn inputs() -> Vec<InputDeclaration> {
    let labels = LABELS.iter().map(|role| InputDeclaration::file(*role).optional());
    [InputDeclaration::json("vintage")].into_iter().chain(labels).collect()
}

/// The figure in both formats and both languages, and what the report says of it.
pub(crate) fn outputs() -> Vec<OutputDeclaration> {
    vec![
        OutputDeclaration::new("svg", Kind::Text).extension("svg"),
        OutputDeclaration::new("tikz", Kind::Text).extension("tex"),
        OutputDeclaration::new("svg_zh", Kind::Text).extension("svg"),
        OutputDeclaration::new("tikz_zh", Kind::Text).extension("tex"),
        OutputDeclaration::new("about", Kind::Json),
    ]
}

/// Draws a figure in each language.
pub(crate) fn drawn(
    inputs: &Inputs,
    file: &str,
    subject: &str,
    draw: impl Fn(&FigureWords, bool) -> Drawing,
) -> Result<Outputs, StagesError> {
    let synthetic = is_synthetic(inputs)?;
    let drawings = words(inputs)?.map(|words| draw(&words, synthetic));
    let about = FigureAbout::new(file, subject, &drawings);
    let [english, chinese] = drawings;
    Ok(Outputs::new()
        .with("svg", Artifact::Text(english.svg()))
        .with("tikz", Artifact::Text(english.tikz()))
        .with("svg_zh", Artifact::Text(chinese.svg()))
        .with("tikz_zh", Artifact::Text(chinese.tikz()))
        .with("about", Artifact::json(&about)?))
}

fn words(inputs: &Inputs) -> Result<[FigureWords; 2], StagesError> {
    let mut words = FigureAbout::usual_words();
    for (words, role) in words.iter_mut().zip(LABELS) {
        if !inputs.has(role) {
            continue;
        }
        let place = inputs.files().find(|file| file.role == role).and_then(|file| file.place);
        let path = place.map_or_else(|| role.to_owned(), |place| place.display().to_string());
        words.read(&path, inputs.text(role)?).map_err(StagesError::Labels)?;
    }
    Ok(words)
}

/// All coefficients of the tables with the published ones beside.
pub(crate) fn tidy(inputs: &Inputs, collected: &Collected) -> Result<Vec<TidyEstimate>, StagesError> {
    Ok(tidy_estimates(
        &collected.rows,
        &collected.tables,
        &collected.units,
        &published(inputs)?,
        &collected.star_levels,
    )?)
}

/// A panel's entities in the order of the crosswalk, with their labels, and its times.
pub(crate) struct Rows {
    /// The labels.
    pub(crate) labels: Vec<vintner_panel::Label>,
    /// Of each entity its row at each of the times.
    pub(crate) rows: Vec<Vec<Option<usize>>>,
    /// The times between the first and the last, each.
    pub(crate) times: Vec<Period>,
}

/// The longest span of times that a figure has room for.
const MOST_TIMES: i64 = 2_000;

impl Rows {
    pub(crate) fn of(inputs: &Inputs, panel: &Panel) -> Result<Self, StagesError> {
        let (first, last) = (panel.times().iter().min().copied(), panel.times().iter().max().copied());
        let times: Vec<i32> = match (first, last) {
            (Some(first), Some(last)) if i64::from(last) - i64::from(first) < MOST_TIMES => {
                (first..=last).collect()
            }
            // Too far apart for each to have a place: only those that there are.
            _ => {
                panel.times().iter().copied().collect::<std::collections::BTreeSet<_>>().into_iter().collect()
            }
        };
        let place = |time: i32| times.binary_search(&time).ok();
        let (mut labels, mut rows) = (Vec::new(), Vec::new());
        // Without a crosswalk the entities are those of the panel, under their own names.
        let known: Vec<(String, vintner_panel::Label)> = match optional_crosswalk(inputs)? {
            Some(known) => known.entities().iter().map(|one| (one.id.clone(), one.label.clone())).collect(),
            None => {
                let ids = panel.entities().iter();
                ids.map(|id| (id.clone(), vintner_panel::Label::new(id.as_str()))).collect()
            }
        };
        let codes: BTreeMap<&str, usize> =
            panel.entities().iter().enumerate().map(|(code, id)| (id.as_str(), code)).collect();
        for (id, label) in known {
            let mut own = vec![None; times.len()];
            let code = codes.get(id.as_str()).copied();
            for row in code.and_then(|code| panel.groups().get(code).cloned()).unwrap_or_default() {
                if let Some(place) = panel.times().get(row).and_then(|time| place(*time)) {
                    own[place] = Some(row);
                }
            }
            labels.push(label);
            rows.push(own);
        }
        let times = times.into_iter().filter_map(|time| panel.period(time)).collect();
        Ok(Self { labels, rows, times })
    }

    /// An entity's values of a variable, one for each time.
    pub(crate) fn values<'a>(
        &'a self,
        column: &'a [Option<f64>],
    ) -> impl Iterator<Item = Vec<Option<f64>>> + use<'a> {
        self.rows
            .iter()
            .map(|own| own.iter().map(|row| row.and_then(|row| column.get(row).copied().flatten())).collect())
    }
}
