#!/usr/bin/env python3
"""From a raw file to a clustered fixed-effects estimate, whole process, in Vintner and its peers.

    python3 bench.py [--vintner PROGRAM] [--python PYTHON] [--rows 200000,1000000] [--repetitions 3]

PYTHON is one that has pandas, pyarrow, polars and pyfixest; a peer that it hasn't is named and left out. Prints a
Markdown table: the least wall time and the most memory of the whole process, the peers' as multiples of Vintner's
besides. ../README.md says what is measured.
"""

import argparse
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
YEARS = 20
VARIABLES = ["y", "x1", "x2", "x3", "x4", "x5"]

PIPELINE = """version: 1
name: bench
vintage: v
stages:
  tidy: {op: ingest, foreach: sources}
  panel: {op: assemble, inputs: {tidy: tidy}, params: {variables: [y, x1, x2, x3, x4, x5]}}
  fit:
    op: regress
    inputs: {panel: panel}
    params: {dependent: y, regressors: [x1, x2, x3], pooled: {model: within, covariance: {kind: cluster}}}
"""

# Each reads the columns of the file and estimates with effects of persons and errors clustered by them.
COLUMNS = '["id", "year", "y", "x1", "x2", "x3", "x4", "x5"]'
BY_HAND = """
import sys
import numpy, pandas
path = sys.argv[1]
columns = COLUMNS
frame = pandas.read_parquet(path, columns=columns) if path.endswith("parquet") else pandas.read_csv(path, usecols=columns)
own = frame[["y", "x1", "x2", "x3"]]
own = (own - own.groupby(frame["id"]).transform("mean")).to_numpy()
y, x = own[:, 0], own[:, 1:]
bread = numpy.linalg.inv(x.T @ x)
beta = bread @ (x.T @ y)
scores = pandas.DataFrame(x * (y - x @ beta)[:, None]).groupby(frame["id"].to_numpy()).sum().to_numpy()
print(*beta, *numpy.sqrt(numpy.diag(bread @ (scores.T @ scores) @ bread)))
""".replace("COLUMNS", COLUMNS)
PYFIXEST = """
fit = pyfixest.feols("y ~ x1 + x2 + x3 | id", data=frame, vcov={"CRV1": "id"})
print(*fit.coef(), *fit.se())
"""
PANDAS = """
import sys
import pandas, pyfixest
path = sys.argv[1]
columns = COLUMNS
frame = pandas.read_parquet(path, columns=columns) if path.endswith("parquet") else pandas.read_csv(path, usecols=columns)
""".replace("COLUMNS", COLUMNS) + PYFIXEST
POLARS = """
import sys
import polars, pyfixest
path = sys.argv[1]
columns = COLUMNS
frame = polars.read_parquet(path, columns=columns) if path.endswith("parquet") else polars.read_csv(path, columns=columns)
""".replace("COLUMNS", COLUMNS) + PYFIXEST
PEERS = {
    "pandas by hand": ("pandas, pyarrow, numpy", BY_HAND),
    "pandas + pyfixest": ("pandas, pyarrow, pyfixest", PANDAS),
    "polars + pyfixest": ("polars, pyarrow, pyfixest", POLARS),
}


def write_csv(path, rows):
    draw = random.Random(1)
    with open(path, "w") as file:
        file.write("id,year,y,x1,x2,x3,x4,x5\n")
        for person in range(rows // YEARS):
            for year in range(YEARS):
                x = [draw.gauss(0, 1) for _ in range(5)]
                y = 1 + x[0] - 2 * x[1] + draw.gauss(0, 1) + person % 7
                file.write(f"p{person:07d},{2000 + year},{y:.6f},{x[0]:.6f},{x[1]!r},{x[2]:.3f},{x[3]:.1f},{int(x[4] * 100)}\n")


def manifest(folder, raw, form):
    digest = hashlib.sha256(raw.read_bytes()).hexdigest()
    columns = "".join(f"      - {{column: {name}, variable: {name}}}\n" for name in VARIABLES)
    (folder / "vintage.yaml").write_text(
        "title: {en: Bench}\nkind: synthetic\ndate: 2026-01-01\nnotice: {en: drawn at random}\nsources:\n"
        f"  - name: d\n    file: {raw.name}\n    sha256: {digest}\n    format: {form}\n    entity: id\n    time: year\n"
        f"    columns:\n{columns}    citation: none\n    licence: none\n"
    )


def workspace(folder, raw, form):
    vintage = folder / "data/vintages/v"
    (vintage / "raw").mkdir(parents=True)
    shutil.copy(raw, vintage / "raw" / raw.name)
    manifest(vintage, raw, form)
    (folder / "pipeline.yaml").write_text(PIPELINE)


def change_a_cell(csv):
    """The text of the file with another first value of x1."""
    lines = csv.read_text().split("\n", 2)
    cells = lines[1].split(",")
    cells[3] = f"{float(cells[3]) + 0.5:.6f}"
    return "\n".join([lines[0], ",".join(cells), lines[2]])


def measured(command, folder):
    """Seconds and peak memory (MB) of a process and those that it starts."""
    before = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{said}")
    return time.perf_counter() - before, used.ru_maxrss / 1024


def least(run, repetitions):
    runs = [run() for _ in range(repetitions)]
    return min(seconds for seconds, _ in runs), max(memory for _, memory in runs)


CONVERT = "import sys, pandas; pandas.read_csv(sys.argv[1]).to_parquet(sys.argv[2])"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vintner", default=str(REPOSITORY / "target/debug/vintner"))
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rows", default="200000,1000000")
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()

    def has(modules):
        return subprocess.run([arguments.python, "-c", f"import {modules}"], capture_output=True).returncode == 0

    peers = {name: text for name, (modules, text) in PEERS.items() if has(modules)}
    for name in PEERS.keys() - peers.keys():
        print(f"{arguments.python} lacks what `{name}` needs: left out", file=sys.stderr)
    heads = ["rows", "from", "Vintner, cold", "one cell changed", *peers]
    print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads))
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        for at, text in enumerate(peers.values()):
            (scratch / f"peer{at}.py").write_text(text)
        for rows in map(int, arguments.rows.split(",")):
            raw = scratch / f"d{rows}.csv"
            write_csv(raw, rows)
            changed = scratch / f"changed{rows}.csv"
            changed.write_text(change_a_cell(raw))
            files = [("csv", raw, changed)]
            if has("pandas, pyarrow"):
                both = [file.with_suffix(".parquet") for file in (raw, changed)]
                for file, parquet in zip((raw, changed), both):
                    subprocess.run([arguments.python, "-c", CONVERT, file, parquet], check=True)
                files.append(("parquet", *both))
            for form, file, other in files:
                folder = scratch / f"{form}{rows}"
                workspace(folder, file, form)
                vintage = folder / "data/vintages/v"

                def put(content):
                    shutil.copy(content, vintage / "raw" / file.name)
                    # Under the name that the manifest gives the file.
                    manifest(vintage, vintage / "raw" / file.name, form)

                def cold():
                    put(file)
                    shutil.rmtree(folder / ".vintner", ignore_errors=True)
                    return measured([arguments.vintner, "reproduce"], folder)

                def one_cell():
                    cold()
                    put(other)
                    return measured([arguments.vintner, "reproduce"], folder)

                seconds, memory = least(cold, arguments.repetitions)
                again = least(one_cell, arguments.repetitions)
                cells = [f"{rows:,}", form, f"{seconds:.2f} s, {memory:.0f} MB", f"{again[0]:.2f} s, {again[1]:.0f} MB"]
                for at in range(len(peers)):
                    command = [arguments.python, scratch / f"peer{at}.py", file]
                    own, held = least(lambda: measured(command, scratch), arguments.repetitions)
                    cells.append(f"{own:.2f} s ({own / seconds:.1f}), {held:.0f} MB ({held / memory:.1f})")
                print("| " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
