"""The report's numbers on the public vintages, computed a second time without Vintner.

Reads the nine raw spreadsheets with pandas and openpyxl, builds the paper's variables from their
definitions, and estimates with statsmodels (cities, and the panel by within-transformed least
squares), checked on the way against linearmodels' PanelOLS. Granger tests are written out in numpy
after Dumitrescu and Hurlin (2012), doi:10.1016/j.econmod.2012.02.014.

    python public_vintages.py RAW_FOLDER > public_vintages.json

Only estimates and test statistics leave this script, never raw values: the logarithm of a cell is
that cell, so minima, maxima and quantiles, which are cells, come out with --order-statistics alone,
for a comparison by hand that isn't committed.
"""

import json
import platform
import sys
from pathlib import Path

import linearmodels
import numpy as np
import openpyxl
import pandas as pd
import scipy
import statsmodels
import statsmodels.api as sm
from linearmodels.panel import PanelOLS
from scipy import stats

CITIES = {
    "保定": "baoding", "北京": "beijing", "天津": "tianjin", "安阳": "anyang",
    "石家庄": "shijiazhuang", "唐山": "tangshan", "邯郸": "handan", "沧州": "cangzhou",
    "邢台": "xingtai", "廊坊": "langfang", "承德": "chengde", "张家口": "zhangjiakou",
    "秦皇岛": "qinhuangdao", "衡水": "hengshui",
}
YEARS = range(2008, 2020)
POOLED = "面板"
LOGS = ["CO2", "EG", "AI", "BE", "PD", "open", "IS"]
EQUATIONS = {
    "1": ("lnCO2", ["lnEG", "lnAI", "lnBE", "lnPD"]),
    "2": ("lnEG", ["lnCO2", "lnAI", "lnopen", "lnIS"]),
    "3": ("lnAI", ["lnCO2", "lnEG", "lnopen", "lnIS", "lnPD"]),
}
CAUSES = ["lnCO2", "lnEG", "lnAI"]


def city(name):
    """The paper's name of a city, from 河北保定, 保定市 or 保定; None for any other place."""
    if not isinstance(name, str):
        return None
    name = name.strip()
    for province in ("河北省", "河南省", "河北", "河南"):
        name = name.removeprefix(province)
    name = name.removesuffix("市")
    return name if name in CITIES else None


def series(raw, file, sheet, entity, year, value):
    """One column of a sheet as a series over (city, year)."""
    frame = pd.read_excel(raw / file, sheet_name=sheet, usecols=[entity, year, value])
    frame = pd.DataFrame({
        "city": frame[entity].map(city),
        "year": pd.to_numeric(frame[year], errors="coerce"),
        "value": pd.to_numeric(frame[value], errors="raise"),
    }).dropna(subset=["city", "year"])
    frame["year"] = frame["year"].astype(int)
    column = frame.set_index(["city", "year"])["value"].dropna()
    assert not column.index.duplicated().any(), (file, value)
    return column


def panel(raw, emissions):
    """The seven logs over 14 cities x 12 years; what is missing is NaN."""
    gdp_file = "296个地级市GDP相关数据（以2000年为基期）.xlsx"
    population_file = "298个地级市人口密度1998-2024年无缺失.xlsx"
    industry_file = "2000-2023地级市产业结构 .xlsx"
    gdp = series(raw, gdp_file, "Sheet1", "城市", "年份", "名义GDP")
    deflator = series(raw, gdp_file, "Sheet1", "城市", "年份", "GDP平减指数")
    population = series(raw, population_file, "面板数据", "城市", "年份", "插值_常住人口（万人）")
    density = series(raw, population_file, "面板数据", "城市", "年份", "人口密度（人/平方公里）")
    fdi = series(raw, "1996-2023年地级市外商直接投资FDI.xlsx", "Sheet1", "地级市", "year", "外商直接投资")
    roads = series(
        raw, "各省+地级市+县级市人均道路面积.xlsx", "地级市+县级市", "城市", "年份", "人均道路面积（平方米）"
    )
    share = series(raw, industry_file, "面板数据2000-2023", "城市名称", "年度标识", "第二产业占GDP比重")
    if emissions == "ceads":
        co2 = series(
            raw, "1997-2019年290个中国城市碳排放清单 (1).xlsx", "emission vector", "city", "year", "emission"
        )
    else:
        co2 = series(raw, "地级市碳排放强度.xlsx", "Sheet1", "城市", "年份", "碳排放量_吨")
        co2 = co2 / 1e6  # tonnes; the report has Mt on every vintage

    rate = pd.read_excel(raw / "汇率.xlsx", sheet_name="Sheet1")
    rate = rate.set_index("年份")["1美元兑人民币（元）"]
    stock = pd.read_csv(raw / "ifr_china_operational_stock.csv", comment="#")
    stock = stock.set_index("year")["operational_stock"]

    # Each city's share of the 2008 secondary value added of every city in the sheet.
    industry = pd.read_excel(raw / industry_file, sheet_name="面板数据2000-2023")
    industry = industry[industry["年度标识"] == 2008]
    names = industry["城市名称"].str.strip().str.removesuffix("市")
    added = industry.groupby(names, sort=False)["第二产业增加值"].first()
    added = added[list(CITIES)] / added.sum()

    index = pd.MultiIndex.from_product([CITIES, YEARS], names=["city", "year"])
    cities, years = index.get_level_values(0), index.get_level_values(1)
    at = lambda column: column.reindex(index).to_numpy()
    base = deflator.reindex([(name, 2008) for name in cities]).to_numpy()
    levels = pd.DataFrame(index=index)
    levels["CO2"] = at(co2)
    levels["EG"] = at(gdp) / (at(deflator) / base) / at(population) * 1e4
    levels["AI"] = stock.reindex(years).to_numpy() * added.reindex(cities).to_numpy() / at(population)
    levels["BE"] = at(roads)
    levels["PD"] = at(density)
    levels["open"] = at(fdi) * rate.reindex(years).to_numpy() / 100 / at(gdp)
    levels["IS"] = at(share)
    return np.log(levels[LOGS]).add_prefix("ln")


def stars(p):
    return "***" if p < 0.01 else "**" if p < 0.05 else "*" if p < 0.1 else ""


def rows(table, dependent, unit, names, fit, n, df):
    for name in names:
        yield {
            "table": table, "dependent": dependent, "unit": unit, "regressor": name,
            "estimate": fit.params[name], "std_error": fit.bse[name],
            "statistic": fit.tvalues[name], "p_value": fit.pvalues[name],
            "stars": stars(fit.pvalues[name]), "n_obs": n, "df_resid": df,
        }


def estimates(data):
    out = []
    for table, (dependent, regressors) in EQUATIONS.items():
        used = data[[dependent, *regressors]].dropna()
        for name in CITIES:
            own = used.loc[[name]] if name in used.index.get_level_values(0) else used.iloc[:0]
            n, k = len(own), len(regressors) + 1
            if n <= k:
                out += [{
                    "table": table, "dependent": dependent, "unit": name, "regressor": regressor,
                    "n_obs": n, "parameters": k, "not_estimable": True,
                } for regressor in regressors]
                continue
            design = sm.add_constant(own[regressors], has_constant="add")
            assert np.linalg.matrix_rank(design) == k
            fit = sm.OLS(own[dependent], design).fit()
            out += rows(table, dependent, name, regressors, fit, n, n - k)

        # Within: deviations from the city's mean. n - N - k degrees of freedom.
        n, entities, k = len(used), used.index.get_level_values(0).nunique(), len(regressors)
        within = used - used.groupby("city").transform("mean")
        classical = sm.OLS(within[dependent], within[regressors])
        classical.df_resid = n - entities - k
        fit = classical.fit()
        check = PanelOLS(used[dependent], used[regressors], entity_effects=True).fit()
        np.testing.assert_allclose(fit.params, check.params, rtol=1e-9)
        np.testing.assert_allclose(fit.bse, check.std_errors, rtol=1e-9)
        np.testing.assert_allclose(fit.pvalues, check.pvalues, rtol=1e-6)
        assert check.df_resid == n - entities - k
        out += rows(table, dependent, POOLED, regressors, fit, n, n - entities - k)

        # Stata's `xtreg, fe vce(cluster)`: with the grand mean put back and a constant, the factor
        # of least squares, G/(G-1) (n-1)/(n-k-1), is xtreg's; t has G-1 degrees of freedom.
        centred = within + used.mean()
        design = sm.add_constant(centred[regressors])
        groups = pd.factorize(centred.index.get_level_values(0))[0]
        fit = sm.OLS(centred[dependent], design).fit(
            cov_type="cluster", cov_kwds={"groups": groups, "df_correction": True}, use_t=True
        )
        assert fit.df_resid_inference == entities - 1
        # `df_resid` are the residual degrees of freedom, not those of t.
        out += rows(f"{table}-clustered", dependent, POOLED, regressors, fit, n, n - entities - k)
    return out


def granger(data, lags=1):
    """Every ordered pair: per city the F and Wald tests of the cause's lags, and over the panel
    W-bar, Z-bar and Z-tilde of Dumitrescu and Hurlin, and Fisher's sum of -2 ln p. A lag is of the year before, not of the row before."""
    out = []
    for cause in CAUSES:
        for effect in CAUSES:
            if cause == effect:
                continue
            units = []
            for name, identifier in sorted(CITIES.items(), key=lambda pair: pair[1]):
                own = data.loc[name].reindex(YEARS)
                frame = pd.concat(
                    [own[effect]]
                    + [own[effect].shift(lag) for lag in range(1, lags + 1)]
                    + [own[cause].shift(lag) for lag in range(1, lags + 1)],
                    axis=1,
                ).dropna().to_numpy()
                n, k = len(frame), 2 * lags + 1
                if n <= k:
                    units.append({"unit": identifier, "n_obs": n, "parameters": k, "not_estimable": True})
                    continue
                def rss(columns):
                    design = np.column_stack([np.ones(n), frame[:, 1 : 1 + columns]])
                    residual = frame[:, 0] - design @ np.linalg.lstsq(design, frame[:, 0], rcond=None)[0]
                    return residual @ residual
                free, restricted = rss(2 * lags), rss(lags)
                wald = (restricted - free) / (free / (n - k))
                units.append({
                    "unit": identifier, "n_obs": n, "order": lags,
                    "f": wald / lags, "df_numerator": lags, "df_denominator": n - k,
                    "f_p_value": stats.f.sf(wald / lags, lags, n - k),
                    "chi_squared": wald, "chi_squared_p_value": stats.chi2.sf(wald, lags),
                })
            record = {"cause": cause, "effect": effect, "orders": lags, "units": units}
            # The panel's statistics are those of the units that have a test of their own.
            tested = [unit for unit in units if not unit.get("not_estimable")]
            record["left_out"] = [unit["unit"] for unit in units if unit.get("not_estimable")]
            count, order = len(tested), lags
            wald = np.array([unit["chi_squared"] for unit in tested])
            record["w_bar"] = wald.mean()
            # The Wald statistic of T periods in use has mean K (T-2K-1)/(T-2K-3), and variance
            # 2K (T-2K-1)^2 (T-K-3) / ((T-2K-3)^2 (T-2K-5)); units of unequal length are averaged.
            length = np.array([unit["n_obs"] for unit in tested], float)
            # Z-bar is defined for units of one length.
            if (length == length[0]).all():
                z_bar = np.sqrt(count / (2 * order)) * (wald.mean() - order)
                record["z_bar"] = {"statistic": z_bar, "p_value": 2 * stats.norm.sf(abs(z_bar))}
            else:
                record["z_bar"] = {"not_estimable": True}
            # Those moments exist only where T > 5 + 2K.
            defined = (length > 5 + 2 * order).all()
            length = np.where(length > 5 + 2 * order, length, np.nan)
            mean = order * (length - 2 * order - 1) / (length - 2 * order - 3)
            variance = (
                2 * order * (length - 2 * order - 1) ** 2 * (length - order - 3)
                / ((length - 2 * order - 3) ** 2 * (length - 2 * order - 5))
            )
            if defined:
                z_tilde = np.sqrt(count) * (wald.mean() - mean.mean()) / np.sqrt(variance.mean())
                record["z_tilde"] = {"statistic": z_tilde, "p_value": 2 * stats.norm.sf(abs(z_tilde))}
            else:
                record["z_tilde"] = {"not_estimable": True}
            # Of the chi-squared p-values, which are the ones that plm gives for single units.
            fisher = -2 * sum(np.log(unit["chi_squared_p_value"]) for unit in tested)
            record["fisher"] = {"statistic": fisher, "p_value": stats.chi2.sf(fisher, 2 * count)}
            out.append(record)
    return out


def descriptives(data, order_statistics):
    """As Stata's xtsum: within is about the entity's mean, between is of the entities' means."""
    out = []
    for name in data:
        column = data[name]
        used = column.dropna()
        means = used.groupby("city").mean()
        out.append({
            "variable": name, "n": len(used), "missing": int(column.isna().sum()),
            "n_entities": len(means), "mean": used.mean(), "sd": used.std(),
            "sd_between": means.std(),
            "sd_within": (used - used.groupby("city").transform("mean")).std(),
        })
        if order_statistics:
            out[-1] |= {
                "min": used.min(), "p25": used.quantile(0.25), "median": used.median(),
                "p75": used.quantile(0.75), "max": used.max(),
            }
    return out


def main():
    raw = Path(sys.argv[1])
    vintages = {}
    for vintage, emissions in (("public-2025", "ceads"), ("public-2025-edgar", "edgar")):
        data = panel(raw, emissions)
        vintages[vintage] = {
            "estimates": estimates(data), "granger": granger(data),
            "descriptives": descriptives(data, "--order-statistics" in sys.argv[2:]),
        }
    document = {
        "meta": {
            "generator": "public_vintages.py",
            "python": platform.python_version(),
            **{
                module.__name__: module.__version__
                for module in (np, scipy, pd, openpyxl, statsmodels, linearmodels)
            },
        },
        "vintages": vintages,
    }
    print(text(document))


def text(value, depth=0):
    """JSON with one record a line."""
    line = json.dumps(value, ensure_ascii=False, default=lambda number: number.item())
    if depth == 4 or not isinstance(value, (dict, list)) or len(line) < 100:
        return line
    pad, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, list):
        return "[" + pad + ("," + pad).join(text(item, depth + 1) for item in value) + end + "]"
    items = (json.dumps(key) + ": " + text(item, depth + 1) for key, item in value.items())
    return "{" + pad + ("," + pad).join(items) + end + "}"


if __name__ == "__main__":
    main()
