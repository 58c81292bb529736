"""Writes public_vintages.csv: what the sources of the public vintages hold for the 14 cities (for
`industry_value_added` all cities), 2008 to 2019, read with openpyxl alone.

The raw files may not be redistributed, so each source is boiled down to counts and a digest over
all its values. A line of the digest is `entity,year,variable,bits,row,column` in the file's order;
entity is the name without province and 市, bits the 16 hex digits of the double, or `missing`.

    python make_public_vintages.py RAW_FOLDER > public_vintages.csv

Made with Python 3 and openpyxl (versions in the first line of the output).
"""

import csv
import hashlib
import platform
import struct
import sys
from pathlib import Path

import openpyxl

CITIES = "保定 北京 天津 安阳 石家庄 唐山 邯郸 沧州 邢台 廊坊 承德 张家口 秦皇岛 衡水".split()
PROVINCES = ["河北", "河南"]
# source, file, sheet, entity, time, [(header, variable, factor)], all cities
SOURCES = [
    ("co2_ceads", "1997-2019年290个中国城市碳排放清单 (1).xlsx", "emission vector", "city", "year",
     [("emission", "co2", None)], False),
    ("co2_edgar", "地级市碳排放强度.xlsx", "Sheet1", "城市", "年份", [("碳排放量_吨", "co2", 1e-6)], False),
    ("gdp", "296个地级市GDP相关数据（以2000年为基期）.xlsx", "Sheet1", "城市", "年份",
     [("名义GDP", "gdp", None), ("GDP平减指数", "deflator", None)], False),
    ("population", "298个地级市人口密度1998-2024年无缺失.xlsx", "面板数据", "城市", "年份",
     [("插值_常住人口（万人）", "population", None), ("人口密度（人/平方公里）", "density", None)], False),
    ("road_area", "各省+地级市+县级市人均道路面积.xlsx", "地级市+县级市", "城市", "年份",
     [("人均道路面积（平方米）", "road_area", None)], False),
    ("fdi", "1996-2023年地级市外商直接投资FDI.xlsx", "Sheet1", "地级市", "year",
     [("外商直接投资", "fdi", None)], False),
    ("exchange_rate", "汇率.xlsx", "Sheet1", None, "年份", [("1美元兑人民币（元）", "fx", None)], False),
    ("secondary_share", "2000-2023地级市产业结构 .xlsx", "面板数据2000-2023", "城市名称", "年度标识",
     [("第二产业占GDP比重", "secondary_share", None)], False),
    ("industry_value_added", "2000-2023地级市产业结构 .xlsx", "面板数据2000-2023", "城市名称", "年度标识",
     [("第二产业增加值", "industry_value_added", None)], True),
    ("robot_stock", "ifr_china_operational_stock.csv", None, None, "year",
     [("operational_stock", "robot_stock", None)], False),
]


def rows_of(path, sheet):
    if sheet is None:
        with open(path, encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.reader(file), start=1):
                if not row[0].startswith("#"):
                    yield number, row
    else:
        book = openpyxl.load_workbook(path, data_only=True, read_only=True)
        yield from enumerate(book[sheet].iter_rows(values_only=True), start=1)


def city_of(name):
    stem = name.strip()
    for province in PROVINCES:
        stem = stem.removeprefix(province)
    return stem.removesuffix("市") or stem


def main(raw):
    writer = csv.writer(sys.stdout, lineterminator="\n")
    print(f"# make_public_vintages.py, Python {platform.python_version()}, openpyxl {openpyxl.__version__}")
    writer.writerow(["source", "values", "missing", "entities", "sha256"])
    for source, file, sheet, entity, time, columns, every in SOURCES:
        rows = rows_of(Path(raw) / file, sheet)
        header = list(next(rows)[1])
        lines, missing, entities = [], 0, set()
        for number, row in rows:
            year = row[header.index(time)]
            if year in (None, "") or not 2008 <= int(year) <= 2019:
                continue
            city = "" if entity is None else city_of(row[header.index(entity)])
            if entity is not None and not every and city not in CITIES:
                continue
            entities.add(city)
            for text, variable, factor in columns:
                column = header.index(text)
                value = row[column]
                if value in (None, ""):
                    bits, missing = "missing", missing + 1
                else:
                    number_value = float(value) if factor is None else float(value) * factor
                    bits = struct.pack(">d", number_value).hex()
                lines.append(f"{city},{int(year)},{variable},{bits},{number},{column + 1}\n")
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
        writer.writerow([source, len(lines), missing, len(entities), digest])


if __name__ == "__main__":
    main(sys.argv[1])
