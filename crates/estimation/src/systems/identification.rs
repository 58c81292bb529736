//! Whether the equations of a system are identified, before anything is estimated.
//!
//! An equation is identified by its exclusions if the coefficients that the *other* equations give to the
//! variables that it excludes have rank G - 1, with G endogenous variables in a complete system (the rank
//! condition; Fisher 1966, The Identification Problem in Econometrics; Wooldridge 2010, theorem 9.2). For
//! that it must exclude at least as many exogenous variables as it has endogenous regressors (the order
//! condition). Coefficients that aren't zero by the system's form are given random values, since the rank
//! is the same for all values but exceptional ones; it is computed exactly, in integers modulo a prime.

use serde::{Deserialize, Serialize};

use super::system::System;
use crate::outcome::{INTERCEPT, IdentifyingCondition, Reason};

/// Arithmetic is modulo this Mersenne prime.
const PRIME: u64 = (1 << 61) - 1;

/// What became of an equation's identification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identified {
    /// More exogenous variables excluded than endogenous regressors.
    Over,
    /// As many: 2SLS, LIML and 3SLS with this equation alone coincide.
    Exactly,
    /// The order condition fails.
    NotByOrder,
    /// The order condition holds, the rank condition fails.
    NotByRank,
}

/// The identification of one equation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identification {
    /// The equation.
    pub equation: String,
    /// Its endogenous regressors.
    pub endogenous: Vec<String>,
    /// The exogenous variables of the system that it excludes.
    pub excluded: Vec<String>,
    /// The rank of the other equations' coefficients of the excluded variables.
    pub rank: usize,
    /// The rank that identifies: the system's endogenous variables less one.
    pub rank_needed: usize,
    /// The outcome.
    pub identified: Identified,
    /// The outcome in words.
    pub sentence: String,
}

impl Identification {
    /// Why the equation can't be estimated; none where it is identified.
    pub fn reason(&self) -> Option<Reason> {
        let condition = match self.identified {
            Identified::Over | Identified::Exactly => return None,
            Identified::NotByOrder => IdentifyingCondition::Order,
            Identified::NotByRank => IdentifyingCondition::Rank,
        };
        Some(Reason::NotIdentified {
            equation: self.equation.clone(),
            condition,
            excluded: self.excluded.clone(),
            endogenous: self.endogenous.clone(),
        })
    }
}

/// The identification of each equation.
pub fn identification(system: &System) -> Vec<Identification> {
    let structure = Structure::new(system);
    (0..system.equations.len()).map(|equation| structure.identification(system, equation)).collect()
}

/// Which variables stand in which equation.
struct Structure {
    /// The endogenous variables, then the exogenous ones.
    variables: Vec<String>,
    endogenous: usize,
    /// Each equation's variables; then reduced forms of endogenous variables without an equation.
    rows: Vec<Vec<bool>>,
    /// Instruments that stand in no equation.
    outside: Vec<bool>,
}

impl Structure {
    fn new(system: &System) -> Self {
        let endogenous = system.endogenous_variables();
        let mut variables = endogenous.clone();
        if system.has_intercept() {
            variables.push(INTERCEPT.into());
        }
        let own = system.equations.iter().flat_map(|equation| equation.instruments.iter().flatten());
        let regressors = system.equations.iter().flat_map(|equation| &equation.formula.regressors);
        let instruments = system.instrument_variables();
        for name in instruments.iter().chain(own).chain(regressors) {
            if !variables.contains(name) {
                variables.push(name.clone());
            }
        }
        let mut rows: Vec<Vec<bool>> = system
            .equations
            .iter()
            .map(|equation| {
                let formula = &equation.formula;
                let intercept = formula.intercept && system.effects.is_none();
                let stands = |name: &String| {
                    formula.variables().any(|one| one == name) || (intercept && name == INTERCEPT)
                };
                variables.iter().map(stands).collect()
            })
            .collect();
        let stands_somewhere = |at: usize| rows.iter().any(|row: &Vec<bool>| row[at]);
        let outside: Vec<bool> =
            (0..variables.len()).map(|at| at >= endogenous.len() && !stands_somewhere(at)).collect();
        // What the system doesn't explain moves with all exogenous variables.
        let missing = endogenous.len().saturating_sub(system.equations.len());
        let unexplained = (0..endogenous.len()).filter(|at| {
            system.equations.iter().all(|equation| equation.formula.dependent != endogenous[*at])
        });
        let reduced: Vec<Vec<bool>> = unexplained
            .take(missing)
            .map(|own| (0..variables.len()).map(|at| at == own || at >= endogenous.len()).collect())
            .collect();
        rows.extend(reduced);
        Self { endogenous: endogenous.len(), variables, rows, outside }
    }

    fn identification(&self, system: &System, equation: usize) -> Identification {
        let formula = &system.equations[equation].formula;
        let row = &self.rows[equation];
        let dependent = |at: usize| self.variables[at] == formula.dependent;
        let name = |at: usize| self.variables[at].clone();
        let own = system.equations[equation].instruments.as_ref();
        let usable = |at: usize| {
            own.is_none_or(|own| own.contains(&self.variables[at]) || self.variables[at] == INTERCEPT)
        };
        // What isn't an instrument of the equation's own is endogenous to it.
        let endogenous: Vec<String> = (0..self.variables.len())
            .filter(|at| row[*at] && !dependent(*at) && (*at < self.endogenous || !usable(*at)))
            .map(name)
            .collect();
        let excluded: Vec<String> =
            (self.endogenous..self.variables.len()).filter(|at| !row[*at] && usable(*at)).map(name).collect();

        // Variables that its own instruments leave out are parts of the others' errors, or of what it explains.
        let columns: Vec<usize> = (0..self.variables.len())
            .filter(|at| !row[*at] && (*at < self.endogenous || usable(*at)))
            .collect();
        let mut draw = Generic::new();
        let mut others: Vec<Vec<u64>> = self
            .rows
            .iter()
            .enumerate()
            .map(|(at, row)| {
                let value = |column: usize| {
                    // drawn for every place, so that a coefficient doesn't depend on what is excluded
                    let drawn = draw.next();
                    if row[column] || self.outside[column] { drawn } else { 0 }
                };
                let values: Vec<u64> = (0..self.variables.len()).map(value).collect();
                (at, columns.iter().map(|column| values[*column]).collect::<Vec<u64>>())
            })
            .filter(|(at, _)| *at != equation)
            .map(|(_, values)| values)
            .collect();
        let further = (self.endogenous..row.len()).filter(|at| row[*at] && !usable(*at)).count();
        for _ in 0..further {
            let moves = |column: &usize| if *column < self.endogenous { 0 } else { draw.next() };
            others.push(columns.iter().map(moves).collect());
        }
        let rank = rank(others);
        let rank_needed = self.endogenous - 1 + further;
        let identified = if excluded.len() < endogenous.len() {
            Identified::NotByOrder
        } else if rank < rank_needed && !endogenous.is_empty() {
            Identified::NotByRank
        } else if excluded.len() == endogenous.len() {
            Identified::Exactly
        } else {
            Identified::Over
        };
        let sentence = sentence(identified, &excluded, &endogenous, rank, rank_needed);
        Identification {
            equation: system.equations[equation].name.clone(),
            endogenous,
            excluded,
            rank,
            rank_needed,
            identified,
            sentence,
        }
    }
}

fn sentence(
    identified: Identified,
    excluded: &[String],
    endogenous: &[String],
    rank: usize,
    needed: usize,
) -> String {
    let counts = format!(
        "{} for {}",
        counted(excluded, "exogenous variable excluded", "exogenous variables excluded"),
        counted(endogenous, "endogenous regressor", "endogenous regressors")
    );
    match identified {
        Identified::Over if endogenous.is_empty() => {
            "no endogenous regressor: identified without instruments".into()
        }
        Identified::Exactly if endogenous.is_empty() => {
            "no endogenous regressor: identified without instruments".into()
        }
        Identified::Over => format!("overidentified: {counts}; rank {rank} of {needed}"),
        Identified::Exactly => format!("exactly identified: {counts}; rank {rank} of {needed}"),
        Identified::NotByOrder => format!("not identified: {counts}, so the order condition fails"),
        Identified::NotByRank => {
            format!("not identified: {counts}, but rank {rank} of {needed}, so the rank condition fails")
        }
    }
}

fn counted(names: &[String], one: &str, many: &str) -> String {
    match names {
        [] => format!("no {one}"),
        [name] => format!("1 {one} ({name})"),
        names => format!("{} {many} ({})", names.len(), names.join(", ")),
    }
}

/// Values that no structure of the system knows of: SplitMix64 (Steele, Lea and Flood 2014) from a fixed
/// seed, modulo the prime.
struct Generic(u64);

impl Generic {
    fn new() -> Self {
        Self(0x5EED)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % (PRIME - 1) + 1
    }
}

fn times(one: u64, other: u64) -> u64 {
    (u128::from(one) * u128::from(other) % u128::from(PRIME)) as u64
}

/// The multiplicative inverse, by Fermat's little theorem.
fn reciprocal(value: u64) -> u64 {
    let (mut result, mut base, mut exponent) = (1, value, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    result
}

/// The rank, by elimination.
fn rank(mut rows: Vec<Vec<u64>>) -> usize {
    let width = rows.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..width {
        let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column] != 0) else { continue };
        rows.swap(rank, pivot);
        let (above, below) = rows.split_at_mut(rank + 1);
        let pivot = &above[rank];
        let scale = reciprocal(pivot[column]);
        for row in below {
            let factor = times(row[column], scale);
            for (value, of_pivot) in row.iter_mut().zip(pivot) {
                *value = (*value + PRIME - times(factor, *of_pivot)) % PRIME;
            }
        }
        rank += 1;
    }
    rank
}

#[cfg(test)]
mod tests {
    use super::super::system::Equation;
    use super::*;

    fn of(system: &System) -> Vec<Identified> {
        identification(system).into_iter().map(|one| one.identified).collect()
    }

    /// Two exogenous variables are excluded, but both enter one other equation only, together with nothing
    /// that tells the two endogenous regressors apart.
    #[test]
    fn the_order_condition_isnt_enough() {
        let system = System::new(vec![
            Equation::new("a", "y1", &["y2", "y3"]),
            Equation::new("b", "y2", &["y1", "x1", "x2"]),
            Equation::new("c", "y3", &["y1"]),
        ]);
        assert_eq!(of(&system)[0], Identified::NotByRank);
        let repaired = System::new(vec![
            Equation::new("a", "y1", &["y2", "y3"]),
            Equation::new("b", "y2", &["y1", "x1"]),
            Equation::new("c", "y3", &["y1", "x2"]),
        ]);
        assert_eq!(of(&repaired)[0], Identified::Exactly);
    }

    #[test]
    fn variables_without_an_equation_move_with_all_instruments() {
        let system =
            System::new(vec![Equation::new("a", "y", &["w", "x"])]).with_instruments(&["x", "z1", "z2"]);
        let found = &identification(&system)[0];
        assert_eq!(found.identified, Identified::Over);
        assert_eq!((found.rank, found.rank_needed), (1, 1));
        assert_eq!(
            found.sentence,
            "overidentified: 2 exogenous variables excluded (z1, z2) for 1 endogenous regressor (w); rank 1 of 1"
        );
    }

    #[test]
    fn what_isnt_an_instrument_of_an_equations_own_is_endogenous_to_it() {
        let mut system = System::new(vec![
            Equation::new("a", "y1", &["y2", "x1"]),
            Equation::new("b", "y2", &["y1", "x2", "x3"]),
        ]);
        assert_eq!(of(&system), [Identified::Over, Identified::Exactly]);
        system.equations[0].instruments = Some(vec!["x2".into(), "x3".into()]);
        let found = &identification(&system)[0];
        assert_eq!(found.endogenous, ["y2", "x1"]);
        assert_eq!((found.identified, found.rank, found.rank_needed), (Identified::Exactly, 2, 2));
        system.equations[0].instruments = Some(vec!["x2".into()]);
        assert_eq!(of(&system)[0], Identified::NotByOrder);
    }

    #[test]
    fn elimination_is_exact() {
        assert_eq!(rank(vec![vec![2, 4], vec![3, 6]]), 1);
        assert_eq!(rank(vec![vec![0, 4], vec![3, 6], vec![1, 1]]), 2);
        assert_eq!(rank(vec![vec![], vec![]]), 0);
        assert_eq!(times(reciprocal(12345), 12345), 1);
    }
}
