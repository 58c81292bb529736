"""Kao's and Pedroni's statistics written down from the papers' formulas with numpy, apart from the Rust code.

    python crates/estimation/tests/golden/py_cointegration.py   # writes json/py_cointegration.json beside it

No peer with reference output was at hand (Stata's xtcointtest and EViews are not free, R's pco departs from the paper;
docs/methods/cointegration.md), so this is a second derivation, not a second program's word.
"""
import csv
import json
import math
import pathlib
import platform

import numpy as np

HERE = pathlib.Path(__file__).parent


def read(name, entity, columns):
    """Entity -> matrix of T rows, in order of time."""
    with open(HERE / "data" / f"{name}.csv") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        found.setdefault(row[entity], []).append((int(row["year"]), [float(row[c]) for c in columns]))
    return [np.array([values for _, values in sorted(panel)]) for panel in found.values()]


def residuals(y, x):
    if x.shape[1] == 0:
        return y.copy()
    return y - x @ np.linalg.lstsq(x, y, rcond=None)[0]


def autocovariance(a, b, lag):
    """sum_t a_t b_{t-lag}' of columns."""
    return a[lag:].T @ b[: len(b) - lag]


def bandwidth(rule, series):
    n = len(series)
    if isinstance(rule, int):
        return min(rule, n - 1)
    if rule == "newey_west_rule":
        return math.floor(4 * (n / 100) ** (2 / 9))
    assert rule == "newey_west_automatic"
    most = math.floor(4 * (n / 100) ** (2 / 9))
    gamma = [sum(series[t] * series[t - j] for t in range(j, n)) / n for j in range(most + 1)]
    s0 = gamma[0] + 2 * sum(gamma[1:])
    s1 = 2 * sum(j * gamma[j] for j in range(1, most + 1))
    return min(math.floor(1.1447 * ((s1 / s0) ** 2) ** (1 / 3) * n ** (1 / 3)), n - 1)


def weight(kernel, lag, q):
    z = lag / (q + 1)
    if kernel == "bartlett":
        return 1 - z
    assert kernel == "parzen"
    return 1 - 6 * z**2 + 6 * z**3 if z <= 0.5 else 2 * (1 - z) ** 3


def kao(units, lags, kernel, rule):
    n = len(units)
    demeaned = [u - u.mean(axis=0) for u in units]
    stacked = np.vstack(demeaned)
    slopes = np.linalg.lstsq(stacked[:, 1:], stacked[:, 0], rcond=None)[0]
    e = [u[:, 0] - u[:, 1:] @ slopes for u in demeaned]
    periods = sum(len(u) for u in units)

    def pooled(p):
        y = np.concatenate([r[p + 1 :] for r in e])
        x = np.vstack(
            [
                np.column_stack(
                    [r[p:-1]] + [r[p + 1 - j : len(r) - j] - r[p - j : len(r) - j - 1] for j in range(1, p + 1)]
                )
                for r in e
            ]
        )
        b = np.linalg.lstsq(x, y, rcond=None)[0]
        s2 = ((y - x @ b) ** 2).sum() / periods
        return b[0], (b[0] - 1) / math.sqrt(s2 * np.linalg.inv(x.T @ x)[0, 0])

    rho, t = pooled(0)
    _, t_adf = pooled(lags)
    k = units[0].shape[1]
    sigma, omega, chosen = np.zeros((k, k)), np.zeros((k, k)), []
    for u in units:
        w = np.diff(u, axis=0)
        q = bandwidth(rule, w.sum(axis=1))
        chosen.append(q)
        s = autocovariance(w, w, 0)
        o = s.copy()
        for j in range(1, q + 1):
            g = autocovariance(w, w, j)
            o = o + weight(kernel, j, q) * (g + g.T)
        sigma += s / len(w) / n
        omega += o / len(w) / n

    def given(m):
        return m[0, 0] - m[0, 1:] @ np.linalg.solve(m[1:, 1:], m[1:, 0])

    v, v0 = given(sigma), given(omega)
    lengths = {len(u) for u in units}
    out = {}
    if len(lengths) == 1:
        (length,) = lengths
        out["DF rho"] = (math.sqrt(n) * length * (rho - 1) + 3 * math.sqrt(n)) / math.sqrt(10.2)
        out["DF rho*"] = (math.sqrt(n) * length * (rho - 1) + 3 * math.sqrt(n) * v / v0) / math.sqrt(
            3 + 36 * v**2 / (5 * v0**2)
        )
    out["DF t"] = math.sqrt(1.25) * t + math.sqrt(1.875 * n)
    for name, value in (("DF t*", t), ("ADF", t_adf)):
        out[name] = (value + math.sqrt(6 * n) * math.sqrt(v) / (2 * math.sqrt(v0))) / math.sqrt(
            v0 / (2 * v) + 3 * v / (10 * v0)
        )
    return {
        "statistics": out,
        "slopes": list(slopes),
        "rho": rho,
        "t_rho": t,
        "t_adf": t_adf,
        "variance": v,
        "long_run_variance": v0,
        "bandwidths": chosen,
    }


def pedroni(units, deterministic, lags, kernel, rule, weighted):
    n = len(units)
    parts = []
    for u in units:
        length = len(u)
        terms = {"none": [], "intercept": [np.ones(length)], "trend": [np.ones(length), np.arange(length)]}
        x = np.column_stack(terms[deterministic] + [u[:, j] for j in range(1, u.shape[1])])
        e = residuals(u[:, 0], x)
        rho = (e[1:] @ e[:-1]) / (e[:-1] @ e[:-1])
        mu = e[1:] - rho * e[:-1]
        m = len(mu)
        q = bandwidth(rule, mu)
        lam = sum(weight(kernel, s, q) * (mu[s:] @ mu[: m - s]) for s in range(1, q + 1)) / m
        s2 = (mu @ mu) / m
        eta = residuals(np.diff(u[:, 0]), np.diff(u[:, 1:], axis=0))
        q_eta = bandwidth(rule, eta)
        l2 = ((eta @ eta) + 2 * sum(weight(kernel, s, q_eta) * (eta[s:] @ eta[: m - s]) for s in range(1, q_eta + 1))) / m
        de = np.diff(e)
        y, level = de[lags:], e[lags:-1]
        past = np.column_stack([de[lags - j : len(de) - j] for j in range(1, lags + 1)]) if lags else np.zeros((len(y), 0))
        level_star, change_star = residuals(level, past), residuals(y, past)
        r = residuals(y, np.column_stack([level, past]))
        parts.append(
            dict(
                T=length,
                l2=l2 if weighted else 1.0,
                o2=s2 + 2 * lam,
                A=e[:-1] @ e[:-1],
                B=sum(e[t - 1] * (e[t] - e[t - 1]) - lam for t in range(1, length)),
                ls=level_star @ level_star,
                lc=level_star @ change_star,
                ss=(r @ r) / len(r),
            )
        )

    def total(f):
        return sum(f(p) for p in parts)

    lengths = {p["T"] for p in parts}
    out = {}
    if len(lengths) == 1:
        (length,) = lengths
        out["panel v"] = length**2 * n**1.5 / total(lambda p: p["A"] / p["l2"])
        out["panel rho"] = length * math.sqrt(n) * total(lambda p: p["B"] / p["l2"]) / total(lambda p: p["A"] / p["l2"])
    out["panel PP"] = total(lambda p: p["B"] / p["l2"]) / math.sqrt(
        total(lambda p: p["o2"] / p["l2"]) / n * total(lambda p: p["A"] / p["l2"])
    )
    out["panel ADF"] = total(lambda p: p["lc"] / p["l2"]) / math.sqrt(
        total(lambda p: p["ss"] / p["l2"]) / n * total(lambda p: p["ls"] / p["l2"])
    )
    out["group rho"] = total(lambda p: p["T"] * p["B"] / p["A"]) / math.sqrt(n)
    out["group PP"] = total(lambda p: p["B"] / math.sqrt(p["o2"] * p["A"])) / math.sqrt(n)
    out["group ADF"] = total(lambda p: p["lc"] / math.sqrt(p["ss"] * p["ls"])) / math.sqrt(n)
    return {"raw": out}


def main():
    data = {
        "grunfeld": ("firm", ["inv", "value", "capital"]),
        "grunfeld_unb": ("firm", ["inv", "value", "capital"]),
        "synth14x12": ("city", ["ln_co2", "ln_gdp"]),
    }
    records = []
    for name, (entity, columns) in data.items():
        units = read(name, entity, columns)
        for kernel, rule in (
            ("bartlett", "newey_west_automatic"),
            ("bartlett", "newey_west_rule"),
            ("bartlett", 0),
            ("parzen", 3),
        ):
            for lags in (0, 1, 2):
                label = f"{kernel}/{rule}/lags_{lags}"
                records.append({"id": f"{name}/kao/{label}", **kao(units, lags, kernel, rule)})
                for deterministic in ("none", "intercept", "trend"):
                    for weighted in (True, False):
                        kind = f"{deterministic}/{'weighted' if weighted else 'unweighted'}"
                        value = pedroni(units, deterministic, lags, kernel, rule, weighted)
                        records.append({"id": f"{name}/pedroni/{label}/{kind}", **value})
    meta = {"script": "py_cointegration.py", "python": platform.python_version(), "numpy": np.__version__}
    lines = ",\n".join(json.dumps(record) for record in records)
    (HERE / "json" / "py_cointegration.json").write_text(
        f'{{"meta": {json.dumps(meta)},\n"records": [\n{lines}\n]}}\n'
    )


if __name__ == "__main__":
    main()
