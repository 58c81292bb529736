//! The README of a folder of scripts.

use crate::program::NotReplicated;
use crate::request::ReplicateRequest;

/// What a reader needs to run the scripts and to know what they leave out.
pub(crate) fn readme(request: &ReplicateRequest<'_>, left: &[NotReplicated]) -> String {
    let mut text = format!(
        "# {}, vintage {}: the same numbers without Vintner\n\n{}",
        request.pipeline.name, request.vintage.name, TEXT
    );
    text = text.replace("@DATA@", request.data);
    if !request.vintage.sources.is_empty() {
        text.push_str("\n## Raw files\n\n");
        for source in &request.vintage.sources {
            let file = source.declaration.get("file").and_then(serde_json::Value::as_str).unwrap_or_default();
            let sha256 =
                source.declaration.get("sha256").and_then(serde_json::Value::as_str).unwrap_or_default();
            text.push_str(&format!("- `{file}` ({}), sha256 `{sha256}`\n", source.name));
        }
    }
    text.push_str("\n## What the scripts don't repeat\n\n");
    match left {
        [] => text.push_str("Nothing.\n"),
        _ => left.iter().for_each(|one| text.push_str(&format!("- {}: {}\n", one.what, one.reason))),
    }
    text
}

const TEXT: &str = "\
These scripts were written by Vintner from the pipeline's own specification. They read the raw files, build the
panel and its variables, estimate what the pipeline reports, and compare each number with the published one.
Nothing of Vintner is needed to run them; either language does on its own.

| | R | Python |
|---|---|---|
| run | `Rscript R/run_all.R` | `python3 python/run_all.py` |
| needs | R 4; `plm`, and `readxl` for workbooks, `haven` for Stata files | Python 3.9; `pip install -r python/requirements.txt` |

The exit status is 1 where a number differs by more than 1e-8 (relative), or is missing; each is named.

- `1_data` reads the raw files, in `@DATA@`; another folder is named by the variable `REPLICATE_DATA`.
- `2_variables` builds the panel and its variables.
- `3_estimates` estimates.
- `tables` and `models` are the helpers of all three, the same for every paper.
- `expected/` has the pipeline's own numbers: `results.csv`, and the published tables of coefficients.
- In R or Python the panel is there under the name of its stage after `run_all`, to be looked at.
";
