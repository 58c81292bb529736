//! Significance stars.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A number of asterisks, as printed beside a coefficient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stars(u8);

impl Stars {
    /// The most that are ever printed; more in a file is a slip of the pen.
    pub const MOST: u8 = 5;

    /// So many asterisks, where they are no more than [`Stars::MOST`].
    pub fn new(count: u8) -> Option<Self> {
        (count <= Self::MOST).then_some(Self(count))
    }

    /// Reads asterisks: empty is none.
    pub fn from_asterisks(text: &str) -> Option<Self> {
        let count = u8::try_from(text.len()).ok()?;
        text.bytes().all(|byte| byte == b'*').then(|| Self::new(count))?
    }

    /// How many.
    pub fn count(self) -> u8 {
        self.0
    }

    /// The asterisks themselves.
    pub fn asterisks(self) -> String {
        "*".repeat(self.0.into())
    }
}

impl fmt::Display for Stars {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.asterisks())
    }
}

/// The levels of significance that earn one star each, in any order; by default 10%, 5% and 1%.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StarLevels(pub Vec<f64>);

impl Default for StarLevels {
    fn default() -> Self {
        Self(vec![0.10, 0.05, 0.01])
    }
}

impl StarLevels {
    /// One star for each level that the p-value lies below.
    pub fn stars(&self, p_value: f64) -> Stars {
        let count = self.0.iter().filter(|level| p_value < **level).count();
        Stars(u8::try_from(count).unwrap_or(Stars::MOST).min(Stars::MOST))
    }

    /// The level that earns the first star; below it a number counts as significant.
    pub fn loosest(&self) -> f64 {
        self.0.iter().copied().fold(0.0, f64::max)
    }

    /// The levels with their stars, the strictest first: `("***", 0.01)`.
    pub fn legend(&self) -> Vec<(Stars, f64)> {
        let mut levels = self.0.clone();
        levels.sort_by(f64::total_cmp);
        let most = levels.len();
        levels
            .into_iter()
            .enumerate()
            .filter_map(|(rank, level)| Some((Stars::new(u8::try_from(most - rank).ok()?)?, level)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_itself_earns_no_star() {
        let levels = StarLevels::default();
        for (p_value, count) in [(0.0, 3), (0.0099, 3), (0.01, 2), (0.05, 1), (0.0999, 1), (0.1, 0), (1.0, 0)]
        {
            assert_eq!(levels.stars(p_value).count(), count, "p = {p_value}");
        }
    }

    #[test]
    fn asterisks_are_read_and_nothing_else_is() {
        assert_eq!(Stars::from_asterisks("**").map(Stars::count), Some(2));
        assert_eq!(Stars::from_asterisks("").map(Stars::count), Some(0));
        assert_eq!(Stars::from_asterisks("2"), None);
        assert_eq!(Stars::from_asterisks("* *"), None);
        assert_eq!(Stars::from_asterisks("******"), None);
    }

    #[test]
    fn the_legend_starts_with_the_strictest_level() {
        let legend: Vec<(String, f64)> = StarLevels::default()
            .legend()
            .into_iter()
            .map(|(stars, level)| (stars.to_string(), level))
            .collect();
        assert_eq!(legend, [("***".into(), 0.01), ("**".into(), 0.05), ("*".into(), 0.10)]);
    }
}
