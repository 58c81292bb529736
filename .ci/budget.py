#!/usr/bin/env python3
"""Holds the default build to its budget: how many crates it is made of, on this system.

A dependency that brings others costs every first build: `budget.py` fails where there are more crates than
.ci/budget.json allows, and names those of which there are several versions. Who adds one on purpose writes the new
number there and its reason into ARCHITECTURE.md.
"""

import collections
import json
import pathlib
import subprocess
import sys


def main():
    here = pathlib.Path(__file__).resolve().parent
    budget = json.loads((here / "budget.json").read_text())
    command = ["cargo", "tree", "--locked", "--package", "vintner", "--edges", "normal,build", "--prefix", "none",
               "--no-dedupe"]  # fmt: skip
    listed = subprocess.run(command, cwd=here.parent, check=True, capture_output=True, text=True).stdout
    crates = {tuple(line.split()[:2]) for line in listed.splitlines() if line.strip()}
    versions = collections.defaultdict(set)
    for name, version in crates:
        versions[name].add(version)
    several = [f"{name} {' '.join(sorted(found))}" for name, found in sorted(versions.items()) if len(found) > 1]
    print(f"{len(crates)} crates of {budget['crates']}; of several versions: {', '.join(several) or 'none'}")
    if len(crates) > budget["crates"]:
        sys.exit("more crates than .ci/budget.json allows")


if __name__ == "__main__":
    main()
