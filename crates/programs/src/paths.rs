//! Paths as programs write them.

/// What stands before a path that starts at the package's folder, wherever the program runs.
pub(crate) const ROOT: &str = "@package/";

/// A path from `folder` on, relative to the package, without `.` and `..`; nothing where it leads out.
pub(crate) fn joined(folder: &str, path: &str) -> Option<String> {
    let (folder, path) = match path.strip_prefix(ROOT) {
        Some(rest) => ("", rest),
        None if path == ROOT.trim_end_matches('/') => ("", ""),
        None => (folder, path),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What stands before the path of a file that is gone when the program ends.
pub(crate) const TEMPORARY: &str = "temporary:/";

/// The folder of a path as a program would have it: that of `x` is `.`, that of `.` is `..`.
pub(crate) fn written_parent(path: &str) -> String {
    let (root, rest) = match path.strip_prefix(ROOT) {
        Some(rest) => (ROOT, rest),
        None => ("", path),
    };
    let rest = rest.trim_end_matches('/');
    match rest.rsplit_once('/') {
        Some((folder, _)) => format!("{root}{folder}"),
        None if rest.is_empty() || rest == "." || rest.ends_with("..") => format!("{root}{rest}/.."),
        None if root.is_empty() => ".".to_owned(),
        None => root.to_owned(),
    }
}

/// Whether a path starts at a machine's own folders.
pub(crate) fn is_absolute(path: &str) -> bool {
    let drive = |text: &str| {
        let mut letters = text.chars();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic()) && letters.next() == Some(':')
    };
    path.starts_with(['/', '~']) || (drive(path) && !path.starts_with(ROOT))
}

/// The folder of a file.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A file's name.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A file's name without its ending.
pub(crate) fn stem(path: &str) -> &str {
    let name = name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}

/// The ending of a file's name, in small letters.
pub(crate) fn ending(path: &str) -> Option<String> {
    let (stem, ending) = name(path).rsplit_once('.')?;
    (!stem.is_empty() && !ending.is_empty()).then(|| ending.to_lowercase())
}

/// How one gets from one folder of the package to its top.
pub(crate) fn up_from(folder: &str) -> String {
    folder.split('/').filter(|part| !part.is_empty()).map(|_| "../").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_package() {
        assert_eq!(joined("code", "../data/./x.csv").as_deref(), Some("data/x.csv"));
        assert_eq!(joined("code", "../../x.csv"), None);
        assert_eq!(joined("code", "@package/data//x.csv").as_deref(), Some("data/x.csv"));
        assert!(is_absolute("C:/a") && is_absolute("~/a") && is_absolute("/a"));
        assert!(!is_absolute("data/a") && !is_absolute("@package/a"));
        assert_eq!(up_from("a/b"), "../../");
        assert_eq!((stem("a/b.c.do"), ending("a/b.DTA").as_deref()), ("b.c", Some("dta")));
    }
}
