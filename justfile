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
