# `just` lists these; `./justw` does the same where just isn't installed.

# Arguments reach the commands as "$@", so that spaces and brackets in them survive.
set positional-arguments

export CARGO_TERM_PROGRESS_WHEN := "never"

# List the recipes
default:
    @just --justfile "{{justfile()}}" --list

# From raw files to the report, e.g. `just reproduce --vintage public-2025`
reproduce *ARGS:
    cargo run --locked --package vintner -- reproduce "$@"

# The reports of a vintage as PDF, in its folder `pdf`: `just pdf public-2025`
pdf VINTAGE="reconstructed":
    #!/bin/sh
    set -eu
    for tool in latexmk xelatex; do
        if ! command -v "$tool" >/dev/null 2>&1; then
            echo "just pdf: $tool isn't installed. On Debian:" >&2
            echo "  apt-get install --no-install-recommends latexmk texlive-xetex texlive-lang-chinese texlive-science texlive-pictures" >&2
            exit 1
        fi
    done
    folder="{{justfile_directory()}}/reports/${1:-reconstructed}"
    if ! [ -f "$folder/report.tex" ] && ! [ -f "$folder/report.zh.tex" ]; then
        echo "just pdf: $folder has no report.tex; 'just reproduce --vintage ${1:-reconstructed}' makes it" >&2
        exit 1
    fi
    cd "$folder"
    for report in report.tex report.zh.tex; do
        if [ -f "$report" ]; then
            latexmk -xelatex -latexoption=-no-shell-escape -interaction=nonstopmode -halt-on-error -silent -norc -outdir=pdf "$report"
            echo "reports/${1:-reconstructed}/pdf/${report%.tex}.pdf"
        fi
    done

# Any other command of vintner, e.g. `just vintner status`
vintner *ARGS:
    @cargo run --quiet --locked --package vintner -- "$@"

# All tests
test *ARGS:
    cargo test --locked --workspace "$@"

# Formatting and lints
lint:
    cargo fmt --all --check
    cargo clippy --locked --workspace --all-targets -- -D warnings

# The documentation of all crates
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps

# Make the synthetic vintage again from the published tables
reconstruct *ARGS:
    cargo run --locked --package vintner -- reconstruct "$@"
