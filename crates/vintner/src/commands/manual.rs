//! `vintner completions` and `vintner man`: what shells and `man` show of the program, made from its own arguments.

use std::fs;
use std::io::{Write, stdout};

use clap::CommandFactory;

use crate::arguments::{Arguments, Completions, Man};
use crate::error::{CommandError, Result};
use crate::terminal::page;

pub(crate) fn completions(arguments: &Completions) -> Result<()> {
    let mut bytes = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "vintner", &mut bytes);
    stdout().lock().write_all(&bytes)?;
    Ok(())
}

pub(crate) fn pages(arguments: &Man) -> Result<()> {
    let folder = &arguments.folder;
    let failed = |source| CommandError::NotWritten { path: folder.clone(), source };
    fs::create_dir_all(folder).map_err(failed)?;
    // The pages of commands that are hidden are left out.
    let mut command = Arguments::command().disable_help_subcommand(true);
    command.build();
    let mut pages = vec![("vintner".to_owned(), command.clone())];
    let mut at = 0;
    while let Some((name, own)) = pages.get(at).cloned() {
        at += 1;
        for below in own.get_subcommands().filter(|one| !one.is_hide_set()) {
            let name = format!("{name}-{}", below.get_name());
            pages.push((name.clone(), below.clone().display_name(name)));
        }
    }
    let count = pages.len();
    for (name, command) in pages {
        let mut bytes = Vec::new();
        clap_mangen::Man::new(command).render(&mut bytes).map_err(failed)?;
        fs::write(folder.join(format!("{name}.1")), bytes).map_err(failed)?;
    }
    writeln!(page(), "{}: {}", folder.display(), super::count(count, "page"))?;
    Ok(())
}
