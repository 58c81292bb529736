//! Gaps: values that a panel ought to have and doesn't, each with its reason.

use polars::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{PanelError, Result};
use crate::frequency::Frequency;
use crate::period::Period;

/// One missing value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The entity; empty for a series that has no entities.
    pub entity: String,
    /// The time; none in a cross-section.
    pub time: Option<Period>,
    /// The variable.
    pub variable: String,
    /// Why it is missing ("no row in the source", "logarithm of 0").
    pub reason: String,
}

/// A frame `entity, time, variable, reason`, one row a gap, sorted.
///
/// # Errors
/// Where Polars can't build the frame.
pub fn gap_frame(gaps: &[Gap]) -> Result<DataFrame> {
    let mut sorted: Vec<&Gap> = gaps.iter().collect();
    sorted.sort();
    let text = |name: &str, pick: fn(&Gap) -> &str| {
        Column::new(name.into(), sorted.iter().map(|gap| pick(gap)).collect::<Vec<_>>())
    };
    Ok(DataFrame::new(
        sorted.len(),
        vec![
            text("entity", |gap| &gap.entity),
            times(&sorted),
            text("variable", |gap| &gap.variable),
            text("reason", |gap| &gap.reason),
        ],
    )?)
}

/// Whole numbers where all times are, otherwise the periods as text.
fn times(gaps: &[&Gap]) -> Column {
    let periods = gaps.iter().map(|gap| gap.time);
    if periods.clone().flatten().all(|period| period.frequency() == Frequency::Year) {
        let years: Vec<Option<i32>> = periods.map(|period| Some(period?.ordinal())).collect();
        Column::new("time".into(), years)
    } else {
        let texts: Vec<Option<String>> = periods.map(|period| Some(period?.to_string())).collect();
        Column::new("time".into(), texts)
    }
}

/// The gaps that [`gap_frame`] wrote.
///
/// # Errors
/// Where a column is absent or of another type.
pub fn gaps_from_frame(frame: &DataFrame) -> Result<Vec<Gap>> {
    let entity = frame.column("entity")?.str()?;
    let time = frame.column("time")?;
    let time: Vec<Option<Period>> = match time.dtype() {
        DataType::String => {
            time.str()?.iter().map(|text| text.map(str::parse).transpose()).collect::<Result<_>>()?
        }
        _ => time.i32()?.iter().map(|year| year.map(Period::year)).collect(),
    };
    let variable = frame.column("variable")?.str()?;
    let reason = frame.column("reason")?.str()?;
    (0..frame.height())
        .map(|row| {
            let missing = |column: &str| PanelError::MissingKey { column: column.into(), row: row + 1 };
            Ok(Gap {
                entity: entity.get(row).ok_or_else(|| missing("entity"))?.into(),
                time: time.get(row).copied().flatten(),
                variable: variable.get(row).ok_or_else(|| missing("variable"))?.into(),
                reason: reason.get(row).unwrap_or_default().into(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_read_back_with_years_periods_or_neither() -> Result<()> {
        let gap = |time| Gap { entity: "a".into(), time, variable: "x".into(), reason: "no row".into() };
        let years = vec![gap(Some(Period::year(2008))), gap(Some(Period::year(2010)))];
        assert_eq!(gap_frame(&years)?.column("time")?.dtype(), &DataType::Int32);
        let quarters: Vec<Gap> =
            ["2003Q4", "2004Q1"].iter().map(|text| Ok(gap(Some(text.parse()?)))).collect::<Result<_>>()?;
        for gaps in [years, quarters, vec![gap(None)], Vec::new()] {
            assert_eq!(gaps_from_frame(&gap_frame(&gaps)?)?, gaps);
        }
        Ok(())
    }
}
