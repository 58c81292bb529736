#!/usr/bin/env python3
"""All benches of econometrics beside the peers found, in one session, as one table.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install pyfixest linearmodels pandas     # R: plm, systemfit
    python3 -m venv /tmp/wild && /tmp/wild/bin/pip install wildboottest pandas statsmodels
    /tmp/peers/bin/python benches/econometrics/table.py [--python /tmp/wild/bin/python] [--rows 1e6] [--rounds 2] [--folder FOLDER]

Every program works on the same columns: those of Vintner's own benches, or of bench.py and systems.py. Of all rounds the least
time counts. Results are compared, too: what differs by more than it may is said below the table, and so is a program that failed; the exit code is then 1.
A peer that isn't installed is named and left out.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import bench

HERE = Path(__file__).resolve().parent
PROGRAMS = ["Vintner", "plm, systemfit", "linearmodels", "pyfixest", "others"]


class Table:
    """Least times and results by task, in the order in which tasks are first met."""

    def __init__(self):
        self.tasks = {}

    def add(self, task, program, seconds, values=None, tolerance=1e-6, floor=1e-2):
        """`values` are compared with Vintner's in order of size, since no two programs order coefficients alike. They may differ by
        `tolerance` times a value, or times `floor` where that is more."""
        cells = self.tasks.setdefault(task, {})
        old = cells.get(program)
        if old is None or seconds < old[0]:
            cells[program] = (seconds, values, tolerance, floor)

    def show(self):
        print("| task | " + " | ".join(PROGRAMS) + " |\n|" + "---|" * (len(PROGRAMS) + 1))
        for task, cells in self.tasks.items():
            own = cells["Vintner"][0] if "Vintner" in cells else None
            row = {name: [] for name in PROGRAMS}
            for program, (seconds, *_) in cells.items():
                times = "" if program == "Vintner" or own is None else f" ({significant(seconds / own, 2)})"
                column = {"plm": "plm, systemfit", "systemfit": "plm, systemfit"}.get(program, program)
                if column in row:
                    row[column].append(f"{significant(seconds, 3)}{times}")
                else:
                    row["others"].append(f"{program} {significant(seconds, 3)}{times}")
            print(f"| {task} | " + " | ".join("; ".join(row[name]) for name in PROGRAMS) + " |")

    def differences(self):
        """Pairs of results further apart than they may be."""
        found = []
        for task, cells in self.tasks.items():
            own = cells.get("Vintner", (None, None))[1]
            for program, (_, values, tolerance, floor) in cells.items():
                if program == "Vintner" or not own or not values:
                    continue
                if len(own) != len(values):
                    found.append(f"{task}: {program} has {len(values)} numbers, Vintner {len(own)}")
                    continue
                worst = max(abs(a - b) / max(abs(a), floor) for a, b in zip(sorted(own), sorted(values)))
                if worst > tolerance:
                    found.append(f"{task}: {program} differs by {worst:.1e}, and may by {tolerance:.0e}")
        return found


def significant(number, digits):
    """So many digits that count, never as a power of ten."""
    whole = f"{number:.0f}"
    if len(whole) >= digits and number >= 1:
        return whole
    text = f"{number:#.{digits}g}"
    return f"{float(text):.10f}".rstrip("0") if "e" in text else text


FAILED = []


def lines(command):
    """The lines of JSON that a program prints."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        FAILED.append(f"failed: {' '.join(map(str, command))}")
        print(f"failed: {' '.join(map(str, command))}\n{done.stderr[-800:]}", file=sys.stderr)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def interpreter(module, pythons):
    """The first Python that has a module, or nothing."""
    for python in pythons:
        if subprocess.run([python, "-c", f"import {module}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
            return python
    print(f"{module} isn't installed, left out", file=sys.stderr)
    return None


def has_package(name):
    if shutil.which("Rscript") and subprocess.run(["Rscript", "-e", f"library({name})"], capture_output=True).returncode == 0:
        return True
    print(f"R's {name} isn't installed, left out", file=sys.stderr)
    return False


def fixed_effects(table, arguments, rounds, plm):
    program, names, rows = bench.binary("fixed_effects"), bench.peers(), arguments.rows
    for kind in ["balanced", "unbalanced"]:
        for effects in ["id", "id+t"]:
            task = fixed_effects_task(rows, kind, effects)
            answers = bench.ask_in_turn(arguments, rows, rows // 10, kind, rounds, program, names, effects)
            for name in ["Vintner", *(name for name in answers if name != "Vintner")]:
                best = min(answers[name], key=lambda one: one["seconds"])
                table.add(task, name, best["seconds"], best["coef"])
    if plm:
        for line in lines(["Rscript", HERE / "panels.R", "fixed_effects", arguments.folder / f"balanced-{rows}-{rows // 10}"]):
            table.add(fixed_effects_task(rows, "balanced", line["what"]), "plm", line["min"], line["values"])


def fixed_effects_task(rows, kind, effects):
    return f"fixed effects, {rows:,} rows, {kind}, {'unit' if effects == 'id' else 'both'}, clustered"


def panel_task(line):
    what = line["what"].replace("pairs_cluster 1000", "pairs-cluster bootstrap, 1,000")
    what = "wild cluster bootstrap, 9,999, three coefficients" if what.startswith("wild") else what
    return f"{what}, {line['N']:,} x {line['T']}"


def bootstraps(table, folder, rounds, plm, found):
    program = bench.binary("bootstrap")
    for _ in range(rounds):
        commands = [("Vintner", [program, folder])]
        commands += [(peer, [python, HERE / "bootstrap.py", peer, folder]) for peer, python in found.items() if python]
        if plm:
            commands.append(("R", ["Rscript", HERE / "panels.R", "bootstrap", folder]))
        for _, command in commands:
            for line in lines(command):
                # Drawn at random: standard errors of 1,000 samples within 15 %, p-values of 9,999 within 0.03.
                tolerance, floor = (0.15, 0.0) if "pairs" in line["what"] else (0.03, 1.0)
                name = {"numpy": "numpy, no refits", "R": "R, no refits"}.get(line["prog"], line["prog"])
                table.add(panel_task(line), name, line["min"], line["values"], tolerance, floor)


def granger(table, folder, rounds, plm):
    program = bench.binary("dumitrescu_hurlin")
    for _ in range(rounds):
        commands = [[program, folder]] + ([["Rscript", HERE / "panels.R", "dumitrescu_hurlin", folder]] if plm else [])
        for command in commands:
            for line in lines(command):
                table.add(panel_task(line), line["prog"], line["min"], line["values"])


def systems(table, folder, rounds, systemfit, linearmodels):
    program = bench.binary("systems")
    subprocess.run([sys.executable, HERE / "systems.py", "generate", folder, "100000"], check=True)
    for _ in range(rounds):
        commands = [[program, folder]]
        if linearmodels:
            commands.append([linearmodels, HERE / "systems.py", "linearmodels", folder])
        if systemfit:
            commands.append(["Rscript", HERE / "systems.R", folder])
        for command in commands:
            for line in lines(command):
                name = "Vintner" if line["prog"] == "vintner" else line["prog"]
                # Iterations end where each program sees fit.
                tolerance = 1e-4 if "iterated" in line["what"] else 1e-6
                table.add(f"{line['what']}, 3 x {line['rows']:,}", name, line["min"], line["coef"], tolerance)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000, help="of the fixed effects' panels")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/bench-econometrics"), help="where the columns go")
    parser.add_argument("--python", action="append", default=[], help="another Python in which to look for peers")
    arguments = parser.parse_args()
    pythons = [sys.executable, *arguments.python]
    found = {module: interpreter(module, pythons) for module in ["numpy", "pyfixest", "linearmodels", "wildboottest"]}
    plm, systemfit = has_package("plm"), has_package("systemfit")
    before = os.getloadavg()[0]
    table = Table()
    fixed_effects(table, arguments, arguments.rounds + 1, plm)
    systems(table, arguments.folder / "systems", arguments.rounds, systemfit, found["linearmodels"])
    bootstraps(table, arguments.folder / "bootstrap", arguments.rounds, plm, found)
    granger(table, arguments.folder / "dumitrescu-hurlin", arguments.rounds, plm)
    table.show()
    print(f"\nLeast seconds; in brackets how many times Vintner's. {os.cpu_count()} processors, load {before:.1f} before and "
          f"{os.getloadavg()[0]:.1f} after.")
    wrong = FAILED + table.differences()
    print("\n".join(wrong) if wrong else "Results agree.")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
