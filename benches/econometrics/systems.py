"""Three simultaneous equations: the data, and linearmodels on them.

    python systems.py generate FOLDER [rows]     columns as raw little-endian doubles
    python systems.py linearmodels FOLDER        a line of JSON for each estimator

The data are those of a seeded generator: six exogenous variables, errors correlated between equations.
"""
import json
import sys
import time
from pathlib import Path

import numpy as np

NAMES = ["y1", "y2", "y3"] + [f"z{k}" for k in range(1, 7)]
OWN = {1: ["z1", "z2"], 2: ["z3", "z4"], 3: ["z5", "z6"]}
UNRELATED = {1: ["z1", "z2", "z3", "z4", "z5"], 2: ["z3", "z4", "z1", "z2", "z5"], 3: ["z5", "z6", "z1", "z2", "z3"]}


def generate(folder, rows):
    draw = np.random.default_rng(7)
    z = draw.standard_normal((rows, 6))
    errors = draw.standard_normal((rows, 3)) @ np.linalg.cholesky([[1, .4, .3], [.4, 1, .2], [.3, .2, 1]]).T
    structure = np.array([[1, -.5, .25], [-.2, 1, -.3], [.1, -.4, 1.]])
    slopes = np.zeros((3, 6))
    slopes[0, :2], slopes[1, 2:4], slopes[2, 4:] = [.6, .5], [.4, .5], [.7, .3]
    y = np.linalg.solve(structure, (z @ slopes.T + errors + 1).T).T
    folder.mkdir(parents=True, exist_ok=True)
    for name, column in zip(NAMES, np.c_[y, z].T):
        np.ascontiguousarray(column, dtype="<f8").tofile(folder / f"{name}.f64")


def linearmodels(folder, repetitions=5):
    import pandas as pd
    from linearmodels.system import IV3SLS, SUR

    data = pd.DataFrame({name: np.fromfile(folder / f"{name}.f64", dtype="<f8") for name in NAMES})
    data["const"] = 1.0
    clusters = pd.DataFrame({"c": np.arange(len(data)) // 100})
    exogenous = [name for name in NAMES if name.startswith("z")]
    related = {
        f"e{k}": dict(
            dependent=data[f"y{k}"],
            exog=data[["const", *own]],
            endog=data[[f"y{j}" for j in (1, 2, 3) if j != k]],
            instruments=data[[z for z in exogenous if z not in own]],
        )
        for k, own in OWN.items()
    }
    unrelated = {f"e{k}": dict(dependent=data[f"y{k}"], exog=data[["const", *own]]) for k, own in UNRELATED.items()}
    runs = {
        "SUR": lambda: SUR(unrelated).fit(method="gls", cov_type="unadjusted"),
        "SUR robust": lambda: SUR(unrelated).fit(method="gls", cov_type="robust"),
        "2SLS": lambda: IV3SLS(related).fit(method="ols", cov_type="unadjusted"),
        "3SLS": lambda: IV3SLS(related).fit(method="gls", cov_type="unadjusted"),
        "3SLS robust": lambda: IV3SLS(related).fit(method="gls", cov_type="robust"),
        "3SLS clustered": lambda: IV3SLS(related).fit(method="gls", cov_type="clustered", clusters=clusters),
        "3SLS iterated": lambda: IV3SLS(related).fit(method="gls", iterate=True, iter_limit=100, cov_type="unadjusted"),
    }
    for what, run in runs.items():
        seconds = []
        for _ in range(repetitions):
            start = time.perf_counter()
            result = run()
            result.std_errors
            seconds.append(time.perf_counter() - start)
        line = dict(prog="linearmodels", what=what, rows=len(data), median=round(float(np.median(seconds)), 4),
                    min=round(min(seconds), 4), coef=[float(b) for b in result.params[:5]])
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    command, folder = sys.argv[1], Path(sys.argv[2])
    if command == "generate":
        generate(folder, int(sys.argv[3]) if len(sys.argv) > 3 else 100_000)
    else:
        linearmodels(folder)
