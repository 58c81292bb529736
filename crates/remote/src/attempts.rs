//! Trying again what may do better.

use std::thread;
use std::time::Duration;

use crate::bucket::Trouble;

/// How often something is tried, and how long is waited before the second time; twice as long before each further one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempts {
    pub(crate) most: u32,
    pub(crate) wait: Duration,
}

const LONGEST_WAIT: Duration = Duration::from_secs(5);

impl Default for Attempts {
    fn default() -> Self {
        Self { most: 8, wait: Duration::from_millis(50) }
    }
}

impl Attempts {
    /// Does many things, and again those of them that had passing trouble.
    pub(crate) fn each<T: Clone>(
        self,
        things: &[T],
        mut work: impl FnMut(&[T]) -> Vec<Result<(), Trouble>>,
    ) -> Vec<Result<(), Trouble>> {
        let lost = || Err(Trouble::Lasting("nothing was said of it".to_owned()));
        let mut done: Vec<Result<(), Trouble>> = things.iter().map(|_| lost()).collect();
        let mut left: Vec<usize> = (0..things.len()).collect();
        let mut wait = self.wait;
        for attempt in 1.. {
            let now: Vec<T> = left.iter().filter_map(|at| things.get(*at).cloned()).collect();
            let mut said = work(&now).into_iter();
            let mut again = Vec::new();
            for at in left {
                let one = said.next().unwrap_or_else(lost);
                if matches!(one, Err(Trouble::Passing(_))) {
                    again.push(at);
                }
                if let Some(slot) = done.get_mut(at) {
                    *slot = one;
                }
            }
            left = again;
            if left.is_empty() || attempt >= self.most {
                break;
            }
            thread::sleep(wait);
            wait = wait.saturating_mul(2).min(LONGEST_WAIT);
        }
        done
    }

    /// Asks for something until there is an answer.
    pub(crate) fn one<T>(self, mut ask: impl FnMut() -> Result<T, Trouble>) -> Result<T, Trouble> {
        let mut wait = self.wait;
        for _ in 1..self.most {
            match ask() {
                Err(Trouble::Passing(_)) => {}
                answered => return answered,
            }
            thread::sleep(wait);
            wait = wait.saturating_mul(2).min(LONGEST_WAIT);
        }
        ask()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_passing_trouble_is_tried_again_and_not_for_ever() {
        let attempts = Attempts { most: 3, wait: Duration::ZERO };
        let mut rounds = Vec::new();
        let done = attempts.each(&["well", "absent", "second", "never"], |now| {
            rounds.push(now.len());
            let round = rounds.len();
            let one = |thing: &&str| match *thing {
                "absent" => Err(Trouble::Absent),
                "second" if round == 1 => Err(Trouble::Passing("cut off".into())),
                "never" => Err(Trouble::Passing("cut off".into())),
                _ => Ok(()),
            };
            now.iter().map(one).collect()
        });
        assert_eq!(rounds, [4, 2, 1]);
        let cut = Err(Trouble::Passing("cut off".into()));
        assert_eq!(done, [Ok(()), Err(Trouble::Absent), Ok(()), cut]);
        let mut asked = 0;
        let answer: Result<(), Trouble> = attempts.one(|| {
            asked += 1;
            Err(Trouble::Passing("busy".into()))
        });
        assert_eq!((asked, answer), (3, Err(Trouble::Passing("busy".into()))));
    }
}
