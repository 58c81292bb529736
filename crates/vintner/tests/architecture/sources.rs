//! The files of a crate, and which of them imports which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::source_file::{Names, Scope, SourceFile};

/// A file by its place below `src`, without the ending: `store/record`; of `lib.rs` or `main.rs` it is
/// `lib` or `main`, of a folder's `mod.rs` the folder.
pub type File = String;

/// The sources of a crate.
pub struct Sources {
    /// Each module, with the file that holds it and the scope of that file.
    modules: BTreeMap<Names, (File, usize)>,
    files: BTreeMap<File, SourceFile>,
    /// Where each lies below `src`.
    places: BTreeMap<File, String>,
}

/// What a file imports of the crate.
#[derive(Debug, Default)]
pub struct Imports {
    /// By file, the files that define what it names, each with the line that names it first.
    pub arrows: BTreeMap<File, BTreeMap<File, usize>>,
    /// Names that came through the crate's root in place of the room where they live: file, line, name.
    pub through_root: Vec<(File, usize, String)>,
}

impl Sources {
    /// The sources below a folder.
    pub fn below(src: &Path) -> Self {
        let mut texts = Vec::new();
        let mut paths = Vec::new();
        crate::rust_files(src, &mut paths);
        for path in paths {
            let place = path.strip_prefix(src).expect("a file below the folder").with_extension("");
            let place = place.to_str().expect("a name in UTF-8").replace('\\', "/");
            texts.push((place, fs::read_to_string(&path).expect("a file that can be read")));
        }
        Self::of(texts.iter().map(|(place, text)| (place.as_str(), text.as_str())))
    }

    /// The sources as texts, each under its place.
    pub fn of<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let (mut files, mut places) = (BTreeMap::new(), BTreeMap::new());
        let mut modules: BTreeMap<Names, (File, usize)> = BTreeMap::new();
        for (lies_at, text) in texts {
            let place = lies_at.strip_suffix("/mod").unwrap_or(lies_at);
            places.insert(place.to_owned(), format!("{lies_at}.rs"));
            let module: Names = match place {
                "lib" | "main" => Vec::new(),
                _ => place.split('/').map(str::to_owned).collect(),
            };
            let file = SourceFile::read(text);
            for (at, scope) in file.scopes.iter().enumerate() {
                modules.insert([&module[..], &scope.below].concat(), (place.to_owned(), at));
            }
            files.insert(place.to_owned(), file);
        }
        // What only tests see is no part of the house.
        let tests: Vec<Names> = modules
            .iter()
            .flat_map(|(module, (file, _))| {
                let tests = files[file].test_modules.iter();
                tests.map(|name| [&module[..], std::slice::from_ref(name)].concat())
            })
            .collect();
        modules.retain(|module, _| !tests.iter().any(|test| module.starts_with(test)));
        files.retain(|place, _| modules.values().any(|(kept, _)| kept == place));
        Self { modules, files, places }
    }

    /// The files that hold more than a list of other files.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.files.keys()
    }

    /// Where a file lies below `src`.
    pub fn place(&self, file: &File) -> &str {
        &self.places[file]
    }

    /// Which file imports which. A name that was handed on counts as its own file's.
    pub fn imports(&self) -> Imports {
        let mut imports = Imports::default();
        for (module, (file, _)) in &self.modules {
            let arrows = imports.arrows.entry(file.clone()).or_default();
            let scope = self.scope(module);
            let is_facade = self.files[file].is_facade();
            let named = scope.imports.iter().filter(|one| !(is_facade && one.handed_on));
            let named = named.map(|one| (self.absolute(module, &one.path), one.line));
            let paths = scope.paths.iter().map(|(path, line)| (self.path(module, path), *line));
            for (path, line) in named.chain(paths) {
                let Some(path) = path else { continue };
                if let Some(name) = self.through_root(&path) {
                    imports.through_root.push((file.clone(), line, name));
                }
                let found = self.find(&path, &mut BTreeSet::new());
                if let Some(to) = found.filter(|to| to != file && !self.files[to].is_facade()) {
                    let first = arrows.entry(to).or_insert(line);
                    *first = line.min(*first);
                }
            }
        }
        imports
    }

    fn scope(&self, module: &Names) -> &Scope {
        let (file, at) = &self.modules[module];
        &self.files[file].scopes[*at]
    }

    /// A path from the crate's root; `None` where it leads out of the crate.
    fn absolute(&self, module: &Names, path: &Names) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => Some(rest.to_vec()),
            "self" => Some([module, rest].concat()),
            "super" => {
                let above: Names = module.split_last()?.1.to_vec();
                match rest.first().is_some_and(|next| next == "super") {
                    true => self.absolute(&above, &rest.to_vec()),
                    false => Some([&above, rest].concat()),
                }
            }
            own => {
                let child = [module, std::slice::from_ref(&own.to_owned())].concat();
                self.modules.contains_key(&child).then(|| [module, &path[..]].concat())
            }
        }
    }

    /// The same of a path in code, which may begin with a module that was imported.
    fn path(&self, module: &Names, path: &Names) -> Option<Names> {
        self.absolute(module, path).or_else(|| {
            let imports = &self.scope(module).imports;
            let imported = imports.iter().find(|one| one.name == path[0])?;
            let imported = self.absolute(module, &imported.path)?;
            self.modules.contains_key(&imported).then(|| [&imported[..], &path[1..]].concat())
        })
    }

    /// The name that the crate's root hands on, if the path asks the root for it.
    fn through_root(&self, path: &Names) -> Option<String> {
        let name = path.first()?;
        let root = self.scope(&Vec::new());
        let handed_on = root.imports.iter().any(|one| one.name == *name);
        let own = self.modules.contains_key(&vec![name.clone()]) || root.defined.contains(name);
        (handed_on && !own).then(|| name.clone())
    }

    /// The file that defines what a path leads to.
    fn find(&self, path: &Names, seen: &mut BTreeSet<Names>) -> Option<File> {
        if !seen.insert(path.clone()) {
            return None;
        }
        let module = (0..=path.len())
            .rev()
            .map(|end| path[..end].to_vec())
            .find(|start| self.modules.contains_key(start))?;
        let (file, _) = &self.modules[&module];
        let Some(name) = path.get(module.len()) else { return Some(file.clone()) };
        let scope = self.scope(&module);
        if scope.defined.contains(name) || name == "*" {
            return Some(file.clone());
        }
        let rest = &path[module.len() + 1..];
        let handed_on = scope.imports.iter().filter(|one| one.name == *name || one.name == "*");
        let found = handed_on
            .filter_map(|one| {
                let from = self.absolute(&module, &one.path)?;
                let from = if one.name == "*" {
                    [&from[..from.len() - 1], std::slice::from_ref(name)].concat()
                } else {
                    from
                };
                self.find(&[&from[..], rest].concat(), seen)
            })
            .next();
        // What a macro defines isn't seen; it is the file's own.
        found.or_else(|| (!scope.imports.iter().any(|one| one.name == *name)).then(|| file.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a crate's files import, as `from -> to`.
    fn arrows(texts: &[(&str, &str)]) -> Vec<String> {
        let imports = Sources::of(texts.iter().copied()).imports();
        let arrow = |(from, to): (&File, &BTreeMap<File, usize>)| {
            to.keys().map(|to| format!("{from} -> {to}")).collect::<Vec<_>>()
        };
        imports.arrows.iter().flat_map(arrow).collect()
    }

    const STORE: (&str, &str) = (
        "store/mod",
        "//! A wing.\nmod record;\nmod store;\npub(crate) use record::Record;\npub use store::Store;\n",
    );

    #[test]
    fn a_name_that_a_wing_hands_on_is_its_own_files() {
        let found = arrows(&[
            ("lib", "mod run;\nmod store;\npub use store::Store;\n"),
            STORE,
            ("store/record", "pub struct Record;\n"),
            ("store/store", "use super::record::Record;\npub struct Store(Record);\n"),
            ("run", "use crate::store::{Record, Store};\nfn run(_: Store, _: Record) {}\n"),
        ]);
        assert_eq!(found, ["run -> store/record", "run -> store/store", "store/store -> store/record"]);
    }

    #[test]
    fn paths_in_code_and_modules_that_were_imported_count() {
        let found = arrows(&[
            ("lib", "mod a;\nmod b;\nmod store;\n"),
            STORE,
            ("store/record", "pub struct Record;\n"),
            ("store/store", "pub struct Store;\n"),
            ("a", "pub fn f() {\n    println!(\"{:?}\", crate::store::Store::default());\n}\n"),
            ("b", "use crate::{a, store};\nfn g() {\n    a::f();\n    let _: store::Record;\n}\n"),
        ]);
        assert_eq!(found, ["a -> store/store", "b -> a", "b -> store/record"]);
    }

    #[test]
    fn a_name_that_came_through_the_root_is_told_with_its_line() {
        let sources = Sources::of([
            ("lib", "mod a;\nmod b;\npub use a::A;\n"),
            ("a", "pub struct A;\n"),
            ("b", "use crate::a::A as Own;\nuse crate::A;\nfn f(_: super::A, _: Own) {}\n"),
        ]);
        let faults = sources.imports().through_root;
        assert_eq!(faults, [("b".into(), 2, "A".into()), ("b".into(), 3, "A".into())]);
    }

    #[test]
    fn what_only_tests_see_is_left_out() {
        let found = arrows(&[
            ("lib", "mod a;\nmod b;\n"),
            ("a", "pub struct A;\n#[cfg(test)]\nmod tests;\n"),
            ("a/tests", "use crate::b::B;\n"),
            ("b", "use crate::a::A;\npub struct B(A);\n"),
        ]);
        assert_eq!(found, ["b -> a"]);
    }
}
