//! Numbers as a report prints them. Text only: the templates add a format's own minus sign.

use crate::escape::NumberText;
use crate::tidy_estimate::TidyEstimate;

/// Significant digits where nothing published says how many.
const SIGNIFICANT: usize = 4;

/// An estimate as text: with as many decimals as its published value has, else with four significant
/// digits. Where it agrees with the printed digits, these stand, so that a tie rounded the other way
/// doesn't look like a difference.
pub(crate) fn estimate_text(row: &TidyEstimate) -> Option<String> {
    let estimate = row.estimate?;
    Some(match &row.published {
        Some(published) if published.is_rounding_of(estimate) => published.text().to_owned(),
        Some(published) => {
            let text = fixed(estimate, published.decimals());
            // Rounded to nothing, an estimate would look like a zero: then its own digits are shown.
            if text.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) { text } else { significant(estimate) }
        }
        None => significant(estimate),
    })
}

/// So many digits after the point.
pub(crate) fn fixed(value: f64, decimals: usize) -> String {
    format!("{value:.decimals$}")
}

/// Four significant digits; digits before the point are never cut. Very small numbers get an
/// exponent (`1.235e-7`).
pub fn significant(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    // Rust's own rounding to significant digits settles the power of ten: 9.9996 is 1.000e1.
    let scientific = format!("{value:.*e}", SIGNIFICANT - 1);
    let power: i32 = scientific.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or(0);
    match usize::try_from(SIGNIFICANT as i32 - 1 - power) {
        Ok(decimals) if power >= -4 => fixed(value, decimals),
        Ok(_) => scientific,
        Err(_) => fixed(value, 0),
    }
}

/// How wide numbers are, as siunitx's `table-format` says it: `-2.5` has a minus, two digits before the
/// point and five after it. Texts that are no plain numbers don't count.
pub(crate) fn table_format<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let (mut negative, mut before, mut after) = (false, 1, 0);
    for number in texts.into_iter().filter_map(NumberText::of).filter(|number| number.exponent.is_none()) {
        let (integer, fraction) = number.mantissa.split_once('.').unwrap_or((number.mantissa, ""));
        negative |= number.negative;
        before = before.max(integer.len());
        after = after.max(fraction.len());
    }
    format!("{}{before}.{after}", if negative { "-" } else { "" })
}

/// A p-value with three decimals; below a thousandth only that is said.
pub(crate) fn p_value_text(p_value: f64) -> String {
    if p_value < 0.001 { "<0.001".into() } else { fixed(p_value, 3) }
}

/// A level of significance as a percentage: 0.05 is `5%`.
pub(crate) fn percent(level: f64) -> String {
    // Three decimals of a per cent, without the binary tail that 0.07 * 100 has.
    let text = fixed(level * 100.0, 3);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_parts() {
        assert_eq!(table_format(["0.350", "-0.00408", "14.28", "1.2e-7", "–"]), "-2.5");
        assert_eq!(table_format(["3"]), "1.0");
        assert_eq!(table_format([]), "1.0");
    }

    #[test]
    fn four_digits_count() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (0.350_12, "0.3501"),
            (-12.084, "-12.08"),
            (9.999_96, "10.00"),
            (123_456.7, "123457"),
            (0.000_123_456, "0.0001235"),
            (0.000_012_345_6, "1.235e-5"),
            (1234.4, "1234"),
        ] {
            assert_eq!(significant(value), text);
        }
    }

    #[test]
    fn levels_and_p_values() {
        assert_eq!([0.1, 0.05, 0.01, 0.001, 0.07].map(percent), ["10%", "5%", "1%", "0.1%", "7%"]);
        assert_eq!(
            [0.0, 0.000_99, 0.001, 0.0464, 1.0].map(p_value_text),
            ["<0.001", "<0.001", "0.001", "0.046", "1.000"]
        );
    }
}
