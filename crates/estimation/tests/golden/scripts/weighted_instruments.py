#!/usr/bin/env python3
"""Equations with instruments of weighted rows by linearmodels, on the committed data: writes
../json/py_weighted_instruments.json. Run with the versions that it records, in this folder."""

import json

import linearmodels
import numpy as np
import pandas as pd
from linearmodels.iv import IV2SLS, IVGMM, IVLIML

records = []
for name, unit, dependent, exogenous, endogenous, instruments in [
    ("grunfeld", "firm", "inv", ["trend"], ["value"], ["capital", "fixed"]),
    ("grunfeld_unb", "firm", "inv", ["trend"], ["value"], ["capital", "fixed"]),
    ("synth14x12", "city", "ln_co2", ["x_urban"], ["ln_gdp", "ln_robot"], ["x_energy", "trend", "fixed"]),
]:
    data = pd.read_csv(f"../data/{name}.csv")
    order = {label: place for place, label in enumerate(sorted(data[unit].astype(str).str.zfill(3).unique()))}
    data["place"] = data[unit].astype(str).str.zfill(3).map(order)
    data["w"] = 1.0 + (3 * data.place + 5 * data.year) % 7
    data["fixed"] = (7 * data.place) % 5
    data["trend"] = data.year - 1900
    data["const"] = 1.0
    data = data.sort_values(["place", "year"])
    parts = [data[dependent], data[["const", *exogenous]], data[endogenous], data[instruments]]
    covariances = {"unadjusted": {}, "robust": {}, "clustered": {"clusters": data.place}}
    for estimator, make in {"2sls": IV2SLS, "liml": IVLIML, "gmm": IVGMM}.items():
        model = make(*parts, weights=data.w)
        for kind, options in covariances.items():
            if estimator == "gmm" and kind == "clustered":
                continue
            fit = model.fit(cov_type=kind, debiased=True, **options)
            found = {"id": f"{name}/{estimator}/{kind}", "names": list(fit.params.index), "coef": list(fit.params),
                     "cov": np.asarray(fit.cov).tolist(), "n": int(fit.nobs), "r2": float(fit.rsquared),
                     "s2": float(fit.s2)}
            if estimator == "2sls" and kind == "unadjusted":
                found["sargan"] = [float(fit.sargan.stat), float(fit.sargan.pval)]
                found["wu_hausman"] = [float(fit.wu_hausman().stat), float(fit.wu_hausman().pval)]
                found["durbin"] = [float(fit.durbin().stat), float(fit.durbin().pval)]
                found["score"] = [float(fit.wooldridge_score.stat), float(fit.wooldridge_score.pval)]
                found["overid"] = [float(fit.wooldridge_overid.stat), float(fit.wooldridge_overid.pval)]
                diagnostics = fit.first_stage.diagnostics
                found["partial_r2"] = list(diagnostics["partial.rsquared"])
                found["shea_r2"] = list(diagnostics["shea.rsquared"])
                found["first_r2"] = list(diagnostics["rsquared"])
            if estimator == "2sls" and kind == "robust":
                found["first_f"] = list(fit.first_stage.diagnostics["f.stat"])
            if estimator == "liml":
                found["kappa"] = float(fit.kappa)
            if estimator == "gmm":
                found["j"] = [float(fit.j_stat.stat), float(fit.j_stat.pval)]
            records.append(found)

versions = {"linearmodels": linearmodels.__version__, "numpy": np.__version__, "pandas": pd.__version__}
with open("../json/py_weighted_instruments.json", "w") as file:
    json.dump({"meta": {"script": "scripts/weighted_instruments.py", **versions}, "records": records}, file, indent=0)
print(len(records))
