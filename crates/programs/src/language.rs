//! Languages of programs.

/// A language whose programs are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Stata.
    Stata,
    /// R.
    R,
    /// Python.
    Python,
    /// A shell script, which runs others.
    Shell,
    /// A Makefile, which runs others.
    Make,
}

impl Language {
    /// That of a file, by its name.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next().unwrap_or(path);
        if ["makefile", "gnumakefile"].contains(&name.to_lowercase().as_str()) {
            return Some(Language::Make);
        }
        let (stem, ending) = name.rsplit_once('.')?;
        match ending.to_lowercase().as_str() {
            _ if stem.is_empty() => None,
            "do" => Some(Language::Stata),
            "r" => Some(Language::R),
            "py" => Some(Language::Python),
            "sh" | "bash" => Some(Language::Shell),
            _ => None,
        }
    }

    /// Whether its programs analyse, and not only run others.
    pub fn analyses(self) -> bool {
        matches!(self, Language::Stata | Language::R | Language::Python)
    }
}

/// Endings of programs that are named and not followed.
const OTHERS: [(&str, &str); 15] = [
    ("ado", "a Stata command"),
    ("ipynb", "a notebook"),
    ("jl", "Julia"),
    ("m", "Matlab"),
    ("mod", "Dynare"),
    ("nb", "Mathematica"),
    ("nlogo", "NetLogo"),
    ("prg", "EViews or Gauss"),
    ("qmd", "a Quarto document"),
    ("rmd", "an R Markdown document"),
    ("rnw", "a Sweave document"),
    ("sas", "SAS"),
    ("sps", "SPSS"),
    ("sql", "SQL"),
    ("g", "Gauss"),
];

/// What a program in a language that isn't followed is, if it is one.
pub(crate) fn other_program(path: &str) -> Option<&'static str> {
    let ending = path.rsplit('/').next()?.rsplit_once('.')?.1.to_lowercase();
    OTHERS.iter().find(|(one, _)| *one == ending).map(|(_, what)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_language() {
        assert_eq!(Language::of("code/Makefile"), Some(Language::Make));
        assert_eq!(Language::of("a/01.R"), Some(Language::R));
        assert_eq!(Language::of("a/.r"), None);
        assert_eq!(Language::of("a.csv"), None);
        assert_eq!(other_program("x/a.Rmd"), Some("an R Markdown document"));
        assert_eq!(other_program("x/a.csv"), None);
    }
}
