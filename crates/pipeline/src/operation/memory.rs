//! How much memory the program holds.

/// The most memory that the program has held so far, in bytes, where the system tells.
pub(crate) fn own_peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok().map(|kilobytes: u64| kilobytes * 1024)
}

/// A stage that holds what it reads needs so many times as much besides: columns sorted, coded, transformed.
pub(crate) const TIMES: u64 = 4;

/// Bytes of a value, as far as its type tells; texts are taken to be short.
pub(crate) fn value_bytes(data_type: &str) -> u64 {
    match data_type {
        "bool" => 1,
        "i32" | "u32" | "f32" => 4,
        "str" => 24,
        _ => 8,
    }
}

/// How many rows a block of so many columns has: so few that blocks, what is made of them and what another stage does
/// meanwhile take a small part of `memory`.
pub(crate) fn block_rows(memory: u64, columns: usize) -> usize {
    const SHARE: u64 = 64;
    let row = 8 * columns.max(1) as u64;
    usize::try_from(memory / SHARE / row).unwrap_or(usize::MAX).clamp(256, 512 * 512)
}

/// The bytes that a text names: `800MB`, `1.5 GB`, `64 kB`, or a number alone.
pub fn bytes_of(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        _ => return None,
    };
    let bytes = number.parse::<f64>().ok()? * unit;
    (1.0..1e18).contains(&bytes).then_some(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_written() {
        for (text, bytes) in [("1GB", 1_000_000_000), ("1.5 mb", 1_500_000), ("64kB", 64_000), ("17", 17)] {
            assert_eq!(bytes_of(text), Some(bytes), "{text}");
        }
        for text in ["", "GB", "1 gib", "-1MB", "0", "1e9", "1..2GB"] {
            assert_eq!(bytes_of(text), None, "{text}");
        }
    }

    #[test]
    fn blocks_are_bounded_both_ways() {
        assert_eq!(block_rows(1, 3), 256);
        assert_eq!(block_rows(1 << 40, 3), 512 * 512);
        assert!(block_rows(1_000_000_000, 8) > 200_000);
    }
}
