//! The end of a log, for a message.

/// How many lines and how many characters of each are shown.
const LINES: usize = 20;
const CHARACTERS: usize = 300;

/// The last lines of `log` as a terminal would show them: without control characters, which could
/// do anything there, and of a line that was written over again and again its last state.
pub(super) fn last_lines(log: &str) -> Vec<String> {
    let written: Vec<&str> = log.trim_end().lines().rev().take(LINES).collect();
    let shown = written.into_iter().rev().map(|line| {
        let line = line.trim_end_matches('\r').rsplit('\r').next().unwrap_or_default();
        let mut characters = line.chars().filter(|c| *c == '\t' || !c.is_control());
        let mut shown: String = characters.by_ref().take(CHARACTERS).collect();
        if characters.next().is_some() {
            shown.push('…');
        }
        shown.trim_end().to_owned()
    });
    shown.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_shown_and_nothing_that_moves_the_cursor() {
        let log: String = (0..100).map(|line| format!("line {line}\n")).collect();
        let lines = last_lines(&log);
        assert_eq!((lines.len(), lines.first().map(String::as_str)), (20, Some("line 80")));
        assert_eq!(last_lines("10%\r50%\r100%\r\n\x1b[31mred\x1b[0m\0\n\n"), ["100%", "[31mred[0m"]);
        assert_eq!(last_lines(&"x".repeat(1000)), [format!("{}…", "x".repeat(300))]);
        assert!(last_lines("").is_empty());
    }
}
