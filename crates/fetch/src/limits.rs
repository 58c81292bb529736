//! How long and how often a transfer is tried, and how much is taken.

use std::time::Duration;

/// Bounds of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// So many bytes at most.
    pub bytes: u64,
    /// So often.
    pub attempts: u32,
    /// How long is waited before the second attempt; twice as long before each that follows.
    pub wait: Duration,
    /// How long a connection may take.
    pub connect: Duration,
    /// How long nothing may come.
    pub stall: Duration,
    /// How many redirects are followed.
    pub redirects: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 8 << 30,
            attempts: 5,
            wait: Duration::from_secs(1),
            connect: Duration::from_secs(30),
            stall: Duration::from_secs(60),
            redirects: 8,
        }
    }
}
