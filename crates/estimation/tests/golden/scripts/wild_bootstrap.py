"""Writes ../json/py_wildboottest_grunfeld.json: wild cluster bootstraps of pooled OLS on Grunfeld's firms by
wildboottest, all 2^10 Rademacher sign combinations, so that nothing is random.

    python3 -m venv v && v/bin/pip install wildboottest==0.3.2 statsmodels==0.15.0 pandas==3.1.1
    v/bin/python wild_bootstrap.py
"""

import json
import pathlib
from importlib.metadata import version

import pandas as pd
import statsmodels.formula.api as smf
from wildboottest.wildboottest import wildboottest

here = pathlib.Path(__file__).parent.parent
data = pd.read_csv(here / "data/grunfeld.csv")
model = smf.ols("inv ~ value + capital", data=data)
records = []
for null in (True, False):
    for param in ("value", "capital"):
        call = f"wildboottest(model, param={param!r}, cluster=data.firm, B=99999, bootstrap_type='11', impose_null={null}, adj=False, cluster_adj=False)"
        found = wildboottest(model, param=param, cluster=data.firm, B=99999, bootstrap_type="11", impose_null=null, adj=False, cluster_adj=False, show=False)
        row = found.iloc[0]
        records.append({
            "id": f"ols/{param}/{'WCR' if null else 'WCU'}", "call": call,
            "t": float(row["statistic"] if "statistic" in row else row.iloc[0]),
            "p": float(row["p-value"] if "p-value" in row else row.iloc[1]),
        })
meta = {name: version(name) for name in ("wildboottest", "statsmodels", "pandas")}
meta |= {"dataset": "grunfeld", "script": "scripts/wild_bootstrap.py"}
lines = ",\n".join(json.dumps(record) for record in records)
(here / "json/py_wildboottest_grunfeld.json").write_text(f'{{"meta": {json.dumps(meta)},\n"records": [\n{lines}\n]}}\n')
