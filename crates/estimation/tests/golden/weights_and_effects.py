#!/usr/bin/env python3
"""Weighted regressions and regressions with effects over any columns, by pyfixest and statsmodels, on the committed
data: writes json/py_weights_and_effects.json. Run with the versions that it records, in this folder."""

import json

import numpy as np
import pandas as pd
import pyfixest as pf
import statsmodels
import statsmodels.api as sm

records = []


def prepared(name, unit, dependent, regressors):
    data = pd.read_csv(f"data/{name}.csv")
    order = {label: place for place, label in enumerate(sorted(data[unit].astype(str).str.zfill(3).unique()))}
    data["place"] = data[unit].astype(str).str.zfill(3).map(order)
    # The test makes the same columns: whole numbers, so that they are the same doubles.
    data["w"] = 1 + (3 * data.place + 5 * data.year) % 7
    data["region"] = (data.place * data.year) % 4
    return data, unit, dependent, regressors


def pyfixest(data, unit, dependent, regressors, effects, weights, kind, vcov, singletons="none"):
    right = " + ".join(regressors)
    formula = f"{dependent} ~ {right}" + (f" | {' + '.join(effects)}" if effects else "")
    frame = data.copy()
    frame["entity"], frame["time"] = frame[unit], frame.year
    model = pf.feols(formula, frame, vcov=vcov, weights="w" if weights else None,
                     weights_type=kind or "aweights", fixef_rm=singletons, fixef_tol=1e-12)
    return {"coef": [float(b) for b in model.coef()], "se": [float(s) for s in model.se()], "names": list(model.coef().index),
            "n": int(model._N)}


for name, unit, dependent, regressors in [("grunfeld_unb", "firm", "inv", ["value", "capital"]),
                                          ("grunfeld", "firm", "inv", ["value", "capital"])]:
    data, *rest = prepared(name, unit, dependent, regressors)
    for effects in [[], ["entity"], ["time"], ["entity", "time"], ["entity", "time", "region"], ["entity", "region^time"],
                    ["region", "time"]]:
        for kind in [None, "aweights", "fweights"]:
            for vcov in ["iid", {"CRV1": "entity"}]:
                label = "iid" if vcov == "iid" else "cluster"
                for singletons in ["none", "singleton"] if effects[-1:] == ["region^time"] else ["none"]:
                    try:
                        found = pyfixest(data, *rest, effects, kind is not None, kind, vcov, singletons)
                    except Exception as error:
                        print(name, effects, kind, label, singletons, error)
                        continue
                    records.append({"id": f"{name} {'+'.join(effects) or 'ols'} {kind} {label} {singletons}", "data": name,
                                    "effects": effects, "weights": kind, "vcov": label, "singletons": singletons, **found})
    x = sm.add_constant(data[regressors])
    wls = sm.WLS(data[dependent], x, weights=data.w).fit()
    records.append({"id": f"{name} statsmodels WLS", "data": name, "effects": [], "weights": "aweights", "vcov": "iid",
                    "singletons": "none", "names": list(x.columns), "coef": list(wls.params), "se": list(wls.bse),
                    "n": int(wls.nobs), "r2": float(wls.rsquared), "r2_adjusted": float(wls.rsquared_adj),
                    "rss": float(wls.ssr), "f": float(wls.fvalue)})

versions = {"pyfixest": pf.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__}
with open("json/py_weights_and_effects.json", "w") as file:
    json.dump({"versions": versions, "records": records}, file, indent=0)
print(len(records))
