"""Values in standard deviations from their entity's mean."""

import json
import os
from collections import defaultdict
from statistics import mean, stdev

import pyarrow
import pyarrow.parquet as parquet

with open(os.environ["VINTNER_PARAMS"]) as file:
    variable = json.load(file)["variable"]
table = parquet.read_table("inputs/panel.parquet")
entities = table["entity"].to_pylist()
values = table[variable].to_pylist()

known = defaultdict(list)
for entity, value in zip(entities, values):
    if value is not None:
        known[entity].append(value)
centre = {entity: mean(own) for entity, own in known.items()}
spread = {entity: stdev(own) for entity, own in known.items()}
anomalies = [
    None if value is None else (value - centre[entity]) / spread[entity]
    for entity, value in zip(entities, values)
]

column = pyarrow.array(anomalies, pyarrow.float64())
result = table.select(["entity", "time"]).append_column(f"{variable}_anomaly", column)
parquet.write_table(result, "anomalies.parquet")
