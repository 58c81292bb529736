//! What is at the other end of stdout or stderr.

use std::env;

use console::{Style, Term};

/// What can be shown at the other end of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Screen {
    /// How many columns there are; no end of them in a file or a pipe.
    pub(crate) columns: Option<usize>,
    /// Whether colours are shown.
    coloured: bool,
    /// Whether lines that were written can be taken back.
    pub(crate) is_live: bool,
}

/// What a text is to a reader. It never is all that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something failed.
    Bad,
    /// Something needs a look.
    Warning,
    /// Something is made, or as it should be.
    Good,
    /// What was asked for.
    Strong,
    /// What can be passed over.
    Aside,
}

/// What a terminal that doesn't say so is taken for.
const USUAL: (u16, u16) = (24, 80);

impl Screen {
    /// A file or a pipe.
    #[cfg(test)]
    pub(crate) const PLAIN: Self = Self { columns: None, coloured: false, is_live: false };

    /// What stdout goes to.
    pub(crate) fn stdout() -> Self {
        Self::of(&Term::stdout())
    }

    /// What stderr goes to.
    pub(crate) fn stderr() -> Self {
        Self::of(&Term::stderr())
    }

    fn of(term: &Term) -> Self {
        let variable = |name: &str| env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let columns = term.is_term().then(|| usize::from(size(term).1));
        Self::in_environment(columns, variable)
    }

    fn in_environment(columns: Option<usize>, variable: impl Fn(&str) -> Option<String>) -> Self {
        let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
        let is_on = |name: &str| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
        let is_able = columns.is_some() && variable("TERM").as_deref() != Some("dumb");
        Self {
            columns,
            // https://no-color.org and https://bixense.com/clicolors: who wants none gets none.
            coloured: !is_set("NO_COLOR")
                && (is_on("CLICOLOR_FORCE") || is_able && variable("CLICOLOR").as_deref() != Some("0")),
            // What CI keeps of a terminal is a log.
            is_live: is_able && !is_on("CI"),
        }
    }

    /// A text in the colour of what it is.
    pub(crate) fn paint(&self, tone: Tone, text: &str) -> String {
        if !self.coloured || text.is_empty() {
            return text.to_owned();
        }
        let style = match tone {
            Tone::Bad => Style::new().red().bold(),
            Tone::Warning => Style::new().yellow().bold(),
            Tone::Good => Style::new().green().bold(),
            Tone::Strong => Style::new().bold(),
            Tone::Aside => Style::new().dim(),
        };
        style.force_styling(true).apply_to(text).to_string()
    }
}

/// The rows and columns of a terminal.
pub(super) fn size(term: &Term) -> (u16, u16) {
    term.size_checked().unwrap_or(USUAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn screen(columns: Option<usize>, variables: &[(&str, &str)]) -> Screen {
        Screen::in_environment(columns, |wanted| {
            let found = variables.iter().find(|(name, _)| *name == wanted);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn colours_are_for_those_who_want_them() {
        let coloured = |columns, variables: &[(&str, &str)]| screen(columns, variables).coloured;
        assert!(coloured(Some(80), &[("TERM", "xterm")]));
        assert!(coloured(Some(80), &[("TERM", "xterm"), ("NO_COLOR", "")]));
        assert!(!coloured(Some(80), &[("TERM", "xterm"), ("NO_COLOR", "1")]));
        assert!(!coloured(Some(80), &[("TERM", "xterm"), ("CLICOLOR", "0")]));
        assert!(!coloured(Some(80), &[("TERM", "dumb")]));
        assert!(!coloured(None, &[("TERM", "xterm")]));
        assert!(coloured(None, &[("CLICOLOR_FORCE", "1")]));
        assert!(!coloured(None, &[("CLICOLOR_FORCE", "0")]));
        assert!(!coloured(None, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    }

    #[test]
    fn lines_are_taken_back_where_somebody_looks() {
        let live = |columns, variables: &[(&str, &str)]| screen(columns, variables).is_live;
        assert!(live(Some(80), &[("TERM", "xterm")]));
        assert!(live(Some(80), &[("TERM", "xterm"), ("CI", "0")]));
        assert!(!live(Some(80), &[("TERM", "xterm"), ("CI", "true")]));
        assert!(!live(Some(80), &[("TERM", "dumb")]));
        assert!(!live(None, &[("TERM", "xterm")]));
    }

    #[test]
    fn paint_is_nothing_but_paint() {
        let plain = screen(None, &[]);
        assert_eq!(plain.paint(Tone::Bad, "error:"), "error:");
        let coloured = screen(Some(80), &[]);
        assert_eq!(coloured.paint(Tone::Bad, "error:"), "\u{1b}[31m\u{1b}[1merror:\u{1b}[0m");
        assert_eq!(coloured.paint(Tone::Bad, ""), "");
    }
}
