//! The templates, labels and works that the program brings along. A workspace holds only what it changes of them.

use crate::template_source::TemplateSource;

/// Names each file of the folder `templates` and reads it in.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("templates/", $name)))),*]
    };
}

const FILES: &[(&str, &str)] = files![
    "html/agreement.html.tera",
    "html/before.html.tera",
    "html/claims.html.tera",
    "html/descriptives.html.tera",
    "html/gaps.html.tera",
    "html/granger.html.tera",
    "html/models.html.tera",
    "html/notice.html.tera",
    "html/parts.html.tera",
    "html/paths.html.tera",
    "html/reading.html.tera",
    "html/references.html.tera",
    "html/reproduce.html.tera",
    "html/robustness.html.tera",
    "html/section.html.tera",
    "html/stars.html.tera",
    "html/style.html.tera",
    "html/system.html.tera",
    "html/tables.html.tera",
    "html/tests.html.tera",
    "html/variables.html.tera",
    "html/verdict.html.tera",
    "html/vintage.html.tera",
    "labels.en.yaml",
    "labels.zh.yaml",
    "latex/agreement.tex.tera",
    "latex/before.tex.tera",
    "latex/claims.tex.tera",
    "latex/descriptives.tex.tera",
    "latex/gaps.tex.tera",
    "latex/granger.tex.tera",
    "latex/models.tex.tera",
    "latex/notice.tex.tera",
    "latex/paths.tex.tera",
    "latex/reading.tex.tera",
    "latex/references.tex.tera",
    "latex/reproduce.tex.tera",
    "latex/robustness.tex.tera",
    "latex/section.tex.tera",
    "latex/stars.tex.tera",
    "latex/system.tex.tera",
    "latex/table.tex.tera",
    "latex/tables.tex.tera",
    "latex/tests.tex.tera",
    "latex/variables.tex.tera",
    "latex/verdict.tex.tera",
    "latex/vintage.tex.tera",
    "markdown/agreement.md.tera",
    "markdown/before.md.tera",
    "markdown/claims.md.tera",
    "markdown/descriptives.md.tera",
    "markdown/gaps.md.tera",
    "markdown/granger.md.tera",
    "markdown/models.md.tera",
    "markdown/notice.md.tera",
    "markdown/paths.md.tera",
    "markdown/reading.md.tera",
    "markdown/references.md.tera",
    "markdown/reproduce.md.tera",
    "markdown/robustness.md.tera",
    "markdown/section.md.tera",
    "markdown/stars.md.tera",
    "markdown/system.md.tera",
    "markdown/tables.md.tera",
    "markdown/tests.md.tera",
    "markdown/variables.md.tera",
    "markdown/verdict.md.tera",
    "markdown/vintage.md.tera",
    "models-part.html.tera",
    "models.html.tera",
    "models.md.tera",
    "models.tex.tera",
    "references.bib",
    "report.html.tera",
    "report.md.tera",
    "report.tex.tera",
    "table.html.tera",
    "table.tex.tera",
];

/// All files that the program brings along, each with its text, in the order of their names.
pub fn usual_files() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// One of them.
pub fn usual_file(name: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The templates that the program brings along; those of a workspace stand in the place of those of the same names.
pub fn templates_over_usual(own: Vec<TemplateSource>) -> Vec<TemplateSource> {
    let usual = FILES.iter().filter(|(name, _)| name.ends_with(".tera"));
    let left = usual.filter(|(name, _)| !own.iter().any(|source| source.name == *name));
    let left: Vec<TemplateSource> =
        left.map(|(name, text)| TemplateSource { name: (*name).into(), text: (*text).into() }).collect();
    left.into_iter().chain(own).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn below(folder: &Path, prefix: &str, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            match entry.path().is_dir() {
                true => below(&entry.path(), &format!("{name}/"), names),
                false => names.push(name),
            }
        }
    }

    #[test]
    fn each_file_of_the_folder_is_there() {
        let mut names = Vec::new();
        below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/templates"), "", &mut names);
        names.sort();
        assert_eq!(FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>(), names);
    }

    #[test]
    fn a_workspace_s_own_stand_in_their_place() {
        let own = TemplateSource { name: "report.md.tera".into(), text: "mine".into() };
        let new = TemplateSource { name: "markdown/new.md.tera".into(), text: "new".into() };
        let all = templates_over_usual(vec![own, new]);
        let of = |name: &str| all.iter().filter(|source| source.name == name).count();
        assert_eq!((of("report.md.tera"), of("markdown/new.md.tera"), of("report.tex.tera")), (1, 1, 1));
        assert!(all.iter().any(|source| source.text == "mine"));
    }
}
