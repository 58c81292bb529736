//! Residuals drawn with replacement.
//!
//! With y* = Xb + e*, the coefficients are b + B X'e* (effects are taken out of X, which is all that it takes).

use rayon::prelude::*;

use super::options::{Bootstrap, ResidualBlock, ResidualBootstrap};
use super::pairs::gathered;
use super::result::BootstrapFit;
use crate::fit::Estimated;
use crate::models::Model;
use crate::numerics::{SeededGenerator, mean};
use crate::outcome::Reason;

/// Replications that a task makes.
const CHUNK: usize = 16;

pub(super) fn bootstrap(
    estimated: &Estimated,
    options: &ResidualBootstrap,
    seed: u64,
) -> Result<BootstrapFit, Reason> {
    if estimated.sample().weights().is_some()
        || !matches!(estimated.model(), Model::Ols | Model::Within | Model::WithinTime | Model::WithinTwoWay)
    {
        let model = match estimated.sample().weights() {
            Some(_) => "weighted least squares".to_owned(),
            None => estimated.model().name().to_owned(),
        };
        return Err(Reason::NotDefined { what: "a bootstrap of residuals".into(), model });
    }
    // Without a constant residuals needn't have a mean of zero, which errors have (Freedman 1981, Annals of Statistics
    // 9, 1218-1228).
    let has_constant = estimated.formula().intercept || estimated.model() != Model::Ols;
    let centre = if has_constant { 0.0 } else { mean(estimated.residuals()) };
    let residuals: Vec<f64> = estimated.residuals().iter().map(|residual| residual - centre).collect();
    let (height, order) = (residuals.len(), estimated.coefficients().len());
    let scale = (height as f64 / estimated.df_residual() as f64).sqrt();
    // Row by row the influence of an error on each coefficient: B x_i.
    let influence: Vec<f64> = (0..height)
        .flat_map(|row| {
            (0..order).map(move |i| {
                (0..order).map(|j| estimated.bread[(i, j)] * estimated.regressors[(row, j)]).sum::<f64>()
            })
        })
        .collect();
    let blocks = blocks(estimated, options.block)?;
    let starts: Vec<usize> = (0..options.replications).step_by(CHUNK).collect();
    let chunks: Vec<Vec<Vec<f64>>> = starts
        .par_iter()
        .map(|start| {
            let end = (start + CHUNK).min(options.replications);
            (*start..end)
                .map(|replication| {
                    let mut generator = SeededGenerator::stream(seed, replication as u64);
                    let mut drawn = estimated.coefficients().to_vec();
                    for block in &blocks {
                        let from = &blocks[generator.below(blocks.len())];
                        for (row, source) in block.iter().zip(from) {
                            let error = scale * residuals[*source];
                            let own = &influence[row * order..(row + 1) * order];
                            drawn.iter_mut().zip(own).for_each(|(b, influence)| *b += influence * error);
                        }
                    }
                    drawn
                })
                .collect()
        })
        .collect();
    let drawn: Vec<Vec<f64>> = chunks.into_iter().flatten().collect();
    let places: Vec<usize> = (0..order).collect();
    Ok(gathered(
        estimated,
        Bootstrap::Residual(options.clone()),
        seed,
        drawn,
        options.replications,
        None,
        &places,
    ))
}

/// The rows that are drawn together, in an order that is the same in each block.
fn blocks(estimated: &Estimated, block: ResidualBlock) -> Result<Vec<Vec<usize>>, Reason> {
    let sample = estimated.sample();
    if block == ResidualBlock::Observation {
        return Ok((0..sample.height()).map(|row| vec![row]).collect());
    }
    let groups = sample.groups();
    let first = groups.first().map(|group| sample.times()[group.clone()].to_vec()).unwrap_or_default();
    if let Some(place) = groups.iter().position(|group| sample.times()[group.clone()] != first) {
        let lengths = |at: usize| (sample.entities()[at].clone(), groups[at].len());
        let ((one, short), (other, long)) = (lengths(0), lengths(place));
        let ((shortest_entity, shortest), (longest_entity, longest)) =
            if short <= long { ((one, short), (other, long)) } else { ((other, long), (one, short)) };
        return Err(Reason::UnbalancedPanel { shortest_entity, shortest, longest_entity, longest });
    }
    Ok(match block {
        ResidualBlock::Time => {
            (0..first.len()).map(|at| groups.iter().map(|group| group.start + at).collect()).collect()
        }
        _ => groups.iter().map(|group| group.clone().collect()).collect(),
    })
}
