//! The order in which a README names programs.

use crate::package::Package;
use crate::paths::name;

/// The README, and each of the programs that it names, in the order in which it does.
pub(crate) fn readme_order(package: &Package, programs: &[String]) -> Option<(String, Vec<String>)> {
    let readme = package.files().keys().find(|path| {
        let name = path.to_lowercase();
        !path.contains('/') && ["readme.md", "readme.txt", "readme", "readme.rst"].contains(&name.as_str())
    })?;
    let text = package.text(readme)?;
    let place = |program: &String| text.find(program.as_str()).or_else(|| text.find(name(program)));
    let mut named: Vec<(usize, &String)> =
        programs.iter().filter_map(|program| Some((place(program)?, program))).collect();
    named.sort();
    (named.len() >= 2)
        .then(|| (readme.clone(), named.into_iter().map(|(_, program)| program.clone()).collect()))
}
