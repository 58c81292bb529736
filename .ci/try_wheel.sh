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
mkdir -p paper/examples paper/reports
cp -r "$repository/examples/grunfeld" paper/examples/
if [ -d "$repository/reports/templates" ]; then
    cp -r "$repository/reports/templates" paper/reports/
fi
rm -rf paper/examples/grunfeld/.vintner paper/examples/grunfeld/reports
"$scripts/vintner" -C paper/examples/grunfeld reproduce --locked
cd paper/examples/grunfeld/data
"$folder/$scripts/python" -c 'import vintner; print(len(vintner.read_results(frame="rows")), "coefficients")'
