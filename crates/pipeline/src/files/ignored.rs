//! Which files below a folder don't count.

use glob::{MatchOptions, Pattern};

/// Names that never count and aren't worth a word: what systems, editors, version control and
/// languages leave in folders.
const LEFTOVERS: [&str; 25] = [
    "*~",
    "~$*",
    "[Tt]humbs.db",
    "ehthumbs.db",
    "[Dd]esktop.ini",
    "__pycache__/",
    ".DS_Store",
    "._*",
    ".#*",
    ".~lock.*#",
    ".*.sw?",
    ".git",
    ".gitignore",
    ".gitattributes",
    ".gitkeep",
    ".svn/",
    ".hg/",
    ".vintner/",
    ".idea/",
    ".vscode/",
    ".Rproj.user/",
    ".Rhistory",
    ".ipynb_checkpoints/",
    ".pytest_cache/",
    ".mypy_cache/",
];

/// Names that don't count either, and may be missed: it is said where one is left out.
const HIDDEN: &str = ".*";

/// `*` stops at a slash.
const AS_IN_GITIGNORE: MatchOptions = MatchOptions {
    case_sensitive: true,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Patterns for files that don't count, written as in a `.gitignore`; of several that fit a file the last
/// decides.
#[derive(Debug, Clone)]
pub(crate) struct Ignored {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: Pattern,
    /// Whether what fits counts, whatever was said of it before.
    counts: bool,
    folders_alone: bool,
    /// Whether it is about paths from the workspace, and not about names at any depth.
    whole_path: bool,
    said: bool,
}

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Counts,
    LeftOut,
    /// It doesn't count, and it is to be said.
    Hidden,
}

impl Default for Ignored {
    /// What doesn't count where a pipeline says nothing.
    fn default() -> Self {
        let leftovers = LEFTOVERS.iter().filter_map(|pattern| Rule::read(pattern).ok());
        let hidden = Rule::read(HIDDEN).ok().map(|rule| Rule { said: true, ..rule });
        Self { rules: hidden.into_iter().chain(leftovers).collect() }
    }
}

impl Ignored {
    /// These patterns with one more.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn add(&mut self, pattern: &str) -> Result<(), String> {
        self.rules.push(Rule::read(pattern)?);
        Ok(())
    }

    /// What becomes of a file or folder, by its name and its path from the workspace.
    pub(super) fn verdict(&self, name: &str, path: &str, is_folder: bool) -> Verdict {
        let fits = |rule: &&Rule| {
            let subject = if rule.whole_path { path } else { name };
            (is_folder || !rule.folders_alone) && rule.pattern.matches_with(subject, AS_IN_GITIGNORE)
        };
        match self.rules.iter().rev().find(fits) {
            None | Some(Rule { counts: true, .. }) => Verdict::Counts,
            Some(Rule { said: true, .. }) => Verdict::Hidden,
            Some(_) => Verdict::LeftOut,
        }
    }
}

impl Rule {
    fn read(pattern: &str) -> Result<Self, String> {
        let (counts, rest) = pattern.strip_prefix('!').map_or((false, pattern), |rest| (true, rest));
        let (folders_alone, rest) = rest.strip_suffix('/').map_or((false, rest), |rest| (true, rest));
        let whole_path = rest.contains('/');
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        if rest.is_empty() {
            return Err("it names no file".to_owned());
        }
        let pattern = Pattern::new(rest).map_err(|error| error.msg.to_owned())?;
        Ok(Self { pattern, counts, folders_alone, whole_path, said: false })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(patterns: &[&str], path: &str) -> Verdict {
        let mut ignored = Ignored::default();
        for pattern in patterns {
            assert_eq!(ignored.add(pattern), Ok(()));
        }
        let (path, is_folder) = path.strip_suffix('/').map_or((path, false), |path| (path, true));
        ignored.verdict(path.rsplit('/').next().unwrap_or(path), path, is_folder)
    }

    #[test]
    fn what_is_left_lying_about_never_counts() {
        let left =
            ["a/Thumbs.db", "desktop.ini", "~$book.xlsx", "x.R~", "a/__pycache__/", ".DS_Store", ".git/"];
        for path in left {
            assert_eq!(of(&[], path), Verdict::LeftOut, "{path}");
        }
        for path in ["a.csv", "a/b.tera", "~x", "pycache", "__pycache__"] {
            assert_eq!(of(&[], path), Verdict::Counts, "{path}");
        }
        assert_eq!(of(&[], "scripts/.Rprofile"), Verdict::Hidden);
        assert_eq!(of(&[], "scripts/.cache/"), Verdict::Hidden);
    }

    #[test]
    fn patterns_are_those_of_a_gitignore() {
        assert_eq!(of(&["*.bak"], "a/b.bak"), Verdict::LeftOut);
        assert_eq!(of(&["a/*.bak"], "a/b.bak"), Verdict::LeftOut);
        assert_eq!(of(&["a/*.bak"], "c/a/b.bak"), Verdict::Counts);
        assert_eq!(of(&["/b.bak"], "a/b.bak"), Verdict::Counts);
        assert_eq!(of(&["a/**/b.bak"], "a/x/y/b.bak"), Verdict::LeftOut);
        assert_eq!(of(&["drafts/"], "a/drafts/"), Verdict::LeftOut);
        assert_eq!(of(&["drafts/"], "a/drafts"), Verdict::Counts);
        assert_eq!(of(&["*.bak", "!keep.bak"], "keep.bak"), Verdict::Counts);
        assert_eq!(of(&["!.Rprofile"], "scripts/.Rprofile"), Verdict::Counts);
        assert_eq!(of(&["!Thumbs.db"], "Thumbs.db"), Verdict::Counts);
        let mut ignored = Ignored::default();
        assert!(ignored.add("[a").is_err() && ignored.add("!/").is_err());
    }
}
