//! One path for all outputs of a stage that are files.

use std::collections::{BTreeMap, BTreeSet};

use crate::operation::OutputDeclaration;

/// Stands for all outputs that are files, where outputs are published.
pub(crate) const ALL_OUTPUTS: &str = "*";

/// Where each output is published: those that have a path of their own there, of the others each that is a file at the
/// path of all of them, with its own ending. Of two with one ending, the one in Chinese has `.zh` before it, any
/// other its name. A path that ends as one of the files does already is meant without that ending.
pub(crate) fn each_output<P>(
    mut publish: BTreeMap<String, P>,
    outputs: &[OutputDeclaration],
    at: impl Fn(&P, &dyn Fn(&str) -> String) -> P,
) -> BTreeMap<String, P> {
    let Some(stem) = publish.remove(ALL_OUTPUTS) else { return publish };
    let mut known: Vec<&str> = outputs.iter().filter_map(|output| output.extension.as_deref()).collect();
    // The longest first: `.gaps.csv` ends with `.csv`, too.
    known.sort_by_key(|extension| std::cmp::Reverse(extension.len()));
    let without_ending = |stem: &str| {
        let bare = |extension: &&str| stem.strip_suffix(extension)?.strip_suffix('.').map(str::to_owned);
        let named = |bare: &String| !bare.is_empty() && !bare.ends_with('/');
        known.iter().filter_map(bare).find(named).unwrap_or_else(|| stem.to_owned())
    };
    let mut endings = BTreeSet::new();
    for output in outputs {
        let Some(extension) = &output.extension else { continue };
        let ending = match endings.insert(extension.as_str()) {
            true => extension.clone(),
            false if output.name.ends_with("_zh") => format!("zh.{extension}"),
            false => format!("{}.{extension}", output.name),
        };
        let path = at(&stem, &|stem| format!("{}.{ending}", without_ending(stem)));
        publish.entry(output.name.clone()).or_insert(path);
    }
    publish
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Kind;

    #[test]
    fn a_path_alone_is_that_of_each_file() {
        let of = |name: &str, ending: &str| OutputDeclaration::new(name, Kind::Text).extension(ending);
        let outputs = [
            OutputDeclaration::new("about", Kind::Json),
            of("svg", "svg"),
            of("svg_zh", "svg"),
            of("tikz", "tex"),
            of("latex", "tex"),
        ];
        let publish =
            BTreeMap::from([("*".to_owned(), "a/b".to_owned()), ("tikz".to_owned(), "c.tex".to_owned())]);
        let each = each_output(publish, &outputs, |path, of| of(path));
        let each: Vec<String> = each.into_iter().map(|(name, path)| format!("{name} {path}")).collect();
        assert_eq!(each, ["latex a/b.latex.tex", "svg a/b.svg", "svg_zh a/b.zh.svg", "tikz c.tex"]);
        let one = |path: &str, ending: &str| {
            let publish = BTreeMap::from([("*".to_owned(), path.to_owned())]);
            let outputs = [of("csv", ending), of("gaps", "gaps.csv")];
            each_output(publish, &outputs, |path, of| of(path)).remove("csv").unwrap_or_default()
        };
        for (path, ending, published) in [
            ("a/b.csv", "csv", "a/b.csv"),
            ("a/b.v2", "csv", "a/b.v2.csv"),
            ("a/b.gaps.csv", "csv", "a/b.csv"),
            ("a/.csv", "csv", "a/.csv.csv"),
            ("a/b.csv", "tex", "a/b.csv.tex"),
        ] {
            assert_eq!(one(path, ending), published, "{path} {ending}");
        }
    }
}
