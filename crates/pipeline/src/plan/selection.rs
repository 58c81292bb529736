//! Which stages of a pipeline a run is about.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use vintner_diagnostics::one_of;

use crate::error::{PipelineError, Result};
use crate::spec::{Bound, Pipeline, PipelineStage, Reference};

/// Which stages a run is about. What these read of others has to be made already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// These stages alone, or these branches of them (`stage[item]`); where there are none, all.
    pub only: Vec<String>,
    /// These and what reads them, directly or through others.
    pub from: Vec<String>,
    /// These and what they read, directly or through others.
    pub until: Vec<String>,
    /// Of stages, and branches, whose parameters name a `language`, those of this one alone.
    pub language: Option<String>,
}

/// What a run does with a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// It is made where it isn't made yet.
    Made,
    /// What is made of it already is read.
    Read,
    /// Nothing.
    LeftOut,
}

impl Selection {
    /// Whether it takes all stages.
    pub fn is_everything(&self) -> bool {
        self.only.is_empty() && self.from.is_empty() && self.until.is_empty() && self.language.is_none()
    }

    /// What a run does with each stage.
    ///
    /// # Errors
    /// [`crate::PipelineError::Unknown`] for a stage that there isn't, and a language that no stage has.
    pub(crate) fn parts(&self, pipeline: &Pipeline) -> Result<Vec<Part>> {
        let reads = reads(pipeline);
        let positions = |names: &[String]| -> Result<BTreeSet<usize>> {
            // A branch stands for its stage.
            names.iter().map(|name| pipeline.position(split(name).0)).collect()
        };
        let mut made: BTreeSet<usize> = (0..pipeline.stages.len()).collect();
        if !self.only.is_empty() {
            made = positions(&self.only)?;
        }
        if !self.from.is_empty() {
            let mut below = positions(&self.from)?;
            // Stages stand after what they read.
            for (at, reads) in reads.iter().enumerate() {
                if reads.iter().any(|read| below.contains(read)) {
                    below.insert(at);
                }
            }
            made = made.intersection(&below).copied().collect();
        }
        if !self.until.is_empty() {
            let above = with_all_they_read(positions(&self.until)?, &reads);
            made = made.intersection(&above).copied().collect();
        }
        if let Some(language) = &self.language {
            let of_stages: Vec<BTreeSet<&str>> = pipeline.stages.iter().map(languages).collect();
            let known: BTreeSet<&str> = of_stages.iter().flatten().copied().collect();
            if !known.contains(language.as_str()) {
                return Err(PipelineError::Unknown {
                    message: format!("no stage is in the language `{language}`"),
                    hint: one_of(language, known.iter().copied()),
                });
            }
            made.retain(|at| of_stages[*at].is_empty() || of_stages[*at].contains(language.as_str()));
        }
        let needed = with_all_they_read(made.clone(), &reads);
        let part = |at: usize| match (made.contains(&at), needed.contains(&at)) {
            (true, _) => Part::Made,
            (false, true) => Part::Read,
            (false, false) => Part::LeftOut,
        };
        Ok((0..pipeline.stages.len()).map(part).collect())
    }

    /// The items of the stages of which single branches are selected. A stage is taken whole where it is
    /// named itself, and where another of the run reads it, which would see no other branches.
    pub(crate) fn items(&self, pipeline: &Pipeline, parts: &[Part]) -> BTreeMap<usize, BTreeSet<String>> {
        let mut items: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        let mut whole: BTreeSet<usize> = reads(pipeline)
            .into_iter()
            .zip(parts)
            .filter(|(_, part)| **part != Part::LeftOut)
            .flat_map(|(reads, _)| reads)
            .collect();
        for name in &self.only {
            let (stage, item) = split(name);
            let Some(at) = pipeline.positions.get(stage).copied() else { continue };
            match item {
                Some(item) => {
                    items.entry(at).or_default().insert(item.to_owned());
                }
                None => {
                    whole.insert(at);
                }
            }
        }
        for (at, stage) in pipeline.stages.iter().enumerate() {
            let Some(language) = self.language.as_deref().filter(|_| languages(stage).len() > 1) else {
                continue;
            };
            let of_other =
                |item: &String| language_of(&stage.listed[item]).is_some_and(|own| own != language);
            let own = stage.listed.keys().filter(|item| !of_other(item)).cloned();
            match items.get_mut(&at) {
                Some(named) => named.retain(|item| !stage.listed.contains_key(item) || !of_other(item)),
                None => {
                    items.insert(at, own.collect());
                }
            }
        }
        items.retain(|at, _| !whole.contains(at));
        items
    }
}

/// The languages that a stage's parameters name: none, one, or those of its branches.
fn languages(stage: &PipelineStage) -> BTreeSet<&str> {
    stage.listed.values().chain([&stage.bound]).filter_map(|bound| language_of(bound)).collect()
}

fn language_of(bound: &Bound) -> Option<&str> {
    bound.params.get("language").and_then(Value::as_str)
}

/// The stage of `stage` or `stage[item]`, and the item.
fn split(name: &str) -> (&str, Option<&str>) {
    match name.split_once('[') {
        Some((stage, item)) => (stage, Some(item.strip_suffix(']').unwrap_or(item))),
        None => (name, None),
    }
}

fn with_all_they_read(mut stages: BTreeSet<usize>, reads: &[Vec<usize>]) -> BTreeSet<usize> {
    for at in (0..reads.len()).rev() {
        if stages.contains(&at) {
            stages.extend(reads[at].iter().copied());
        }
    }
    stages
}

/// The stages that each stage reads, by position.
pub(crate) fn reads(pipeline: &Pipeline) -> Vec<Vec<usize>> {
    let of = |stage: &crate::spec::PipelineStage| {
        let inputs = stage.bound.inputs.values().filter_map(|reference| match reference {
            Reference::Vintage => None,
            Reference::Output { stage, .. } => Some(stage),
        });
        let column = match &stage.foreach {
            Some(crate::spec::ForEach::Column { stage, .. }) => Some(stage),
            _ => None,
        };
        let mut reads: Vec<usize> =
            inputs.chain(column).filter_map(|name| pipeline.positions.get(name).copied()).collect();
        reads.sort_unstable();
        reads.dedup();
        reads
    };
    pipeline.stages.iter().map(of).collect()
}
