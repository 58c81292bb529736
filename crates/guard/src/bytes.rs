//! Numbers of bytes in words.

/// `bytes` as a message says it: `812 bytes`, `5.6 kB`, `2.1 GB`.
pub fn in_words(bytes: u64) -> String {
    const UNITS: [(&str, f64); 3] = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)];
    let size = bytes as f64;
    match UNITS.iter().find(|(_, unit)| size >= *unit) {
        Some((name, unit)) if size / unit < 10.0 => format!("{:.1} {name}", size / unit),
        Some((name, unit)) => format!("{:.0} {name}", size / unit),
        None => format!("{bytes} bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let said = [812, 5_600, 2_147_483_648, 64_000_000].map(in_words);
        assert_eq!(said, ["812 bytes", "5.6 kB", "2.1 GB", "64 MB"]);
    }
}
