"""Outputs of stages as values of Python."""

import csv
import importlib.util
import io
import json
import os

from ._program import VintnerError, ask, ask_json, common

_LIBRARIES = ("pandas", "polars", "pyarrow")
# The columns of estimates.csv that are texts, though `1` may stand in them.
_TEXTS = {
    "table", "dependent", "unit", "regressor", "stars", "published_stars", "note", "trace",
}  # fmt: skip


def path(output, *, vintage=None, workspace=None, data_root=None):
    """Where an output is kept: ``stage``, ``stage.output``, ``stage[branch]`` or ``stage[branch].output``.

    A table is Parquet, a value JSON. The file is read-only, and is there until the cache is cleaned up.
    """
    return _kept(output, vintage, workspace, data_root)["path"]


def read(output, *, vintage=None, workspace=None, data_root=None, frame=None):
    """An output of a stage, as it was made last: a table, a value, a text, or the bytes of another file.

    ``frame`` says what a table is to be: "pandas", "polars", "pyarrow", or "rows" (a list of dictionaries,
    for which nothing has to be installed). Where it isn't said, it is the first of these that is installed.
    A missing value is missing; texts such as 001 stay texts.

    Raises VintnerError where the output isn't made, or isn't as the code and the data are now.
    """
    kept = _kept(output, vintage, workspace, data_root)
    if kept["kind"] == "frame":
        library = _library(frame)
        if library == "rows" or (library == "pandas" and not _is_here("pyarrow")):
            return _from_program(output, common(vintage, workspace, data_root), library)
        return _from_parquet(kept["path"], library)
    with open(kept["path"], "rb") as file:
        content = file.read()
    if kept["kind"] == "json":
        return json.loads(content)
    return content.decode("utf-8") if kept["kind"] == "text" else content


def read_results(*, vintage=None, workspace=None, data_root=None, frame=None):
    """All coefficients that a pipeline publishes, one a row (docs/reports.md tells the columns of
    estimates.csv): those of each stage whose operation is ``estimates``, one after the other.

    ``frame`` is as for ``read``.
    """
    options = common(vintage, workspace, data_root)
    stages = ask_json(["graph", *options])["stages"]
    names = [stage["stage"] for stage in stages if stage["operation"] == "estimates"]
    if not names:
        raise VintnerError("no stage of this pipeline has the operation `estimates`; `read` reads any other")
    rows = []
    for name in names:
        text = ask(["show", f"{name}.csv", *options]).decode("utf-8-sig")
        for row in csv.DictReader(io.StringIO(text, newline="")):
            rows.append({column: _cell(column, cell) for column, cell in row.items()})
    columns = list(dict.fromkeys(column for row in rows for column in row))
    return _of_rows(rows, columns, _library(frame))


def _kept(output, vintage, workspace, data_root):
    """What is kept of an output, its path from here."""
    kept = ask_json(["show", output, "--path", *common(vintage, workspace, data_root)])
    kept["path"] = os.path.abspath(kept["path"])
    return kept


def _cell(column, cell):
    if cell in (None, ""):
        return None
    if column in _TEXTS:
        return cell
    try:
        return int(cell)
    except ValueError:
        pass
    try:
        return float(cell)
    except ValueError:
        return cell


def _is_here(library):
    return importlib.util.find_spec(library) is not None


def _library(frame):
    if frame is None:
        return next((library for library in _LIBRARIES if _is_here(library)), "rows")
    if frame not in (*_LIBRARIES, "rows"):
        raise ValueError(f"frame={frame!r}: write one of pandas, polars, pyarrow, rows")
    if frame != "rows" and not _is_here(frame):
        raise VintnerError(f"{frame} isn't installed; `pip install {frame}`, or write frame='rows'")
    return frame


def _from_parquet(file, library):
    if library == "polars":
        import polars

        return polars.read_parquet(file)
    if library == "pandas":
        import pandas

        return pandas.read_parquet(file, engine="pyarrow")
    import pyarrow.parquet

    return pyarrow.parquet.read_table(file)


def _from_program(output, options, library):
    """A table without a library that reads Parquet."""
    shown = ask_json(["show", output, "--rows", str(2**53), *options])
    return _of_rows(shown["shown"], [column["name"] for column in shown["columns"]], library)


def _of_rows(rows, columns, library):
    if library == "rows":
        return rows
    values = {column: [row.get(column) for row in rows] for column in columns}
    if library == "polars":
        import polars

        return polars.DataFrame(values, infer_schema_length=None)
    if library == "pandas":
        import pandas

        return pandas.DataFrame(values, columns=columns)
    import pyarrow

    return pyarrow.table(values)
