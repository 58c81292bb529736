#!/usr/bin/env bash
# Installs a wheel into an environment of its own and uses the program as somebody without Rust would: try_wheel.sh DIST
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
dist=$(cd "$1" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv environment || python -m venv environment
scripts=environment/bin
[ -d "$scripts" ] || scripts=environment/Scripts
"$scripts/python" -m pip install --quiet --disable-pip-version-check --no-index "$dist"/vintner-*.whl
"$scripts/vintner" --version
"$scripts/vintner" operations
cp -r "$repository/examples/grunfeld" paper
"$scripts/vintner" -C paper reproduce --locked
cd paper/data
"../../$scripts/python" -c 'import vintner; print(len(vintner.read_results(frame="rows")), "coefficients")'
