//! What a run changed in the results, for people.

use std::io::Write;

use vintner_stages::claims::EvaluatedClaim;
use vintner_stages::vintage_difference::{ClaimsDifference, EstimatesDifference};
use vintner_stages::{ResultsDifference, Signs};

use super::count;
use crate::error::Result;
use crate::terminal::{Page, Tone};
use crate::text_table::{Align, TextTable};

/// So many changes of a kind are shown.
const FEW: usize = 5;

/// Tells how the results differ from those of the run before.
pub(super) fn print<W: Write>(page: &mut Page<W>, difference: &ResultsDifference) -> Result<()> {
    if let Some(estimates) = &difference.estimates {
        print_estimates(page, estimates, difference.added, difference.gone)?;
    }
    if let Some(claims) = &difference.claims {
        print_claims(page, claims)?;
    }
    Ok(())
}

fn print_estimates<W: Write>(
    page: &mut Page<W>,
    estimates: &EstimatesDifference,
    added: usize,
    gone: usize,
) -> Result<()> {
    let stars = estimates.changed.iter().filter(|change| change.stars_before != change.stars_after).count();
    let mut told =
        vec![format!("{} of {} changed", estimates.changed.len(), count(estimates.compared, "coefficient"))];
    for (number, what) in [(stars, "with other stars"), (estimates.flipped, "with another sign")] {
        if number > 0 {
            told.push(format!("{number} {what}"));
        }
    }
    for (number, what) in [(added, "new"), (gone, "gone")] {
        if number > 0 {
            told.push(format!("{number} {what}"));
        }
    }
    let label = page.paint(Tone::Strong, "results:");
    writeln!(page, "{label} {}", told.join(", "))?;
    let mut table = TextTable::plain(2);
    (1..4).for_each(|column| table.align(column, if column == 2 { Align::Left } else { Align::Right }));
    for change in estimates.changed.iter().take(FEW) {
        table.row(vec![
            format!("{}/{}/{}", change.table, change.unit, change.regressor),
            Signs::PLAIN.estimate(change.before, &change.stars_before),
            "->".into(),
            Signs::PLAIN.estimate(change.after, &change.stars_after),
            Signs::PLAIN.what_happened(change),
        ]);
    }
    write!(page, "{table}")?;
    more(page, estimates.changed.len())
}

fn print_claims<W: Write>(page: &mut Page<W>, claims: &ClaimsDifference) -> Result<()> {
    let label = page.paint(Tone::Strong, "claims:");
    let all = count(claims.same + claims.changed.len(), "claim");
    if claims.changed.is_empty() {
        writeln!(page, "{label} all {all} fare as before, {} hold", claims.hold)?;
        return Ok(());
    }
    writeln!(page, "{label} {} of {all} fare otherwise", claims.changed.len())?;
    let word = |side: &EvaluatedClaim| side.words().to_owned();
    let mut table = TextTable::plain(2);
    for change in claims.changed.iter().take(FEW) {
        table.row(vec![change.claim.clone(), word(&change.before), "->".into(), word(&change.after)]);
    }
    write!(page, "{table}")?;
    more(page, claims.changed.len())
}

fn more<W: Write>(page: &mut Page<W>, changes: usize) -> Result<()> {
    match changes.saturating_sub(FEW) {
        0 => Ok(()),
        more => Ok(writeln!(page, "  and {more} more")?),
    }
}
