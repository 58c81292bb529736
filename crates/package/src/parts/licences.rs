//! The terms of code and of data.

use vintner_pipeline::Store;

use super::words::{said, todo};
use crate::contents::Contents;
use crate::error::Result;
use crate::files::{Files, Role};

/// Of the code.
pub(crate) const CODE_LICENCE: &str = "LICENSE.txt";
/// Of the data.
pub(crate) const DATA_LICENCE: &str = "LICENSE-DATA.txt";

pub(super) fn add(contents: &Contents, _: &Store, files: &mut Files) -> Result<()> {
    match &contents.code_licence {
        Some(from) => files.copy(CODE_LICENCE, Role::Licence, from)?,
        None => files.put(CODE_LICENCE, Role::Licence, code(contents))?,
    }
    files.put(DATA_LICENCE, Role::Licence, data(contents))
}

fn holders(contents: &Contents) -> String {
    let names: Vec<String> = contents.description.authors.iter().map(|author| author.name()).collect();
    let year = contents.date.split('-').next().unwrap_or_default();
    match names.is_empty() {
        true => format!("Copyright {year} {}", todo("`authors` in package.yaml", "who holds the rights")),
        false => format!("Copyright {year} {}", names.join(", ")),
    }
}

fn code(contents: &Contents) -> String {
    let terms = match &contents.description.code_licence {
        Some(licence) => format!(
            "SPDX-License-Identifier: {licence}\n\nThe pipeline, the programs and the templates of this package are licensed \
             under {licence}.\nIts text: https://spdx.org/licenses/{licence}.html\n"
        ),
        None => format!("{}\n", todo("`code_licence` in package.yaml", "under which licence is the code?")),
    };
    format!("{}\n\n{terms}", holders(contents))
}

fn data(contents: &Contents) -> String {
    let own = match &contents.description.data_licence {
        Some(licence) => format!(
            "What is computed here (data/analysis, codebook, tables, figures and reports) is licensed under {licence}.\n\
             SPDX-License-Identifier: {licence}\nIts text: https://spdx.org/licenses/{licence}.html\n"
        ),
        None => format!(
            "{}\n",
            todo("`data_licence` in package.yaml", "under which licence is what is computed here?")
        ),
    };
    let mut text =
        format!("{}\n\n{own}\nRaw data are under the terms of their sources:\n", holders(contents));
    for source in &contents.sources {
        let what =
            format!("`licence` of source {} in data/vintages/{}/vintage.yaml", source.name, contents.vintage);
        let terms = match &source.licence {
            Some(licence) => said(licence),
            None => todo(&what, "under what terms may it be used?"),
        };
        let given = if source.is_provided() { "" } else { " (not in this package)" };
        let files: Vec<&str> = source.files.iter().map(|file| file.path.as_str()).collect();
        text.push_str(&format!("\n{}{given}\n  {}\n  Terms: {terms}\n", source.name, files.join("\n  ")));
    }
    text
}
