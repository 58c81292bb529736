//! Numbers beside years where quarters are due: those of quarters, or of the months with which they begin or end.

use vintner_panel::{Numbered, NumberedDoubt, Period, PeriodReading};

use crate::part_of_year::PartDoubt;
use crate::period_text::period_text;
use crate::problem::Problem;

/// What the texts of one source say of it: 2-2020 can only be a quarter's, 3-2020 may be March's and 4-2020 April's.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberedQuarters {
    /// Whether some text can only count quarters.
    are_certain: bool,
    /// Whether a number was seen whose month begins a quarter, or ends one; of both none counts months.
    begin: bool,
    end: bool,
    /// The first that may be of a month, where it stands, and both of its readings.
    open: Option<Open>,
}

#[derive(Debug, Clone)]
struct Open {
    cell: (u32, u32),
    text: String,
    by_number: String,
    by_month: String,
    /// Whether the month begins the quarter, or ends it.
    begins: bool,
}

impl NumberedQuarters {
    /// Looks at a text that was read as a quarter.
    pub(crate) fn see(
        &mut self,
        doubt: Option<NumberedDoubt>,
        cell: (u32, u32),
        text: &str,
        by_number: Period,
    ) {
        match doubt {
            Some(NumberedDoubt::Certain) => self.are_certain = true,
            Some(NumberedDoubt::Either(by_month)) => {
                let begins = by_number.part() == 4;
                if self.is_known(begins) {
                    return;
                }
                let (by_number, by_month) = (by_number.to_string(), by_month.to_string());
                self.open = Some(Open { cell, text: text.to_owned(), by_number, by_month, begins });
            }
            _ => {}
        }
    }

    /// Looks at a number alone that was read as a part of the year beside it.
    pub(crate) fn see_part(&mut self, doubt: Option<PartDoubt>, cell: (u32, u32), text: &str) {
        match doubt {
            Some(PartDoubt::Certain) => self.are_certain = true,
            Some(PartDoubt::Either(by_month)) => {
                let text = text.trim().trim_end_matches('.').to_owned();
                let begins = text.ends_with('4');
                if self.is_known(begins) {
                    return;
                }
                let number = text.trim_start_matches('0');
                let (by_number, by_month) = (format!("Q{number}"), format!("Q{by_month}"));
                self.open = Some(Open { cell, text, by_number, by_month, begins });
            }
            _ => {}
        }
    }

    /// Notes whether a month would begin a quarter or end it; whether one is known already that may.
    fn is_known(&mut self, begins: bool) -> bool {
        if begins {
            self.begin = true;
        } else {
            self.end = true;
        }
        self.open.is_some()
    }

    /// Adds what a block that follows says.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.are_certain |= other.are_certain;
        self.begin |= other.begin;
        self.end |= other.end;
        self.open = self.open.take().or(other.open);
    }

    /// What is wrong, where no text decides it.
    pub(crate) fn fault(self, reading: PeriodReading) -> Option<Problem> {
        let Open { cell, text, by_number, by_month, begins } =
            self.open.filter(|_| !(self.are_certain || self.begin && self.end))?;
        let declared = |number| period_text(PeriodReading { number: Some(number), ..reading });
        // March ends a quarter, April begins one.
        let bounds = if begins { "begins" } else { "ends" };
        Some(Problem {
            cell: Some(cell),
            message: format!(
                "`{text}` may be the quarter {by_number} or, by the month with which it {bounds}, the quarter {by_month}"
            ),
            hint: format!(
                "say in vintage.yaml what the number counts: `period: {}` for {by_number}, `period: {}` for {by_month}",
                declared(Numbered::Period),
                declared(Numbered::Month)
            ),
        })
    }
}
