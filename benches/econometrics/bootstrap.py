"""Bootstraps of a fixed-effects fit in Python: python bootstrap.py PEER FOLDER, with the columns that the bench `bootstrap` left in FOLDER.

PEER is numpy (cross-products of each cluster, weighted by how often it is drawn), pyfixest or linearmodels (a fit for each sample; a few
samples are timed and scaled to 1,000), or wildboottest. Prints a line of JSON for each panel, as the bench does.
"""
import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")
COLUMNS = ["y", "x1", "x2", "x3"]
SAMPLES = 1_000


def main(peer, folder):
    warm = False
    for entities, periods in [(14, 12), (1000, 20)]:
        own = folder / f"{entities}x{periods}"
        columns = np.stack([np.fromfile(own / f"{name}.f64", dtype="<f8") for name in COLUMNS], axis=1)
        blocks = columns.reshape(entities, periods, 4)
        rounds, scale, what = 3, 1.0, f"pairs_cluster {SAMPLES}"
        if peer == "numpy":
            run = cross_products(blocks)
        elif peer == "wildboottest":
            run, rounds, what = wild(blocks), 2, "wild_cluster 9999, p-values alone"
        else:
            fitted = 100 if entities < 100 else 20
            run, scale = refits(peer, blocks, fitted), SAMPLES / fitted
        if not warm or peer == "numpy":
            values, warm = run(), True
        seconds = []
        for _ in range(rounds):
            start = time.perf_counter()
            values = run()
            seconds.append((time.perf_counter() - start) * scale)
        line = dict(prog=peer, what=what, N=entities, T=periods, min=min(seconds), median=float(np.median(seconds)),
                    values=None if scale > 1 else [float(value) for value in values])
        print(json.dumps(line), flush=True)


def cross_products(blocks):
    """No fit but one small system of equations a sample."""

    def run():
        demeaned = blocks - blocks.mean(axis=1, keepdims=True)
        clusters = len(blocks)
        products = np.einsum("gta,gtb->gab", demeaned, demeaned).reshape(clusters, 16)
        times = np.random.default_rng(1).multinomial(clusters, np.full(clusters, 1 / clusters), size=SAMPLES)
        sums = (times @ products).reshape(SAMPLES, 4, 4)
        return np.linalg.solve(sums[:, 1:, 1:], sums[:, 1:, :1])[:, :, 0].std(axis=0, ddof=1)

    return run


def refits(peer, blocks, samples):
    """A fit of the peer's for each sample, whose drawn clusters are entities of their own."""
    import pandas

    clusters, periods, _ = blocks.shape
    keys = pandas.DataFrame({"id": np.repeat(np.arange(clusters), periods), "t": np.tile(np.arange(periods), clusters)})
    if peer == "pyfixest":
        import pyfixest

        def fit(frame):
            return pyfixest.feols("y ~ x1 + x2 + x3 | id", frame, vcov="iid").coef().to_numpy()
    else:
        from linearmodels.panel import PanelOLS

        def fit(frame):
            frame = frame.set_index(["id", "t"])
            return PanelOLS(frame["y"], frame[COLUMNS[1:]], entity_effects=True).fit().params.to_numpy()

    def run():
        draw = np.random.default_rng(1)
        found = []
        for _ in range(samples):
            rows = blocks[draw.integers(0, clusters, clusters)].reshape(-1, 4)
            found.append(fit(keys.join(pandas.DataFrame(rows, columns=COLUMNS))))
        return np.std(found, axis=0, ddof=1)

    return run


def wild(blocks):
    """wildboottest takes no fixed effects, so that the columns are demeaned before; the time is that of three p-values."""
    import pandas
    import statsmodels.formula.api as formulas
    from wildboottest.wildboottest import wildboottest

    clusters, periods, _ = blocks.shape
    frame = pandas.DataFrame((blocks - blocks.mean(axis=1, keepdims=True)).reshape(-1, 4), columns=COLUMNS)
    groups = pandas.Series(np.repeat(np.arange(clusters), periods), name="id")

    def run():
        model = formulas.ols("y ~ x1 + x2 + x3 - 1", frame)
        tests = [wildboottest(model, param=name, cluster=groups, B=9_999, seed=1, show=False) for name in COLUMNS[1:]]
        return [float(test["p-value"].iloc[0]) for test in tests]

    return run


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
