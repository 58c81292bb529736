"""Where a number comes from."""

from ._program import ask_json, common


def trace(address, *, vintage=None, workspace=None, data_root=None):
    """Where a number comes from, back to the cells of the raw files: a dictionary with ``value``, ``stages``,
    ``formulas``, ``cells``, ``files`` and ``influence``.

    ``address`` is as in the last column of estimates.csv: TABLE/UNIT/REGRESSOR, descriptives/VARIABLE, ...
    """
    return ask_json(["trace", address, *common(vintage, workspace, data_root)])["trace"]
