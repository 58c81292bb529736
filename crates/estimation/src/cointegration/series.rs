//! Each entity's variables.

use vintner_panel::Panel;

use crate::outcome::{Reason, Result};
use crate::sample::{Formula, Sample};

/// One entity's dependent variable and regressors over consecutive periods.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) y: Vec<f64>,
    pub(crate) x: Vec<Vec<f64>>,
}

/// Each entity with its variables, or why it can't be used.
pub(crate) type Entities = Vec<(String, std::result::Result<Unit, Reason>)>;

/// The complete rows of each entity; with `demean`, less the means over the entities at each time.
pub(crate) fn entities(panel: &Panel, formula: &Formula, demean: bool) -> Result<Entities> {
    formula.check()?;
    let sample = Sample::new(panel, formula)?;
    let mut columns: Vec<Vec<f64>> = vec![sample.dependent().to_vec()];
    columns.extend(sample.regressors().iter().map(|column| column.to_vec()));
    if demean {
        let mut means: std::collections::BTreeMap<i32, (Vec<f64>, usize)> = std::collections::BTreeMap::new();
        for (row, time) in sample.times().iter().enumerate() {
            let (sums, count) = means.entry(*time).or_insert_with(|| (vec![0.0; columns.len()], 0));
            sums.iter_mut().zip(&columns).for_each(|(sum, column)| *sum += column[row]);
            *count += 1;
        }
        for (place, column) in columns.iter_mut().enumerate() {
            for (value, time) in column.iter_mut().zip(sample.times()) {
                if let Some((sums, count)) = means.get(time) {
                    *value -= sums[place] / *count as f64;
                }
            }
        }
    }
    let mut found: Entities = Vec::new();
    for entity in panel.entities() {
        let place = sample.entities().iter().position(|known| known == entity);
        let Some(rows) = place.map(|place| sample.groups()[place].clone()) else {
            let dropped = sample.dropped().iter().filter(|row| row.entity == *entity).count();
            found.push((entity.clone(), Err(Reason::NoObservations { rows_dropped: dropped })));
            continue;
        };
        let times = &sample.times()[rows.clone()];
        let hole = times.windows(2).find(|pair| pair[1] != pair[0] + 1);
        let unit = match hole {
            Some(pair) => Err(Reason::Hole { after: pair[0], before: pair[1] }),
            None => Ok(Unit {
                y: columns[0][rows.clone()].to_vec(),
                x: columns[1..].iter().map(|column| column[rows.clone()].to_vec()).collect(),
            }),
        };
        found.push((entity.clone(), unit));
    }
    Ok(found)
}

/// The changes from one period to the next.
pub(crate) fn differences(values: &[f64]) -> Vec<f64> {
    values.windows(2).map(|pair| pair[1] - pair[0]).collect()
}
