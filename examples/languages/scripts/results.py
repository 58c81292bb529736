"""Models of Python as results that `model_table`, `plot` and `report` read: a row a term.

`write_results({"poisson": fit}, "results.csv")` takes fits of statsmodels, linearmodels and pyfixest.
"""
import math

import pandas


def is_number(value):
    return isinstance(value, (int, float)) and math.isfinite(value)


def results(fit, name="", **about):
    if hasattr(fit, "tidy") and hasattr(fit, "_N"):  # pyfixest
        table = fit.tidy()
        rows = pandas.DataFrame({
            "term": table.index, "estimate": table["Estimate"].values, "std_error": table["Std. Error"].values,
            "statistic": table["t value"].values, "p_value": table["Pr(>|t|)"].values,
            "conf_low": table["2.5%"].values, "conf_high": table["97.5%"].values,
        })
        known = {"n_obs": fit._N, "r_squared": fit._r2, "r_squared_within": fit._r2_within, "df": getattr(fit, "_df_t", None)}
        if not getattr(fit, "_use_t", True):
            del known["df"]  # of the normal distribution
        about = {**{name: value for name, value in known.items() if is_number(value)}, "dependent": fit._depvar, **about}
    else:
        errors = fit.std_errors if hasattr(fit, "std_errors") else fit.bse  # linearmodels or statsmodels
        statistics = fit.tstats if hasattr(fit, "tstats") else fit.tvalues
        interval = fit.conf_int()
        rows = pandas.DataFrame({
            "term": list(fit.params.index), "estimate": fit.params.values, "std_error": errors.values,
            "statistic": statistics.values, "p_value": fit.pvalues.values,
            "conf_low": interval.iloc[:, 0].values, "conf_high": interval.iloc[:, 1].values,
        })
        known = {
            # linearmodels' own `rsquared` of a panel is that within.
            "n_obs": ["nobs"], "r_squared": ["rsquared_inclusive", "rsquared"], "r_squared_within": ["rsquared_within"], "r_squared_adjusted": ["rsquared_adj"], "pseudo_r_squared": ["prsquared"],
            "log_likelihood": ["llf", "loglik"], "aic": ["aic"], "bic": ["bic"],
        }
        for column, names in known.items():
            value = next((getattr(fit, one) for one in names if is_number(getattr(fit, one, None))), None)
            if value is not None:
                about.setdefault(column, value)
        if getattr(fit, "use_t", False) or getattr(fit, "_debiased", False):
            about.setdefault("df", getattr(fit, "df_resid", None))
        model = getattr(fit, "model", None)
        given = getattr(model, "dependent", None)
        columns = getattr(given, "vars", getattr(given, "cols", None))
        dependent = getattr(model, "endog_names", None) or (list(columns)[0] if columns is not None else None)
        if isinstance(dependent, str):
            about.setdefault("dependent", dependent)
    rows.insert(0, "model", name)
    return rows.assign(**about).replace({"term": {"Intercept": "(Intercept)", "const": "(Intercept)"}})


def write_results(fits, file, **about):
    several = len(fits) > 1
    tables = [results(fit, name if several else "", **about) for name, fit in fits.items()]
    pandas.concat(tables, ignore_index=True).to_csv(file, index=False)
