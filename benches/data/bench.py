#!/usr/bin/env python3
"""From a raw file to a clustered fixed-effects estimate, whole process, in Vintner and its peers.

    python3 bench.py [--vintner PROGRAM] [--python PYTHON] [--rows 2e5,1e6] [--repetitions 3]
    python3 bench.py --rows 1e8 --forms parquet --once --no-peers --memory 500MB --scratch /big
    python3 bench.py --xlsx --rows 1e5

PYTHON is one that has pandas, pyarrow, polars and pyfixest; a peer that it hasn't is named and left out. Prints a
Markdown table: the least wall and processor time and the most memory of the whole process, the peers' as multiples of
Vintner's besides. ../README.md says what is measured.
"""

import argparse
import hashlib
import os
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
# data.table with what fixest would do written by hand, as fixest isn't in Debian.
DATA_TABLE = """
suppressMessages(library(data.table))
columns <- c("id", "year", "y", "x1", "x2", "x3", "x4", "x5")
frame <- fread(commandArgs(TRUE)[1], select = columns)
own <- frame[, lapply(.SD, function(x) x - mean(x)), by = id, .SDcols = c("y", "x1", "x2", "x3")]
x <- as.matrix(own[, .(x1, x2, x3)])
bread <- solve(crossprod(x))
beta <- bread %*% crossprod(x, own$y)
scores <- as.matrix(as.data.table(x * as.vector(own$y - x %*% beta))[, lapply(.SD, sum), by = .(id = own$id)][, -1])
cat(beta, sqrt(diag(bread %*% crossprod(scores) %*% bread)), "\\n")
"""
# What reads a workbook into a frame.
READERS = {
    "pandas, calamine": ("pandas, python_calamine", 'import sys, pandas; print(pandas.read_excel(sys.argv[1], engine="calamine").shape)'),
    "openpyxl": ("openpyxl", """
import sys, openpyxl
print(sum(1 for row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True)))
"""),
}
READXL = 'print(dim(readxl::read_excel(commandArgs(TRUE)[1], guess_max = 10)))'
PEERS = {
    "pandas by hand": ("pandas, pyarrow, numpy", BY_HAND),
    "pandas + pyfixest": ("pandas, pyarrow, pyfixest", PANDAS),
    "polars + pyfixest": ("polars, pyarrow, pyfixest", POLARS),
}


# The same file in both forms, a row group at a time, so that 1e8 rows fit any memory. x2 has all digits of a double,
# the others what people write.
GENERATE = """
import sys
import numpy, pyarrow, pyarrow.csv, pyarrow.parquet
rows, years, csv, parquet = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
draw = numpy.random.default_rng(1)
schema = pyarrow.schema([("id", pyarrow.string()), ("year", pyarrow.int64()), *((name, pyarrow.float64()) for name in ["y", "x1", "x2", "x3", "x4"]), ("x5", pyarrow.int64())])
text = pyarrow.csv.CSVWriter(csv, schema, write_options=pyarrow.csv.WriteOptions(quoting_style="none")) if csv else None
packed = pyarrow.parquet.ParquetWriter(parquet, schema)
for begin in range(0, rows // years, 50_000):
    persons = numpy.arange(begin, min(begin + 50_000, rows // years))
    person, year = numpy.repeat(persons, years), numpy.tile(numpy.arange(2000, 2000 + years), len(persons))
    x = draw.normal(size=(5, len(person)))
    y = 1 + x[0] - 2 * x[1] + draw.normal(size=len(person)) + person % 7
    names = pyarrow.array(numpy.char.add("p", numpy.char.zfill(person.astype(str), 8)))
    block = pyarrow.table([names, year, y.round(6), x[0].round(6), x[1], x[2].round(3), x[3].round(1), (100 * x[4]).astype("int64")], schema=schema)
    packed.write_table(block, row_group_size=131_072)
    if text:
        text.write_table(block)
packed.close()
if text:
    text.close()
"""
WORKBOOK = """
import sys
import openpyxl, pandas
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet("data")
frame = pandas.read_parquet(sys.argv[1])
sheet.append(list(frame.columns))
for row in frame.itertuples(index=False):
    sheet.append(row)
book.save(sys.argv[2])
"""


def manifest(folder, raw, form):
    with open(raw, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    columns = "".join(f"      - {{column: {name}, variable: {name}}}\n" for name in VARIABLES)
    (folder / "vintage.yaml").write_text(
        "title: {en: Bench}\nkind: synthetic\ndate: 2026-01-01\nnotice: {en: drawn at random}\nsources:\n"
        f"  - name: d\n    file: {raw.name}\n    sha256: {digest}\n    format: {form}\n    entity: id\n    time: year\n"
        f"    columns:\n{columns}    citation: none\n    licence: none\n"
    )


def workspace(folder, raw, form, arguments):
    vintage = folder / "data/vintages/v"
    (vintage / "raw").mkdir(parents=True)
    text = PIPELINE.split("  panel:")[0] if arguments.xlsx else PIPELINE
    if arguments.memory:
        text = text.replace("stages:", f"memory: {arguments.memory}\nstages:")
    (folder / "pipeline.yaml").write_text(text)


def change_a_cell(csv, to):
    """The file with another first value of x1."""
    with open(csv) as read, open(to, "w") as write:
        write.write(read.readline())
        cells = read.readline().split(",")
        cells[3] = f"{float(cells[3]) + 0.5:.6f}"
        write.write(",".join(cells))
        shutil.copyfileobj(read, write)


def measured(command, folder):
    """Seconds, processor seconds and peak memory (MB) of a process and those that it starts."""
    before = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{said}")
    return time.perf_counter() - before, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def least(run, repetitions):
    runs = [run() for _ in range(repetitions)]
    seconds, processors, memory = zip(*runs)
    return min(seconds), min(processors), max(memory)


def shown(measures, times=None):
    """Wall time, processor time and memory; in brackets how many times those of another."""
    units = zip(measures, (".2f", ".2f", ".0f"), (" s", " s of processors", " MB"), times or [None] * 3)
    return ", ".join(f"{of:{form}}{unit}" + (f" ({ratio:.1f})" if ratio else "") for of, form, unit, ratio in units)


CONVERT = """
import sys, pyarrow.csv, pyarrow.parquet
pyarrow.parquet.write_table(pyarrow.csv.read_csv(sys.argv[1]), sys.argv[2], row_group_size=131_072)
"""


class Bench:
    def __init__(self, arguments, scratch):
        self.arguments, self.scratch = arguments, scratch
        self.peers = {}
        for name, (modules, text) in (READERS if arguments.xlsx else PEERS).items():
            if self.has(modules):
                self.peers[name] = [arguments.python, self.script(f"{len(self.peers)}.py", text)]
        name, package, text = ("readxl", "readxl", READXL) if arguments.xlsx else ("data.table by hand", "data.table", DATA_TABLE)
        if subprocess.run(["Rscript", "-e", f"library({package})"], capture_output=True).returncode == 0:
            self.peers[name] = ["Rscript", "--vanilla", self.script("peer.R", text)]
        for name in (READERS if arguments.xlsx else PEERS).keys() - self.peers.keys():
            print(f"{arguments.python} lacks what `{name}` needs: left out", file=sys.stderr)

    def has(self, modules):
        return subprocess.run([self.arguments.python, "-c", f"import {modules}"], capture_output=True).returncode == 0

    def script(self, name, text):
        path = self.scratch / name
        path.write_text(text)
        return path

    def convert(self, program, *given):
        subprocess.run([self.arguments.python, "-c", program, *map(str, given)], check=True)

    def line(self, rows, form, file, other):
        """A line of the table: from nothing, after one cell has changed, and the peers."""
        folder = self.scratch / f"{form}{rows}"
        workspace(folder, file, form, self.arguments)
        vintage = folder / "data/vintages/v"

        def put(content):
            # Under the name that the manifest gives the file.
            target = vintage / "raw" / file.name
            target.unlink(missing_ok=True)
            os.link(content, target)
            manifest(vintage, target, form)

        def cold():
            put(file)
            shutil.rmtree(folder / ".vintner", ignore_errors=True)
            return measured([self.arguments.vintner, "reproduce"], folder)

        def one_cell():
            cold()
            put(other)
            return measured([self.arguments.vintner, "reproduce"], folder)

        repetitions = self.arguments.repetitions
        own = least(cold, repetitions)
        cells = [f"{rows:,}", form, shown(own)]
        if other:
            cells.append(shown(least(one_cell, repetitions)))
        else:
            cells.append("")
        for name, command in self.peers.items():
            if name.startswith("data.table") and form == "parquet" or not self.arguments.peers:
                cells.append("")
                continue
            peer = least(lambda: measured([*command, file], self.scratch), repetitions)
            cells.append(shown(peer, [of / ours for of, ours in zip(peer, own)]))
        shutil.rmtree(folder)
        print("| " + " | ".join(cells) + " |", flush=True)

    def run(self, rows):
        csv, parquet = (self.scratch / f"d{rows}.{form}" for form in ("csv", "parquet"))
        self.convert(GENERATE, rows, YEARS, csv if "csv" in self.arguments.forms or not self.arguments.once else "", parquet)
        if self.arguments.xlsx:
            book = self.scratch / f"d{rows}.xlsx"
            self.convert(WORKBOOK, parquet, book)
            self.line(rows, "xlsx", book, None)
            return
        changed = {form: None for form in ("csv", "parquet")}
        if not self.arguments.once:
            changed = {form: self.scratch / f"changed{rows}.{form}" for form in changed}
            change_a_cell(csv, changed["csv"])
            self.convert(CONVERT, changed["csv"], changed["parquet"])
        for form, file in (("csv", csv), ("parquet", parquet)):
            if form in self.arguments.forms:
                self.line(rows, form, file, changed[form])
        for file in [csv, parquet, *filter(None, changed.values())]:
            file.unlink(missing_ok=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vintner", default=str(REPOSITORY / "target/release/vintner"))
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rows", default="200000,1000000")
    parser.add_argument("--forms", default="csv,parquet")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--once", action="store_true", help="from nothing only, no cell is changed")
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--memory", help="the pipeline's `memory:`, by which it works in blocks, as 500MB")
    parser.add_argument("--xlsx", action="store_true", help="a workbook into a frame, and nothing else, beside what reads workbooks")
    parser.add_argument("--scratch", type=Path, help="where files are made, on a disk with room")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as scratch:
        bench = Bench(arguments, Path(scratch))
        heads = ["rows", "from", "Vintner, cold", "one cell changed", *bench.peers]
        print("| " + " | ".join(heads) + " |\n|" + "---|" * len(heads), flush=True)
        for rows in map(int, map(float, arguments.rows.split(","))):
            bench.run(rows)


if __name__ == "__main__":
    main()
