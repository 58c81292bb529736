//! How much a reader may take.

/// The bounds of one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, the program itself included.
    pub memory: u64,
    /// Seconds of computing.
    pub seconds: u64,
}

impl Limits {
    /// The bounds for `bytes` of file: what a sound file of that size needs several times over. Formats
    /// compress, so that memory grows with the file; and no file is so small that its reader may take
    /// what a machine has.
    pub fn for_bytes(bytes: u64) -> Self {
        const BASE: u64 = 2 << 30;
        const PER_BYTE: u64 = 32;
        const SECONDS: u64 = 20;
        const BYTES_A_SECOND: u64 = 500_000;
        Self {
            memory: bytes.saturating_mul(PER_BYTE).saturating_add(BASE),
            seconds: (bytes / BYTES_A_SECOND).saturating_add(SECONDS),
        }
    }
}
