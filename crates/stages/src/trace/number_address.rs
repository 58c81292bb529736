//! Where numbers stand.

use std::fmt;

use serde::{Serialize, Serializer};
use vintner_panel::Period;

/// Where a number stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum NumberAddress {
    /// A coefficient, with all that its row says: `1/沧州/lnEG`.
    Coefficient {
        /// The table.
        table: String,
        /// The unit by its printed name.
        unit: String,
        /// The regressor.
        regressor: String,
    },
    /// A number of a table of models: `table/3/unionyes`, `table/3/n_obs`.
    Cell {
        /// The stage, or branch, that made the table.
        table: String,
        /// Its place there: the column's number, and the coefficient or statistic as results name it.
        place: String,
    },
    /// The descriptive statistics of a variable: `descriptives/lnEG`.
    Descriptive {
        /// The variable.
        variable: String,
    },
    /// A Granger test: `granger/lnAI->lnCO2`, `granger/lnAI->lnCO2/唐山`.
    Granger {
        /// The cause.
        cause: String,
        /// The effect.
        effect: String,
        /// The unit by its printed name; none is the panel.
        unit: Option<String>,
    },
    /// The unit-root tests of a variable: `unit_roots/lnEG`.
    UnitRoot {
        /// The variable; its changes are `D.lnEG`.
        variable: String,
    },
    /// The specification tests of an equation, all or one: `tests/1`, `tests/1/hausman`.
    Tests {
        /// The equation.
        equation: String,
        /// The test as the pipeline names it.
        test: Option<String>,
    },
    /// A coefficient under all specifications: `specifications/1/lnEG`.
    Specifications {
        /// The equation.
        equation: String,
        /// The regressor.
        regressor: String,
    },
    /// What identifies an equation of a system, and its first stage: `system/1`.
    System {
        /// The equation.
        equation: String,
    },
    /// How many of a table's coefficients agree with the published ones: `agreement/1`.
    Agreement {
        /// The table.
        table: String,
    },
    /// A claim's verdict: `claims/abstract-1`.
    Claim {
        /// The claim.
        claim: String,
    },
    /// A value of a panel: `value/lnEG/沧州/2010`.
    Value {
        /// The variable.
        variable: String,
        /// The unit by its printed name.
        unit: String,
        /// The time; of a wave, the year of its number.
        time: Period,
    },
}

impl NumberAddress {
    /// An address as a user writes it, without what may stand before it, and what it names. `named` says how
    /// the unit of a name is printed.
    pub(super) fn read<'t>(text: &'t str, named: &dyn Fn(&str) -> Option<String>) -> (&'t str, Option<Self>) {
        let plain = text.trim();
        let plain = plain.strip_prefix("Table ").unwrap_or(plain);
        let parts: Vec<&str> = plain.split('/').map(str::trim).collect();
        let address = match parts.as_slice() {
            ["descriptives", variable, ..] => Some(Self::Descriptive { variable: (*variable).to_owned() }),
            ["unit_roots", variable, ..] => Some(Self::UnitRoot { variable: (*variable).to_owned() }),
            ["tests", equation, rest @ ..] => Some(Self::Tests {
                equation: (*equation).to_owned(),
                test: rest.first().map(|test| (*test).to_owned()),
            }),
            ["specifications", equation, regressor, ..] => Some(Self::Specifications {
                equation: (*equation).to_owned(),
                regressor: (*regressor).to_owned(),
            }),
            ["system", equation] => Some(Self::System { equation: (*equation).to_owned() }),
            ["agreement", table] => Some(Self::Agreement { table: (*table).to_owned() }),
            ["claims", claim] => Some(Self::Claim { claim: (*claim).to_owned() }),
            ["granger", pair, rest @ ..] => pair.split_once("->").map(|(cause, effect)| {
                let unit = rest.first().and_then(|unit| named(unit));
                Self::Granger { cause: cause.trim().into(), effect: effect.trim().into(), unit }
            }),
            // A panel may have many more units than a report, and their names slashes.
            ["value", variable, unit @ .., time] if !unit.is_empty() => time_of(time).map(|time| {
                let unit = unit.join("/");
                let unit = named(&unit).unwrap_or(unit);
                Self::Value { variable: (*variable).to_owned(), unit, time }
            }),
            // What comes after the regressor (`std_error`, `p_value`) is of the same row.
            [table, unit, regressor, ..] => named(unit).map(|unit| Self::Coefficient {
                table: (*table).to_owned(),
                unit,
                regressor: (*regressor).to_owned(),
            }),
            _ => None,
        };
        (plain, address)
    }
}

/// A whole number, or a period as it is printed; nothing where it is neither.
fn time_of(text: &str) -> Option<Period> {
    text.parse().ok().map(Period::year).or_else(|| text.parse().ok())
}

impl fmt::Display for NumberAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Coefficient { table, unit, regressor } => write!(formatter, "{table}/{unit}/{regressor}"),
            Self::Cell { table, place } => write!(formatter, "{table}/{place}"),
            Self::Descriptive { variable } => write!(formatter, "descriptives/{variable}"),
            Self::Granger { cause, effect, unit: None } => write!(formatter, "granger/{cause}->{effect}"),
            Self::Granger { cause, effect, unit: Some(unit) } => {
                write!(formatter, "granger/{cause}->{effect}/{unit}")
            }
            Self::UnitRoot { variable } => write!(formatter, "unit_roots/{variable}"),
            Self::Tests { equation, test: None } => write!(formatter, "tests/{equation}"),
            Self::Tests { equation, test: Some(test) } => write!(formatter, "tests/{equation}/{test}"),
            Self::Specifications { equation, regressor } => {
                write!(formatter, "specifications/{equation}/{regressor}")
            }
            Self::System { equation } => write!(formatter, "system/{equation}"),
            Self::Agreement { table } => write!(formatter, "agreement/{table}"),
            Self::Claim { claim } => write!(formatter, "claims/{claim}"),
            Self::Value { variable, unit, time } => write!(formatter, "value/{variable}/{unit}/{time}"),
        }
    }
}

impl Serialize for NumberAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_times_of_any_length_or_none() {
        let read = |text: &str| {
            NumberAddress::read(text, &|unit| Some(unit.to_owned())).1.map(|address| address.to_string())
        };
        for text in ["value/x/a/2010", "value/x/a/2010Q1", "value/x/a/1990-03", "value/x/a/3"] {
            assert_eq!(read(text).as_deref(), Some(text));
        }
        for text in ["value/x/a/2147483648", "value/x/a/99999999999999999999", "value/x/a/2010Q5"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
