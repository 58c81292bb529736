//! How much a reader may take.

/// How the contents of a file lie in its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// As they are, so that no more can be in it than it has bytes: an `.xls`, a `.dta`.
    Plain,
    /// Compressed, so that a small file may hold much.
    Packed,
}

/// The bounds of one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory, the program itself included.
    pub memory: u64,
    /// Seconds of computing.
    pub seconds: u64,
}

impl Limits {
    /// The bounds for `bytes` of file: what a sound file of that size needs several times over. What is packed
    /// grows as it is read; and no file is so small that its reader may take what a machine has.
    pub fn for_bytes(bytes: u64, packing: Packing) -> Self {
        const SECONDS: u64 = 20;
        const BYTES_A_SECOND: u64 = 500_000;
        let (base, per_byte) = match packing {
            Packing::Plain => (512 << 20, 64),
            Packing::Packed => (2 << 30, 32),
        };
        Self {
            memory: bytes.saturating_mul(per_byte).saturating_add(base),
            seconds: (bytes / BYTES_A_SECOND).saturating_add(SECONDS),
        }
    }
}
