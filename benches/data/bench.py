#!/usr/bin/env python3
"""From a raw file to a clustered fixed-effects estimate, whole process, in Vintner and in pandas.

    python3 bench.py [--vintner PROGRAM] [--python PYTHON] [--rows 200000,1000000] [--repetitions 3]

PYTHON is one that has pandas (and pyarrow, for Parquet). Prints a Markdown table: the least wall time and the most
memory of the whole process. ../README.md says what is measured.
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

# Reads, and estimates with effects of persons and errors clustered by them.
PANDAS = """
import sys
import numpy, pandas
path = sys.argv[1]
columns = ["id", "year", "y", "x1", "x2", "x3", "x4", "x5"]
frame = pandas.read_parquet(path, columns=columns) if path.endswith("parquet") else pandas.read_csv(path, usecols=columns)
own = frame[["y", "x1", "x2", "x3"]]
own = (own - own.groupby(frame["id"]).transform("mean")).to_numpy()
y, x = own[:, 0], own[:, 1:]
bread = numpy.linalg.inv(x.T @ x)
beta = bread @ (x.T @ y)
scores = pandas.DataFrame(x * (y - x @ beta)[:, None]).groupby(frame["id"].to_numpy()).sum().to_numpy()
print(beta, numpy.sqrt(numpy.diag(bread @ (scores.T @ scores) @ bread)))
"""


def write_csv(path, rows):
    draw = random.Random(1)
    with open(path, "w") as file:
        file.write("id,year,y,x1,x2,x3,x4,x5\n")
        for person in range(rows // YEARS):
            for year in range(YEARS):
                x = [draw.gauss(0, 1) for _ in range(5)]
                y = 1 + x[0] - 2 * x[1] + draw.gauss(0, 1) + person % 7
                file.write(f"p{person:07d},{2000 + year},{y:.6f},{x[0]:.6f},{x[1]!r},{x[2]:.3f},{x[3]:.1f},{int(x[4] * 100)}\n")


def workspace(folder, raw, form):
    manifest = folder / "data/vintages/v"
    (manifest / "raw").mkdir(parents=True)
    shutil.copy(raw, manifest / "raw" / raw.name)
    digest = hashlib.sha256(raw.read_bytes()).hexdigest()
    columns = "".join(f"      - {{column: {name}, variable: {name}}}\n" for name in VARIABLES)
    (manifest / "vintage.yaml").write_text(
        "title: {en: Bench}\nkind: synthetic\ndate: 2026-01-01\nnotice: {en: drawn at random}\nsources:\n"
        f"  - name: d\n    file: {raw.name}\n    sha256: {digest}\n    format: {form}\n    entity: id\n    time: year\n"
        f"    columns:\n{columns}    citation: none\n    licence: none\n"
    )
    (folder / "pipeline.yaml").write_text(PIPELINE)


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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vintner", default=str(REPOSITORY / "target/debug/vintner"))
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rows", default="200000,1000000")
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    has = subprocess.run([arguments.python, "-c", "import pandas, pyarrow"], capture_output=True).returncode == 0
    if not has:
        print(f"{arguments.python} has no pandas and pyarrow: left out, and Parquet with them", file=sys.stderr)
    print("| rows | from | Vintner s | Vintner MB | pandas s | pandas MB |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        script = scratch / "peer.py"
        script.write_text(PANDAS)
        for rows in map(int, arguments.rows.split(",")):
            raw = scratch / f"d{rows}.csv"
            write_csv(raw, rows)
            files = [("csv", raw)]
            if has:
                parquet = raw.with_suffix(".parquet")
                convert = "import sys, pandas; pandas.read_csv(sys.argv[1]).to_parquet(sys.argv[2])"
                subprocess.run([arguments.python, "-c", convert, raw, parquet], check=True)
                files.append(("parquet", parquet))
            for form, file in files:
                folder = scratch / f"{form}{rows}"
                workspace(folder, file, form)

                def own():
                    shutil.rmtree(folder / ".vintner", ignore_errors=True)
                    return measured([arguments.vintner, "reproduce"], folder)

                seconds, memory = least(own, arguments.repetitions)
                line = f"| {rows:,} | {form} | {seconds:.2f} | {memory:.0f} |"
                if has:
                    peer = least(lambda: measured([arguments.python, script, file], scratch), arguments.repetitions)
                    line += f" {peer[0]:.2f} | {peer[1]:.0f} |"
                else:
                    line += " | |"
                print(line, flush=True)


if __name__ == "__main__":
    main()
