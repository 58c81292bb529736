#!/usr/bin/env python3
"""Random effects, between regressions and Fama and MacBeth's of weighted rows by linearmodels, and likelihoods of weighted
rows by statsmodels, on the committed data: writes ../json/py_weighted_models.json. Run with the versions that it records, in
this folder."""

import json

import linearmodels
import numpy as np
import pandas as pd
import statsmodels
import statsmodels.api as sm
from linearmodels.panel import BetweenOLS, FamaMacBeth, PanelOLS, RandomEffects

records = []


def prepared(name, unit):
    data = pd.read_csv(f"../data/{name}.csv")
    order = {label: place for place, label in enumerate(sorted(data[unit].astype(str).str.zfill(3).unique()))}
    data["place"] = data[unit].astype(str).str.zfill(3).map(order)
    # The test makes the same columns: whole numbers, so that they are the same doubles.
    data["w"] = 1 + (3 * data.place + 5 * data.year) % 7
    # Constant within units, and one that the years' deviations are a multiple of.
    data["fixed"] = (7 * data.place) % 5
    data["age"] = data.year - 1900 + (3 * data.place) % 11
    data["trend"] = data.year - 1900
    return data


COVARIANCES = {
    "unadjusted": dict(cov_type="unadjusted"),
    "normal": dict(cov_type="unadjusted", debiased=False),
    "robust": dict(cov_type="robust"),
    "entity": dict(cov_type="clustered", cluster_entity=True),
    "entity_debiased": dict(cov_type="clustered", cluster_entity=True, group_debias=True),
    "time": dict(cov_type="clustered", cluster_time=True),
    "both": dict(cov_type="clustered", cluster_entity=True, cluster_time=True),
    "kernel": dict(cov_type="kernel", kernel="bartlett", bandwidth=3),
}


def record(identity, fit, **more):
    found = {"id": identity, "names": list(fit.params.index), "coef": list(fit.params), "cov": np.asarray(fit.cov).tolist(),
             "n": int(fit.nobs)}
    records.append({**found, **more})


for name, unit, dependent, plain in [("grunfeld", "firm", "inv", ["value", "capital"]),
                                     ("grunfeld_unb", "firm", "inv", ["value", "capital"]),
                                     ("synth14x12", "city", "ln_co2", ["ln_gdp", "ln_robot", "x_urban", "x_energy"])]:
    data = prepared(name, unit)
    for kind, regressors in [("plain", plain), ("fixed", [plain[0], "fixed"]), ("collinear", [plain[0], "age", "trend"])]:
        for index in ["entity", "time"]:
            if index == "time" and kind != "plain":
                continue
            keys = [unit, "year"] if index == "entity" else ["year", unit]
            # The second key has to be a number.
            frame = data.copy()
            if index == "time":
                frame[unit] = frame.place
            frame = frame.set_index(keys).sort_index()
            y, x, w = frame[dependent], sm.add_constant(frame[regressors]), frame.w.astype(float)
            for intercept in [True, False]:
                columns = x if intercept else x[regressors]
                if not intercept and kind != "plain":
                    continue
                for small in [False, True]:
                    model = RandomEffects(y, columns, weights=w)
                    for label, options in COVARIANCES.items():
                        # Clusters and lags of the swapped panel are those of the other key.
                        if index == "time" and label not in ["unadjusted", "robust", "entity"]:
                            continue
                        fit = model.fit(small_sample=small, **options)
                        record(f"{name}/random/{kind}/{index}/{'const' if intercept else 'none'}/{'swar' if small else 'swar_harmonic'}/{label}",
                               fit, s2=float(fit.s2), rss=float(fit.resid_ss), loglik=float(fit.loglik),
                               sigma2_eps=float(fit.variance_decomposition["Residual"]),
                               sigma2_effects=float(fit.variance_decomposition["Effects"]),
                               theta=sorted({float(v) for v in np.asarray(fit.theta).ravel()}))
            if kind == "plain":
                for label in ["unadjusted", "robust"]:
                    fit = BetweenOLS(y, x, weights=w).fit(**COVARIANCES[label])
                    record(f"{name}/between/plain/{index}/const/weights/{label}", fit, s2=float(fit.s2), rss=float(fit.resid_ss),
                           r2=float(fit.rsquared), loglik=float(fit.loglik))
        if kind == "plain":
            frame = data.set_index([unit, "year"]).sort_index()
            y, x, w = frame[dependent], sm.add_constant(frame[regressors]), frame.w.astype(float)
            for label, options in {"unadjusted": {}, "kernel": dict(cov_type="kernel", bandwidth=2)}.items():
                fit = FamaMacBeth(y, x, weights=w).fit(**options)
                record(f"{name}/fama_macbeth/plain/entity/const/weights/{label}", fit)
            wls = sm.WLS(y, x, weights=w).fit()
            records.append({"id": f"{name}/ols/plain/entity/const/weights/unadjusted", "names": list(x.columns),
                            "coef": list(wls.params), "cov": np.asarray(wls.cov_params()).tolist(), "n": int(wls.nobs),
                            "loglik": float(wls.llf), "aic": float(wls.aic), "bic": float(wls.bic)})
            fit = PanelOLS(y, frame[regressors], entity_effects=True, weights=w).fit()
            record(f"{name}/within/plain/entity/none/weights/unadjusted", fit, loglik=float(fit.loglik))

versions = {"linearmodels": linearmodels.__version__, "statsmodels": statsmodels.__version__, "numpy": np.__version__,
            "pandas": pd.__version__}
with open("../json/py_weighted_models.json", "w") as file:
    json.dump({"meta": {"script": "scripts/weighted_models.py", **versions}, "records": records}, file, indent=0)
print(len(records))
