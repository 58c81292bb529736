//! Significance marks.

use serde::{Deserialize, Serialize};

/// The levels at which a coefficient is marked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Significance {
    /// Each level with its mark; their order doesn't matter.
    pub levels: Vec<(f64, String)>,
}

impl Default for Significance {
    /// One, two and three asterisks at 10, 5 and 1 per cent.
    fn default() -> Self {
        Self { levels: vec![(0.01, "***".into()), (0.05, "**".into()), (0.10, "*".into())] }
    }
}

impl Significance {
    /// The mark of the strictest level that the p-value is below; empty above all of them.
    pub fn stars(&self, p_value: f64) -> &str {
        self.levels
            .iter()
            .filter(|(level, _)| p_value < *level)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or("", |(_, mark)| mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strictest_level_counts_and_a_level_is_not_below_itself() {
        let significance = Significance::default();
        for (p, stars) in
            [(0.0, "***"), (0.0099, "***"), (0.01, "**"), (0.05, "*"), (0.0999, "*"), (0.1, ""), (1.0, "")]
        {
            assert_eq!(significance.stars(p), stars, "{p}");
        }
        let shuffled =
            Significance { levels: vec![(0.1, "+".into()), (0.001, "!".into()), (0.05, "*".into())] };
        assert_eq!(shuffled.stars(0.0005), "!");
        assert_eq!(shuffled.stars(0.02), "*");
    }
}
