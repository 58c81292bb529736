"""Reads what a Vintner pipeline has made: tables, values, results, and where a number comes from.

Nothing here computes anything: every function asks the program ``vintner``, and reads what it keeps. Only
the standard library is needed; a table comes as a frame of pandas, polars or pyarrow where one is installed.

    >>> import vintner
    >>> variables = vintner.read("variables")
    >>> results = vintner.read_results()
    >>> where = vintner.trace(results["trace"][0])
"""

from ._program import VintnerError
from ._reading import path, read, read_results
from ._tracing import trace

__all__ = ["VintnerError", "path", "read", "read_results", "trace"]
