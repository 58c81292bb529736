//! Numbers as they are written.

/// The shortest decimal of a number, with an exponent only where it would need many zeros.
pub fn shortest_decimal(number: f64) -> String {
    let size = number.abs();
    if size != 0.0 && !(1e-7..1e17).contains(&size) { format!("{number:e}") } else { format!("{number}") }
}
