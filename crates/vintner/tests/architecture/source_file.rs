//! A source file as the architecture sees it: what it defines, what it hands on, and what it names.

use std::collections::BTreeSet;
use std::str::FromStr;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// The names of a path, as in `crate::store::Record`; the last is `*` where all of a module are meant.
pub type Names = Vec<String>;

/// A file without its tests.
#[derive(Debug, Default)]
pub struct SourceFile {
    /// What stands in the file itself and in modules that are written out in it, each under its path.
    pub scopes: Vec<Scope>,
    /// The modules of other files that only tests see.
    pub test_modules: BTreeSet<String>,
}

/// A module: that of the file, or one that is written out in it.
#[derive(Debug, Default, PartialEq)]
pub struct Scope {
    /// Its names below the file's module.
    pub below: Names,
    /// The items that it defines, modules aside.
    pub defined: BTreeSet<String>,
    /// The names that it imports.
    pub imports: Vec<Import>,
    /// The paths in everything else, `crate::a::B` and `b::c`, with their lines.
    pub paths: Vec<(Names, usize)>,
}

/// A name that is imported.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Where it comes from.
    pub path: Names,
    /// What it is called here.
    pub name: String,
    /// Whether it is handed on, with `pub use`.
    pub handed_on: bool,
    /// The line.
    pub line: usize,
}

/// What an item begins with.
const ITEMS: [&str; 9] = ["struct", "enum", "union", "trait", "fn", "const", "static", "type", "macro_rules"];

impl SourceFile {
    /// Reads a file's text. Comments and texts in quotes aren't code, and neither is what stands under
    /// `#[cfg(test)]`; what is handed to a macro is.
    pub fn read(text: &str) -> Self {
        let tokens = TokenStream::from_str(text).expect("a source file that rustc reads");
        let mut file = Self::default();
        file.read_scope(tokens, Vec::new());
        file
    }

    fn read_scope(&mut self, tokens: TokenStream, below: Names) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut scope = Scope { below: below.clone(), ..Scope::default() };
        let mut at = 0;
        while at < tokens.len() {
            let (end, is_test) = item(&tokens, at);
            let mut rest = &tokens[at..end];
            at = end;
            while let Some(after) = attribute(rest) {
                rest = after;
            }
            let public = is_word(rest.first(), "pub");
            let rest = without_visibility(rest);
            match rest {
                [TokenTree::Ident(word), TokenTree::Ident(name), ..] if word == "mod" => {
                    if is_test {
                        self.test_modules.insert(name.to_string());
                    } else if let Some(TokenTree::Group(body)) = rest.last() {
                        let below = below.iter().cloned().chain([name.to_string()]).collect();
                        self.read_scope(body.stream(), below);
                    }
                }
                _ if is_test => {}
                [TokenTree::Ident(word), tree @ ..] if word == "use" => {
                    let line = word.span().start().line;
                    read_use(tree, &Vec::new(), &mut |path, name| {
                        scope.imports.push(Import { path, name, handed_on: public, line });
                    });
                }
                _ => {
                    scope.defined.extend(defined(rest));
                    read_paths(rest, &mut scope);
                }
            }
        }
        self.scopes.push(scope);
    }

    /// Whether it defines nothing: it says which files there are and hands their names on.
    pub fn is_facade(&self) -> bool {
        self.scopes.iter().all(|scope| scope.defined.is_empty() && scope.paths.is_empty())
    }
}

/// Where the item that begins at `at` ends, and whether only tests see it.
fn item(tokens: &[TokenTree], mut at: usize) -> (usize, bool) {
    let mut is_test = false;
    while let Some(after) = attribute(&tokens[at..]) {
        is_test |= tokens[at + 1].to_string().replace(' ', "") == "[cfg(test)]";
        at = tokens.len() - after.len();
    }
    let is_use = is_word(without_visibility(&tokens[at..]).first(), "use");
    while at < tokens.len() {
        let ends = match &tokens[at] {
            TokenTree::Punct(mark) => mark.as_char() == ';',
            // A constant's block is followed by a semicolon, which is then an item of its own and says nothing.
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && !is_use,
            _ => false,
        };
        at += 1;
        if ends {
            break;
        }
    }
    (at, is_test)
}

/// What comes after an attribute, where one stands here.
fn attribute(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [TokenTree::Punct(hash), TokenTree::Group(_), rest @ ..] if hash.as_char() == '#' => Some(rest),
        // Of the whole file: `#![allow(…)]`.
        [TokenTree::Punct(hash), TokenTree::Punct(mark), TokenTree::Group(_), rest @ ..]
            if hash.as_char() == '#' && mark.as_char() == '!' =>
        {
            Some(rest)
        }
        _ => None,
    }
}

fn without_visibility(tokens: &[TokenTree]) -> &[TokenTree] {
    match tokens {
        [TokenTree::Ident(word), TokenTree::Group(group), rest @ ..]
            if word == "pub" && group.delimiter() == Delimiter::Parenthesis =>
        {
            rest
        }
        [TokenTree::Ident(word), rest @ ..] if word == "pub" => rest,
        _ => tokens,
    }
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(found)) if found == word)
}

/// The name of the item that begins here: `const unsafe fn name`.
fn defined(tokens: &[TokenTree]) -> Option<String> {
    let words = tokens.iter().take_while(|token| {
        !matches!(token, TokenTree::Group(_))
            && !matches!(token, TokenTree::Punct(mark) if mark.as_char() != '!')
    });
    let words: Vec<String> = words.map(ToString::to_string).filter(|word| word != "!").collect();
    if words.iter().any(|word| word == "impl") {
        return None;
    }
    let at = words.iter().rposition(|word| ITEMS.contains(&word.as_str()))?;
    words.get(at + 1).cloned()
}

/// Each name that a tree of imports has: `a::{self, B as C, d::*}`.
fn read_use(tree: &[TokenTree], before: &Names, found: &mut dyn FnMut(Names, String)) {
    let mut path = before.clone();
    let mut at = 0;
    while at < tree.len() {
        match &tree[at] {
            TokenTree::Ident(word) if word == "as" => {
                found(path, tree[at + 1].to_string());
                return;
            }
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Punct(mark) if mark.as_char() == '*' => path.push("*".into()),
            TokenTree::Punct(mark) if mark.as_char() == ';' => break,
            TokenTree::Group(group) => {
                for branch in branches(group) {
                    read_use(&branch, &path, found);
                }
                return;
            }
            _ => {}
        }
        at += 1;
    }
    if path.last().is_some_and(|last| last == "self") && path.len() > before.len() && !before.is_empty() {
        path.pop();
    }
    if let Some(name) = path.last().cloned() {
        found(path, name);
    }
}

/// What stands between the commas of a group.
fn branches(group: &Group) -> Vec<Vec<TokenTree>> {
    let mut branches = vec![Vec::new()];
    for token in group.stream() {
        match &token {
            TokenTree::Punct(mark) if mark.as_char() == ',' => branches.push(Vec::new()),
            _ => branches.last_mut().expect("there is one from the beginning").push(token),
        }
    }
    branches.retain(|branch| !branch.is_empty());
    branches
}

/// Names with `::` between them, wherever they stand; imports within functions too.
fn read_paths(tokens: &[TokenTree], scope: &mut Scope) {
    let is_colon =
        |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => read_paths(&group.stream().into_iter().collect::<Vec<_>>(), scope),
            TokenTree::Ident(word) if word == "use" => {
                let end = tokens[at..].iter().position(|token| token.to_string() == ";");
                let end = end.map_or(tokens.len(), |end| at + end);
                let line = word.span().start().line;
                read_use(&tokens[at + 1..end], &Vec::new(), &mut |path, name| {
                    scope.imports.push(Import { path, name, handed_on: false, line });
                });
                at = end;
            }
            TokenTree::Ident(word) => {
                let line = word.span().start().line;
                let mut path = vec![word.to_string()];
                while is_colon(tokens.get(at + 1)) && is_colon(tokens.get(at + 2)) {
                    let Some(TokenTree::Ident(next)) = tokens.get(at + 3) else { break };
                    path.push(next.to_string());
                    at += 3;
                }
                if path.len() > 1 {
                    scope.paths.push((path, line));
                }
            }
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str) -> Names {
        path.split("::").map(str::to_owned).collect()
    }

    #[test]
    fn imports_are_seen_however_they_are_written() {
        let file = SourceFile::read(
            "use crate::{a::X, b, c::{self, Y as Z}};\nuse super::super::d::*;\npub(crate) use self::e::{V, W};\n\
             fn f() {\n    use crate::g::H;\n    vec![crate::i::J::new(), i::k()];\n    \"crate::no::No\";\n}\n// crate::no::No\n",
        );
        let [scope] = &file.scopes[..] else { panic!("one scope") };
        let seen: Vec<(String, &str, bool, usize)> = scope
            .imports
            .iter()
            .map(|one| (one.path.join("::"), one.name.as_str(), one.handed_on, one.line))
            .collect();
        let expected = [
            ("crate::a::X", "X", false, 1),
            ("crate::b", "b", false, 1),
            ("crate::c", "c", false, 1),
            ("crate::c::Y", "Z", false, 1),
            ("super::super::d::*", "*", false, 2),
            ("self::e::V", "V", true, 3),
            ("self::e::W", "W", true, 3),
            ("crate::g::H", "H", false, 5),
        ];
        assert_eq!(seen, expected.map(|(path, name, on, line)| (path.to_owned(), name, on, line)));
        assert_eq!(scope.paths, [(names("crate::i::J::new"), 6), (names("i::k"), 6)]);
        assert_eq!(scope.defined, BTreeSet::from(["f".to_owned()]));
    }

    #[test]
    fn tests_are_left_out_and_modules_written_out_are_read() {
        let file = SourceFile::read(
            "#![allow(dead_code)]\n//! Words.\n#[cfg(test)]\n#[allow(clippy::panic)]\nmod tests {\n    use crate::no::No;\n}\n\
             #[cfg(test)]\nmod more;\nmod own {\n    use super::super::a::B;\n}\n#[cfg(test)]\nuse crate::no::No;\n\
             pub const unsafe fn g() {}\nimpl<T> From<T> for X {\n    const C: u8 = 0;\n}\nconst BLOCK: u8 = { 1 };\nstruct X;\n",
        );
        assert_eq!(file.test_modules, BTreeSet::from(["tests".to_owned(), "more".to_owned()]));
        let [own, top] = &file.scopes[..] else { panic!("two scopes") };
        assert_eq!(
            (own.below.clone(), own.imports[0].path.clone()),
            (names("own"), names("super::super::a::B"))
        );
        assert!(top.imports.is_empty(), "{top:?}");
        assert_eq!(top.defined, ["BLOCK", "X", "g"].map(str::to_owned).into());
        assert!(!file.is_facade() && SourceFile::read("//! Words.\nmod a;\npub use a::B;\n").is_facade());
    }
}
