//! Names in a text that a shell reads.
//!
//! Nothing is written into the text: a value with a blank, a quote or a semicolon in it would be read as a
//! part of the command. `$name` is a variable of the shell, and has a value if it is the name of a
//! parameter or `item`; so `"$item"` is one word whatever it holds, `${item%.csv}` is what a shell makes of
//! it, and `$HOME` and awk's `$1` are what they always were. A field, for which a shell has no word, is a
//! variable too: `$item.column` becomes `${item_column}`.

use vintner_diagnostics::{Names, Node, NodeValue, Refusal, RefusalReason, Span};

/// A text for a shell, and the variables that it needs.
pub(crate) struct ShellText {
    pub(crate) text: String,
    pub(crate) variables: Vec<(String, String)>,
}

/// A variable as a shell's text mentions it.
struct Variable<'t> {
    /// Where its name begins.
    at: usize,
    name: &'t str,
    /// Whether it stands in braces, which only the shell can take apart.
    braced: bool,
}

impl ShellText {
    /// Finds the variables of `text` that `names` knows. Those that are `given` to every command stay what
    /// they are.
    pub(crate) fn of(
        text: &str,
        span: Span,
        names: &Names<'_>,
        given: &dyn Fn(&str) -> bool,
        refuse: &mut dyn FnMut(Refusal),
    ) -> Self {
        let mut shell = Self { text: String::with_capacity(text.len()), variables: Vec::new() };
        let mut done = 0;
        while let Some(variable) = next_variable(text, done) {
            let end = variable.at + variable.name.len();
            shell.text.push_str(text.get(done..end).unwrap_or_default());
            done = end;
            let Some(Some(node)) = names.get(variable.name).filter(|_| !given(variable.name)) else {
                continue;
            };
            let rest = text.get(end..).unwrap_or_default();
            let (inner, fields) = match follow(node, rest) {
                Ok(found) => found,
                Err(field) => {
                    let path = format!("{}{field}", variable.name);
                    refuse(Refusal { span, path, reason: RefusalReason::Unknown });
                    continue;
                }
            };
            let value = match (inner.scalar(), fields.is_empty()) {
                (Some(value), _) => value,
                (None, true) if names.text_of(variable.name).is_some() => {
                    names.text_of(variable.name).unwrap_or_default().to_owned()
                }
                // The script's own variable, which happens to be called as a parameter is.
                (None, _) if is_assigned(text, variable.name) => continue,
                (None, _) => {
                    let path = format!("{}{fields}", variable.name);
                    refuse(Refusal { span, path, reason: RefusalReason::NoText(inner.describe()) });
                    continue;
                }
            };
            let mut name = variable.name.to_owned();
            if !fields.is_empty() {
                name.push_str(&as_part_of_a_name(fields));
                let start = shell.text.len() - variable.name.len();
                shell.text.truncate(start);
                let (open, close) = if variable.braced { ("", "") } else { ("{", "}") };
                shell.text.push_str(&format!("{open}{name}{close}"));
                done += fields.len();
            }
            if !shell.variables.iter().any(|(known, _)| *known == name) {
                shell.variables.push((name, value));
            }
        }
        shell.text.push_str(text.get(done..).unwrap_or_default());
        shell
    }
}

/// Whether a shell's text mentions a variable.
pub(crate) fn shell_mentions(text: &str, name: &str) -> bool {
    let mut from = 0;
    while let Some(variable) = next_variable(text, from) {
        if variable.name == name {
            return true;
        }
        from = variable.at + variable.name.len();
    }
    false
}

/// The next `$name`, `${name`, `${#name`.
fn next_variable(text: &str, from: usize) -> Option<Variable<'_>> {
    let mut start = from;
    loop {
        start += text.get(start..)?.find('$')?;
        let before = text.get(..start)?;
        let backslashes = before.len() - before.trim_end_matches('\\').len();
        let mut at = start + 1;
        let braced = text.get(at..)?.starts_with('{');
        if braced {
            at += 1;
            at += usize::from(text.get(at..)?.starts_with(['#', '!']));
        }
        let rest = text.get(at..)?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        let name = rest.get(..end)?;
        let is_name = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
        if is_name && backslashes % 2 == 0 {
            return Some(Variable { at, name, braced });
        }
        start += 1;
    }
}

/// What the fields in `.field.field…` lead to as far as there are fields, and what of the text that is.
///
/// # Errors
/// The fields up to one that there isn't.
fn follow<'n, 't>(node: &'n Node, rest: &'t str) -> Result<(&'n Node, &'t str), &'t str> {
    let (mut node, mut end) = (node, 0);
    while let NodeValue::Mapping(_) = node.value
        && let Some(after) = rest.get(end..).and_then(|rest| rest.strip_prefix('.'))
    {
        let length = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
        let field = after.get(..length).unwrap_or_default();
        if field.is_empty() {
            break;
        }
        end += 1 + length;
        node = node.get(field).ok_or(rest.get(..end).unwrap_or_default())?;
    }
    Ok((node, rest.get(..end).unwrap_or_default()))
}

/// `.field` as `_field`; what can't stand in a variable's name is written as a number.
fn as_part_of_a_name(fields: &str) -> String {
    let part = |c: char| match c {
        '.' => "_".to_owned(),
        c if c.is_ascii_alphanumeric() || c == '_' => c.to_string(),
        c => format!("_u{:x}", u32::from(c)),
    };
    fields.chars().map(part).collect()
}

/// Whether the text gives a value to a variable: `name=`, `for name in`, `read name`.
fn is_assigned(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + name.len()..));
        let after = after.unwrap_or_default();
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if before.ends_with(|c: char| is_part(c) || matches!(c, '$' | '{' | '.' | '-'))
            || after.starts_with(is_part)
        {
            return false;
        }
        let words = before.rsplit(['\n', ';', '|', '&']).next().unwrap_or_default();
        let mut words = words.split_whitespace().rev();
        let is_of_for = words.clone().next() == Some("for");
        after.starts_with('=') || after.starts_with("+=") || is_of_for || words.any(|word| word == "read")
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use vintner_diagnostics::{Document, Faults};

    use super::*;
    use crate::spec::globals::ITEM;

    /// A command's text, the variables that it is given, and what can't be.
    type Filled = (String, Vec<(String, String)>, Vec<Refusal>);

    fn shell(text: &str) -> Result<Filled, Faults> {
        let values = "year: 2008\nPATH: x\nlist: [a]\nreport: {title: A b, 名: c}\n";
        let values = Document::parse("x.yaml", values)?;
        let NodeValue::Mapping(entries) = &values.root().value else { return Err(Faults::new()) };
        let values: BTreeMap<String, Node> =
            entries.iter().map(|(name, node)| (name.value.clone(), node.clone())).collect();
        let item = Document::parse("x.yaml", "{id: one, column: a;b}")?;
        let names = Names::new(&values).with(ITEM, item.root(), "one");
        let mut refused = Vec::new();
        let found = ShellText::of(text, item.root().span, &names, &|name| name == "PATH", &mut |refusal| {
            refused.push(refusal);
        });
        Ok((found.text, found.variables, refused))
    }

    #[test]
    fn names_are_variables_and_the_text_stays() -> Result<(), Faults> {
        let text = r#"echo "$year" ${year%8} ${#year} $HOME $1 $$ '$x' $(date) \$list $PATH"#;
        let (same, variables, refused) = shell(text)?;
        assert_eq!((same.as_str(), refused.len()), (text, 0));
        assert_eq!(variables, [("year".to_owned(), "2008".to_owned())]);
        Ok(())
    }

    #[test]
    fn fields_are_variables_of_their_own() -> Result<(), Faults> {
        let (text, variables, refused) =
            shell("f $item.column ${report.title} $report.名 \"$item\" $year.csv")?;
        assert_eq!(text, "f ${item_column} ${report_title} ${report__u540d} \"$item\" $year.csv");
        let expected = [
            ("item_column", "a;b"),
            ("report_title", "A b"),
            ("report__u540d", "c"),
            ("item", "one"),
            ("year", "2008"),
        ];
        assert_eq!(variables, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert!(refused.is_empty());
        Ok(())
    }

    #[test]
    fn what_a_variable_cannot_hold_is_refused_unless_it_is_the_scripts_own() -> Result<(), Faults> {
        let paths = |text| -> Result<Vec<String>, Faults> {
            Ok(shell(text)?.2.into_iter().map(|refusal| refusal.path).collect())
        };
        assert_eq!(paths("echo $list $report $item.colum")?, ["list", "report", "item.colum"]);
        for own in [
            "list=1; echo $list",
            "for list in a b; do echo $list; done",
            "ls | while read -r list; do echo $list; done",
        ] {
            assert!(paths(own)?.is_empty(), "{own}");
        }
        assert_eq!(paths("my_list=1; echo $list a.list=2")?, ["list"]);
        Ok(())
    }
}
