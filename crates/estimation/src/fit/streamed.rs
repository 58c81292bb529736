//! An estimate from chunks of rows, of which only sums are left.

use faer::Mat;

use super::estimated::{Estimated, ILL_CONDITIONED, finite_and_regular};
use super::measures::FitMeasures;
use crate::models::{Absorbed, Goodness, Levels, Model};
use crate::numerics::{Design, Noise};
use crate::outcome::{Note, Reason};
use crate::sample::{Formula, Sample};

/// A solution from chunks of rows, of which only sums are left.
pub(crate) struct Streamed {
    pub(crate) model: Model,
    pub(crate) formula: Formula,
    /// The triangle of the transformed variables.
    pub(crate) design: Design,
    pub(crate) coefficients: Vec<f64>,
    pub(crate) bread: Mat<f64>,
    pub(crate) condition: f64,
    pub(crate) rss: f64,
    pub(crate) tss: f64,
    pub(crate) explained: f64,
    pub(crate) total: Option<f64>,
    pub(crate) absorbed: Absorbed,
    pub(crate) observations: usize,
    /// The sum of the logarithms of what rows were multiplied by.
    pub(crate) log_roots: f64,
    pub(crate) entities: usize,
    pub(crate) longest: usize,
    /// Of each regressor, two numbers an entity: the sums of its positive and of its negative scores; or of fewer
    /// entities, whose squares and products add up to the same.
    pub(crate) scores: Vec<Vec<f64>>,
    pub(crate) singletons: Vec<String>,
    pub(crate) notes: Vec<Note>,
}

impl Estimated {
    /// What classical covariances and those clustered by entity need of rows that are gone: each entity stands as two
    /// rows with the sums of its positive and of its negative scores for regressors, and residuals of one.
    pub(crate) fn streamed(solved: Streamed) -> Result<Self, Reason> {
        let Streamed { design, coefficients, bread, rss, tss, absorbed, mut notes, .. } = solved;
        for (what, finite) in [
            ("the total sum of squares", tss.is_finite() && tss > 0.0),
            ("a coefficient", coefficients.iter().all(|value| value.is_finite())),
            ("the residual sum of squares", rss.is_finite()),
            ("the cross-product of the regressors", finite_and_regular(&bread)),
        ] {
            if !finite {
                return Err(Reason::NotFinite { what: what.into() });
            }
        }
        let noise = Noise::of(&design, &coefficients, solved.observations);
        let perfect = noise.is_all_of(rss);
        notes.extend(perfect.then_some(Note::PerfectFit));
        if solved.condition > ILL_CONDITIONED {
            notes.push(Note::IllConditioned { condition: solved.condition });
        }
        if !solved.singletons.is_empty() {
            notes.push(Note::Singletons { entities: solved.singletons });
        }
        let height = solved.scores.first().map_or(0, Vec::len);
        let pairs = (0..height / 2).map(|entity| 2 * entity..2 * entity + 2);
        // Entities whose scores are in those of others stand without rows, to be counted.
        let without = if height > 0 { solved.entities.saturating_sub(height / 2) } else { 0 };
        let groups = pairs.chain(std::iter::repeat_n(height..height, without)).collect();
        let scores = solved.scores;
        Ok(Self {
            model: solved.model,
            sample: Sample::empty(&solved.formula),
            formula: solved.formula,
            names: design.names,
            coefficients,
            residuals: vec![1.0; height],
            regressors: Mat::from_fn(height, scores.len(), |row, column| scores[column][row]),
            bread,
            rss,
            tss,
            explained: solved.explained,
            total: solved.total,
            absorbed,
            goodness: Goodness::Decomposition,
            components: None,
            log_roots: solved.log_roots,
            observations: solved.observations,
            entities: solved.entities,
            groups,
            times: vec![0; height],
            levels: Levels::default(),
            perfect,
            noise,
            notes,
            longest: solved.longest,
            clusters: Vec::new(),
            measures: FitMeasures::default(),
            constant: false,
        })
    }
}
