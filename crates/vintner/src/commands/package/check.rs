//! `vintner package check`.

use std::io::Write;

use vintner_package::{CheckOptions, CheckedRule, Verdict, check_package};

use crate::arguments::{Format, PackageCheck};
use crate::bytes::bytes;
use crate::commands::{count, print_json};
use crate::error::{CommandError, Result};
use crate::progress::working;
use crate::terminal::page;
use crate::workspace::Workspace;

/// So many findings of a rule are told to people; JSON has all.
const MOST: usize = 12;

pub(super) fn run(workspace: &Workspace, arguments: &PackageCheck) -> Result<()> {
    let options = CheckOptions { previous: arguments.previous.as_deref() };
    let checked =
        working(workspace.volume, "looking at the package", || check_package(&arguments.package, options))?;
    let failed = checked.with(Verdict::Fail).count();
    if arguments.format == Format::Json {
        print_json(&serde_json::to_value(&checked)?)?;
    } else {
        let mut out = page();
        for rule in &checked.rules {
            print(&mut out, rule)?;
        }
        let kinds = [Verdict::Pass, Verdict::Fail, Verdict::NotApplicable, Verdict::NeedsAPerson];
        let counts = kinds.map(|verdict| format!("{} {}", checked.with(verdict).count(), verdict.word()));
        writeln!(
            out,
            "{}: {}, {}; {}",
            arguments.package.display(),
            count(checked.files, "file"),
            bytes(checked.bytes),
            counts.join(", ")
        )?;
    }
    match failed {
        0 => Ok(()),
        rules => Err(CommandError::Unkept { package: arguments.package.display().to_string(), rules }),
    }
}

fn print(out: &mut impl Write, rule: &CheckedRule) -> Result<()> {
    writeln!(out, "{:<14}  {}, {}: {}", rule.verdict.word(), rule.id, rule.title, rule.reason)?;
    for finding in rule.findings.iter().take(MOST) {
        writeln!(out, "    {}  {}", finding.place, finding.what)?;
    }
    if rule.findings.len() > MOST {
        writeln!(out, "    and {} more; --format json has all", rule.findings.len() - MOST)?;
    }
    if let Some(cure) = &rule.cure {
        writeln!(out, "    = {cure}")?;
    }
    Ok(())
}
