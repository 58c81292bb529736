"""Parquet files as other programs write them, for src/command/foreign_frame.rs: pandas, polars, pyarrow as
R's arrow drives it, and pyarrow with the settings of R's nanoparquet. The files are committed. Again:

    pip install pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0
    python generate.py
"""

import datetime as dt
from decimal import Decimal

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

TEXTS = ["Aachen", None, "Zürich 名义"]
DAYS = [dt.date(2020, 1, 1), None, dt.date(1969, 12, 31)]
TIMES = [dt.datetime(2020, 1, 1, 12, 30), None, dt.datetime(1969, 12, 31, 23, 59, 59, 123456)]

frame = pd.DataFrame(
    {
        "city": TEXTS,
        "year": pd.array([2008, None, 2010], dtype="Int32"),
        "value": [0.1, None, -3.0],
        "wide": pd.array([1, None, 2**62], dtype="Int64"),
        "flag": pd.array([True, None, False], dtype="boolean"),
        "kind": pd.Categorical(["a", None, "b"], categories=["b", "a"]),
    },
    index=pd.Index(["r1", "r2", "r3"], name="row"),
)
for compression in ["snappy", "gzip", "zstd", "brotli", "lz4", None]:
    frame.to_parquet(f"pandas-{compression or 'none'}.parquet", compression=compression)

# R's arrow writes through the same library; its factors are dictionaries, its metadata R's own.
table = pa.table(
    {
        "city": pa.array(TEXTS, pa.large_string()),
        "year": pa.array([2008, None, 2010], pa.int32()),
        "value": pa.array([0.1, None, -3.0]),
        "wide": pa.array([1, None, 2**62], pa.int64()),
        "flag": pa.array([True, None, False]),
        "kind": pa.array(["a", None, "b"]).dictionary_encode(),
    }
).replace_schema_metadata({"r": "A\n3\n262146\n197888\n5\nUTF-8\n"})
pq.write_table(table, "arrow.parquet")
pq.write_table(table, "arrow-pages2.parquet", data_page_version="2.0", compression="zstd")
plain = table.drop_columns("kind")
pq.write_table(
    plain, "arrow-delta.parquet", use_dictionary=False,
    column_encoding={"city": "DELTA_LENGTH_BYTE_ARRAY", "value": "BYTE_STREAM_SPLIT",
                     "year": "DELTA_BINARY_PACKED", "wide": "DELTA_BINARY_PACKED", "flag": "RLE"},
)
# R's nanoparquet: pages of version 1, Snappy, factors as texts, no schema of arrow's.
pq.write_table(
    plain.append_column("kind", pa.array(["a", None, "b"])), "nanoparquet.parquet",
    version="2.6", data_page_version="1.0", compression="snappy", store_schema=False,
)

other = pl.DataFrame(
    {
        "city": TEXTS,
        "year": pl.Series([2008, None, 2010], dtype=pl.Int32),
        "value": [0.1, None, -3.0],
        "wide": pl.Series([1, None, 2**62], dtype=pl.Int64),
        "flag": [True, None, False],
        "kind": pl.Series(["a", None, "b"], dtype=pl.Categorical),
    }
)
for compression in ["zstd", "snappy", "lz4"]:
    other.write_parquet(f"polars-{compression}.parquet", compression=compression)
other.with_columns(pl.col("kind").cast(pl.Enum(["b", "a"]))).write_parquet("polars-enum.parquet")

# One file a type.
types = {
    "date": pa.array(DAYS, pa.date32()),
    "timestamp": pa.array(TIMES, pa.timestamp("us")),
    "timestamp-zoned": pa.array(TIMES, pa.timestamp("us", tz="Europe/Berlin")),
    "timestamp-utc": pa.array(TIMES, pa.timestamp("us", tz="UTC")),
    "timestamp-nanoseconds": pa.array(TIMES, pa.timestamp("ns")),
    "time": pa.array([dt.time(1, 2, 3), None, dt.time(4)], pa.time64("us")),
    "duration": pa.array([dt.timedelta(seconds=1), None, dt.timedelta(0)], pa.duration("us")),
    "decimal": pa.array([None, None, None], pa.decimal128(12, 2)),
    "binary": pa.array([b"\x00\xff", None, b""], pa.binary()),
    "float32": pa.array([0.5, None, -1.0], pa.float32()),
    "float16": pa.array([0.5, None, -1.0], pa.float16()),
    "int8": pa.array([1, None, -1], pa.int8()),
    "int16": pa.array([1, None, -1], pa.int16()),
    "uint8": pa.array([1, None, 200], pa.uint8()),
    "uint16": pa.array([1, None, 60000], pa.uint16()),
    "uint32": pa.array([1, None, 2**31], pa.uint32()),
    "uint64": pa.array([1, None, 2**63], pa.uint64()),
    "list": pa.array([[1.0, 2.0], None, []]),
    "struct": pa.array([{"a": 1, "b": "x"}, None, {"a": 2, "b": "y"}]),
    "null": pa.nulls(3),
    "dictionary-of-numbers": pa.array([5, None, 7]).dictionary_encode(),
    "dictionary-of-dates": pa.array(DAYS, pa.date32()).dictionary_encode(),
    "dictionary-of-small": pa.array([5, None, 7], pa.int8()).dictionary_encode(),
    "timestamp-midnight": pa.array([dt.datetime(2020, 1, 1), None, dt.datetime(1969, 12, 31)], pa.timestamp("ms")),
    "decimals": pa.array([Decimal("0.10"), None, Decimal("-1234567890.25")], pa.decimal128(12, 2)),
    "decimal-whole": pa.array([Decimal(1), None, Decimal(-(2**53) - 1)], pa.decimal128(38, 0)),
    "decimal-beyond": pa.array([Decimal(1), None, Decimal(2**117)], pa.decimal128(38, 0)),
    "fixed-binary": pa.array([b"ab", None, b"cd"], pa.binary(2)),
}
for name, array in types.items():
    pq.write_table(pa.table({"column": array}), f"type-{name}.parquet")

pq.write_table(
    pa.table({"column": types["timestamp-nanoseconds"]}), "type-timestamp-int96.parquet",
    use_deprecated_int96_timestamps=True,
)
# Periods are numbers with a type of pandas' own.
periods = {
    "year": (["1990", None, "1969"], "Y"),
    "quarter": (["1990Q2", None, "1969Q4"], "Q"),
    "month": (["1990-04", None, "1969-12"], "M"),
    "week": (["1990-04-05", None, "1970-01-01"], "W"),
    "day": (["1990-04-05", None, "1969-12-31"], "D"),
    "hour": (["1990-04-05 01:00", None, "1969-12-31 02:00"], "h"),
    "fiscal": (["1990Q2", None, "1969Q4"], "Q-JUN"),
}
for name, (texts, frequency) in periods.items():
    column = pd.Series(pd.PeriodIndex(texts, freq=frequency))
    pd.DataFrame({"column": column}).to_parquet(f"type-period-{name}.parquet")
