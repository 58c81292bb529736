#!/usr/bin/env python3
"""Holds the default build to its budget: how many crates it is made of, on this system, and the time of processors.

A dependency that brings others costs every first build: `budget.py` fails where there are more crates than
.ci/budget.json allows, and names those of which there are several versions. Who adds one on purpose writes the new
number there and its reason into ARCHITECTURE.md.

    budget.py           counts crates
    budget.py --build   builds the program, too, and fails where that takes half as long again as the budget's
                        processor minutes (processors differ); where most of it was built before, it only says so
"""

import collections
import json
import pathlib
import resource
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
    if "--build" in sys.argv[1:]:
        build(here.parent, len(crates), budget["processor_minutes"])


def build(workspace, crates, minutes):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = ["cargo", "build", "--locked", "--package", "vintner"]
    with subprocess.Popen(command, cwd=workspace, stderr=subprocess.PIPE, text=True) as building:
        built = 0
        for line in building.stderr:
            sys.stderr.write(line)
            built += line.lstrip().startswith("Compiling")
    if building.returncode:
        sys.exit(building.returncode)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) / 60
    print(f"{built} of {crates} crates built in {took:.1f} processor minutes; the budget is {minutes} for all")
    if built > 0.9 * crates and took > 1.5 * minutes:
        sys.exit("the build takes more than half as long again as .ci/budget.json allows")


if __name__ == "__main__":
    main()
