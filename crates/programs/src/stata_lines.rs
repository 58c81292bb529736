//! Do-files in commands.

/// A command and the line on which it begins, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// The commands of a do-file, without comments, each on one line. Braces that open or close a block are commands of
/// their own (`}`), or end one (`foreach x in a b {`).
pub(crate) fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut semicolons = false;
    let mut command = String::new();
    let mut begun = 0;
    let mut comment = 0usize;
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        let line = line.trim_end_matches('\r');
        let (kept, goes_on) = without_comments(line, &mut comment, command.trim().is_empty());
        if let Some(delimiter) =
            kept.trim().strip_prefix("#delimit").or_else(|| kept.trim().strip_prefix("#d "))
        {
            semicolons = delimiter.trim().starts_with(';');
            continue;
        }
        if command.trim().is_empty() {
            begun = number;
        }
        if semicolons {
            let mut parts = kept.split(';').peekable();
            while let Some(part) = parts.next() {
                command.push_str(part);
                if parts.peek().is_some() {
                    push(&mut commands, &mut command, begun);
                    begun = number;
                }
            }
            if command.trim().starts_with("#d") {
                semicolons = false;
                command.clear();
            } else {
                command.push(' ');
            }
        } else {
            command.push_str(&kept);
            if goes_on || comment > 0 {
                command.push(' ');
            } else {
                push(&mut commands, &mut command, begun);
            }
        }
    }
    push(&mut commands, &mut command, begun);
    commands
}

fn push(commands: &mut Vec<Command>, command: &mut String, line: usize) {
    let text = command.trim().to_owned();
    command.clear();
    // With semicolons a comment of a whole command begins with a star as well.
    if !text.is_empty() && !text.starts_with('*') {
        commands.push(Command { text, line });
    }
}

/// A line without comments, and whether the command goes on in the next.
fn without_comments(line: &str, comment: &mut usize, begins: bool) -> (String, bool) {
    let mut kept = String::new();
    let mut quoted = false;
    let mut rest = line;
    if *comment == 0 && begins && line.trim_start().starts_with('*') {
        // It may open a longer comment: `*/*`.
        return (String::new(), false);
    }
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        if *comment > 0 {
            if rest.starts_with("*/") {
                *comment -= 1;
                taken = 2;
            } else if rest.starts_with("/*") {
                *comment += 1;
                taken = 2;
            }
        } else if first == '"' {
            quoted = !quoted;
            kept.push(first);
        } else if !quoted && rest.starts_with("///") {
            return (kept, true);
        } else if !quoted && rest.starts_with("/*") {
            *comment += 1;
            taken = 2;
        } else if !quoted
            && rest.starts_with("//")
            && kept.chars().next_back().is_none_or(char::is_whitespace)
        {
            return (kept, false);
        } else {
            kept.push(first);
        }
        rest = rest.get(taken..).unwrap_or_default();
    }
    (kept, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_continuations_and_delimiters() {
        let text = "* use a.dta\nuse b.dta, /// all of it\n  clear // now\n/* save x\n*/ save \"http://c\"\n\
                    #delimit ;\nesttab\n using t.tex;\nuse d; #delimit cr\nuse e\n";
        let found: Vec<(String, usize)> =
            commands(text).into_iter().map(|command| (command.text, command.line)).collect();
        let expected = [
            ("use b.dta,    clear", 2),
            ("save \"http://c\"", 5),
            ("esttab  using t.tex", 7),
            ("use d", 9),
            ("use e", 10),
        ];
        let expected = expected.map(|(text, line)| (text.to_owned(), line));
        assert_eq!(found, expected);
    }
}
