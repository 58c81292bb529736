#!/usr/bin/env bash
# Installs packages that npm.py made as somebody without Rust would, and uses the program: try_npm.sh OUT
set -euo pipefail
repository=$(cd "$(dirname "$0")/.." && pwd)
packages=$(cd "$1" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for package in "$packages"/vintner*; do
    npm pack --silent --pack-destination "$folder" "$package" >/dev/null
done
# No registry is asked: the main package's parts are those beside it.
printf '{"private": true}\n' >package.json
npm install --offline --silent --no-audit --no-fund --no-save ./vintner-*-*.tgz
npm install --offline --silent --no-audit --no-fund --no-save --omit=optional ./vintner-[0-9]*.tgz ./vintner-*-*.tgz
node_modules/.bin/vintner --version
mkdir paper
cp -r "$repository/examples/grunfeld" paper/grunfeld
rm -rf paper/grunfeld/.vintner paper/grunfeld/reports
node_modules/.bin/vintner -C paper/grunfeld reproduce --locked
if node_modules/.bin/vintner nonsense 2>/dev/null; then
    echo "try_npm.sh: a mistake in the command line has to end with an exit code" >&2
    exit 1
fi
