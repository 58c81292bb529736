"""Small files in the layouts of public sources, and what pandas reads in them when each step is written out.

    python3 make_corpus.py        (Python 3.11, pandas 2.x or 3.x)

writes files/ and corpus.json. Layouts are rebuilt after the sources named in each case; the figures are invented.
The expected values come from pandas with its options named explicitly (decimal, thousands, na_values, rows to skip),
never from Vintner. A case that has to be refused names parts of the message instead.
"""
import io
import json
import pathlib
import re

import pandas as pd

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"
CASES = []


def rows_of(frame):
    """Sorted rows: entity, time, category, variable, value, flag."""
    for column in ("entity", "category"):
        if column not in frame:
            frame[column] = None
    if "flag" not in frame:
        frame["flag"] = ""
    rows = []
    for row in frame[["entity", "time", "category", "variable", "value", "flag"]].itertuples(index=False):
        value = None if pd.isna(row.value) else float(row.value)
        entity = None if row.entity is None else str(row.entity)
        category = None if row.category is None else str(row.category)
        rows.append([entity, str(row.time), category, row.variable, value, row.flag or ""])
    return sorted(rows, key=lambda row: [str(part) for part in row])


def case(name, text, fields, frame=None, encoding="utf-8", refused=None, warned=None):
    data = text.encode(encoding)
    (FILES / name).write_bytes(data)
    entry = {"file": name, "fields": fields.strip().splitlines()}
    if frame is not None:
        entry["values"] = rows_of(frame)
    if refused:
        entry["refused"] = refused
    if warned:
        entry["warned"] = warned
    CASES.append(entry)


def long_frame(frame, entity, time, columns, category=None):
    parts = []
    for column, variable in columns.items():
        part = pd.DataFrame({"time": frame[time], "value": frame[column], "variable": variable})
        if entity:
            part["entity"] = frame[entity]
        if category:
            part["category"] = frame[category]
        parts.append(part)
    return pd.concat(parts)


def wide_frame(frame, entity, years, variable, category=None):
    """`years` maps a header to its time."""
    keys = [entity] + ([category] if category else [])
    melted = frame.melt(id_vars=keys, value_vars=list(years), var_name="header", value_name="value")
    out = pd.DataFrame({"entity": melted[entity], "time": melted["header"].map(years), "value": melted["value"], "variable": variable})
    if category:
        out["category"] = melted[category]
    return out


def csv(text, **options):
    return pd.read_csv(io.StringIO(text), **options)


LONG = "format: csv\nentity: {e}\ntime: {t}\ncolumns:\n  - {{column: {c}, variable: v}}\n"
WIDE = "format: csv\nlayout: wide\nentity: {e}\ncolumns:\n  - {{variable: v}}\n"

# --- Numbers: continental files -------------------------------------------------------------------------------------
for at, (values, decimal, thousands) in enumerate([
    (["0,125", "1,234", "12,5"], ",", None),
    (["1.234,5", "2.345", "0,5"], ",", "."),
    (["12.345.678", "1.234", "999"], ",", "."),
    (["1,234.5", "2,345", "0.5"], ".", ","),
    (["12,345,678", "1,234", "999"], ".", ","),
    (["1.5", "1.234", "2.345"], ".", None),
    (["-0,5", "-1,234", "+2,5"], ",", None),
    (["1,5e3", "1,234", "2"], ",", None),
]):
    text = "c;y;v\n" + "".join(f"A;{2000 + i};{value}\n" for i, value in enumerate(values))
    frame = csv(text, sep=";", decimal=decimal, thousands=thousands)
    case(f"column_decides_{at}.csv", text, LONG.format(e="c", t="y", c="v") + 'delimiter: ";"', long_frame(frame, "c", "y", {"v": "v"}))

for at, values in enumerate([["1,234"], ["1.234"], ["1.234", "5", "2.345"], ["1,234", "12,345", "678"], ["-1.234", "0"]]):
    text = "c;y;v\n" + "".join(f"A;{2000 + i};{value}\n" for i, value in enumerate(values))
    point, comma = values[0].replace(",", ""), values[0].replace(".", "").replace(",", ".")
    case(f"column_leaves_open_{at}.csv", text, LONG.format(e="c", t="y", c="v") + 'delimiter: ";"',
         refused=["can be read in two ways", f'"{values[0]}" (C2) is {point} or {comma}', 'numbers: {decimal:'])
    for decimal, thousands in ((".", ","), (",", ".")):
        frame = csv(text, sep=";", decimal=decimal, thousands=thousands)
        case(f"declared_{'point' if decimal == '.' else 'comma'}_{at}.csv", text,
             LONG.format(e="c", t="y", c="v") + f'delimiter: ";"\nnumbers: {{decimal: "{decimal}", grouping: "{thousands}"}}',
             long_frame(frame, "c", "y", {"v": "v"}))

for at, values in enumerate([["0,5", "0.5"], ["1.234,5", "1,234.5"], ["12,345,678", "12.345.678"]]):
    text = "c;y;v\n" + "".join(f"A;{2000 + i};{value}\n" for i, value in enumerate(values))
    case(f"two_rules_{at}.csv", text, LONG.format(e="c", t="y", c="v") + 'delimiter: ";"', refused=["uses two rules of numbers"])

# Two columns of one file, each by its own rule.
text = "c;y;share;gdp\nA;2000;0,125;1.234.567\nA;2001;0,25;2.345\n"
frame = csv(text, sep=";", dtype=str)
frame["share"] = frame["share"].str.replace(",", ".").astype(float)
frame["gdp"] = frame["gdp"].str.replace(".", "", regex=False).astype(float)
case("ine_two_columns.csv", text, 'format: csv\ndelimiter: ";"\nentity: c\ntime: y\ncolumns:\n  - {column: share, variable: share}\n  - {column: gdp, variable: gdp}',
     long_frame(frame, "c", "y", {"share": "share", "gdp": "gdp"}))

# INSEE: spaces between thousands (no-break and narrow), decimal comma.
for at, space in enumerate([" ", "\u00a0", "\u202f"]):
    text = f"Région;Année;Population\nÎle-de-France;2019;12{space}262{space}544\nBretagne;2019;3{space}354,5\n"
    frame = csv(text.replace(space, "") if space != " " else re.sub(r"(?<=\d) (?=\d)", "", text), sep=";", decimal=",")
    case(f"insee_spaces_{at}.csv", text, 'format: csv\ndelimiter: ";"\nentity: Région\ntime: Année\nnumbers: {decimal: ",", grouping: " "}\ncolumns:\n  - {column: Population, variable: v}',
         long_frame(frame, "Région", "Année", {"Population": "v"}))
    case(f"insee_spaces_undeclared_{at}.csv", text, 'format: csv\ndelimiter: ";"\nentity: Région\ntime: Année\ncolumns:\n  - {column: Population, variable: v}',
         refused=["text in a number", 'grouping: " "'])

# Swiss Federal Statistical Office: apostrophes, in Latin-1.
text = "Kanton;Jahr;Einwohner\nZürich;2019;1'520'968\nGenève;2019;499'480.5\n"
frame = csv(text, sep=";", thousands="'")
case("bfs_apostrophes.csv", text, 'format: csv\nencoding: windows-1252\ndelimiter: ";"\nentity: Kanton\ntime: Jahr\nnumbers: {grouping: "\'"}\ncolumns:\n  - {column: Einwohner, variable: v}',
     long_frame(frame, "Kanton", "Jahr", {"Einwohner": "v"}), encoding="latin-1")

# Accounts (SEC, BEA): parentheses, currency signs, a dash for none.
text = 'Item,Year,Amount\nTrade,2019,"$(1,234.5)"\nIncome,2019,"$2,345"\nOther,2019,—\n'
frame = csv(text, na_values=["—"], dtype={"Amount": str})
frame["value"] = frame["Amount"].str.replace(r"[$,)]", "", regex=True).str.replace("(", "-", regex=False).astype(float)
case("bea_parentheses.csv", text, 'format: csv\nentity: Item\ntime: Year\nnumbers: {negative: parentheses, currency: "$"}\nmissing: ["—"]\ncolumns:\n  - {column: Amount, variable: v}',
     long_frame(frame, "Item", "Year", {"value": "v"}))
case("bea_parentheses_undeclared.csv", text.replace("$", ""), LONG.format(e="Item", t="Year", c="Amount") + 'missing: ["—"]', refused=["negative: parentheses"])

# Japanese tables: triangles, full-width digits.
text = "県,年,値\n東京,2019,△１２．５\n大阪,2019,３．２５\n"
wide = str.maketrans("０１２３４５６７８９．", "0123456789.")
frame = csv(text.translate(wide), dtype={"値": str})
frame["value"] = frame["値"].str.replace("△", "-").astype(float)
case("estat_triangles.csv", text, LONG.format(e="県", t="年", c="値") + "numbers: {negative: triangle}", long_frame(frame, "県", "年", {"value": "v"}))

# Percent signs, both ways.
text = "c,y,rate\nA,2000,12.5%\nA,2001,7%\n"
frame = csv(text)
frame["value"] = frame["rate"].str.rstrip("%").astype(float)
case("percent_number.csv", text, LONG.format(e="c", t="y", c="rate") + "numbers: {percent: number}", long_frame(frame, "c", "y", {"value": "v"}))
frame["value"] = frame["value"] / 100
case("percent_fraction.csv", text, LONG.format(e="c", t="y", c="rate") + "numbers: {percent: fraction}", long_frame(frame, "c", "y", {"value": "v"}))
case("percent_undeclared.csv", text, LONG.format(e="c", t="y", c="rate"), refused=["percent: number", "percent: fraction"])
case("percent_beside_plain.csv", "c,y,rate\nA,2000,12.5%\nA,2001,0.07\n", LONG.format(e="c", t="y", c="rate") + "numbers: {percent: number}", refused=["with a percent sign and numbers without"])

# SAP exports: the minus after the number.
text = "c;y;v\nA;2000;1.234,50-\nA;2001;12,25\n"
frame = csv(text, sep=";", dtype=str)
number = frame["v"].str.replace(".", "", regex=False).str.replace(",", ".")
frame["value"] = number.str.rstrip("-").astype(float) * number.str.endswith("-").map({True: -1, False: 1})
case("sap_trailing_minus.csv", text, LONG.format(e="c", t="y", c="v") + 'delimiter: ";"\nnumbers: {decimal: ",", negative: trailing-minus}', long_frame(frame, "c", "y", {"value": "v"}))


# --- Flags ------------------------------------------------------------------------------------------------------------
def flagged(frame, marks, missing=()):
    """Numbers and marks of texts such as `12.3 p`."""
    text = frame["value"].fillna("").astype(str).str.strip()
    found = text.str.extract(rf"^(?P<number>.*?)\s*(?P<mark>(?:{marks})*)$")
    number = found["number"].where(~found["number"].isin(["", *missing]))
    return frame.assign(value=pd.to_numeric(number, errors="raise"), flag=found["mark"].str.replace(" ", ""))


# Eurostat's TSV: a compound key, spaces after headers, flags, a colon for missing.
EUROSTAT = ("indic_de,geo\\time\t2019 \t2018 \t2017 \nJAN,DE\t83019213 \t82792351 p\t82521653 \nJAN,FR\t: \t67026224 ep\t66809816 b\n"
            "JAN,EL\t10724599 \t10741165 \t: c\nAVG,DE\t83092962 \t82905782 \t82657002 \n")
FLAGS = 'numbers: {flags: {p: provisional, e: estimated, b: break, c: confidential}}\nmissing: [":"]'


def eurostat(text, key, columns, time=None):
    frame = pd.read_csv(io.StringIO(text), sep="\t", dtype=str)
    frame.columns = [column.strip() for column in frame.columns]
    keys = frame[key].str.split(",", expand=True)
    keys.columns = columns
    body = pd.concat([keys, frame.drop(columns=key)], axis=1)
    melted = body.melt(id_vars=columns, var_name="time", value_name="value")
    return flagged(melted, "[pebc]", [":"])


frame = eurostat(EUROSTAT, "indic_de,geo\\time", ["indic", "geo"])
frame = frame[frame["indic"] == "JAN"].assign(entity=lambda f: f["geo"], variable="v")
case("eurostat_old.tsv", EUROSTAT, "format: tsv\nlayout: wide\nentity: geo\nwhere: {indic_de: JAN}\n" + FLAGS + "\ncolumns:\n  - {variable: v}", frame)
frame = eurostat(EUROSTAT, "indic_de,geo\\time", ["indic", "geo"]).assign(entity=lambda f: f["geo"], category=lambda f: f["indic"], variable="v")
case("eurostat_category.tsv", EUROSTAT, "format: tsv\nlayout: wide\nentity: geo\ncategory: indic_de\n" + FLAGS + "\ncolumns:\n  - {variable: v}", frame)
NEW = EUROSTAT.replace("indic_de,geo\\time", "freq,unit,geo\\TIME_PERIOD").replace("JAN,", "A,THS,").replace("AVG,", "A,NR,")
frame = eurostat(NEW, "freq,unit,geo\\TIME_PERIOD", ["freq", "unit", "geo"])
frame = frame[frame["unit"] == "THS"].assign(entity=lambda f: f["geo"], variable="v")
case("eurostat_new.tsv", NEW, "format: tsv\nlayout: wide\nentity: geo\nwhere: {unit: THS}\n" + FLAGS + "\ncolumns:\n  - {variable: v}", frame)
case("eurostat_flags_undeclared.tsv", NEW, 'format: tsv\nlayout: wide\nentity: geo\nwhere: {unit: THS}\nmissing: [":"]\ncolumns:\n  - {variable: v}', refused=['flags: ["p"]'])
QUARTERS = "unit,geo\\time\t2019Q2 \t2019Q1 \nCLV,DE\t101.5 p\t101.25 \nCLV,FR\t: \t99.5 e\n"
frame = eurostat(QUARTERS, "unit,geo\\time", ["unit", "geo"]).assign(entity=lambda f: f["geo"], variable="v")
case("eurostat_quarters.tsv", QUARTERS, "format: tsv\nlayout: wide\nentity: geo\nperiod: {frequency: quarter}\n" + FLAGS + "\ncolumns:\n  - {variable: v}", frame)
case("eurostat_quarters_undeclared.tsv", QUARTERS, "format: tsv\nlayout: wide\nentity: geo\n" + FLAGS + "\ncolumns:\n  - {variable: v}", refused=["period: {frequency: quarter}"])
MONTHS = QUARTERS.replace("2019Q2", "2019M02").replace("2019Q1", "2019M01")
frame = eurostat(MONTHS, "unit,geo\\time", ["unit", "geo"]).assign(entity=lambda f: f["geo"], variable="v", time=lambda f: f["time"].str.replace("M", "-"))
case("eurostat_months.tsv", MONTHS, "format: tsv\nlayout: wide\nentity: geo\nperiod: {frequency: month}\n" + FLAGS + "\ncolumns:\n  - {variable: v}", frame)

# Footnotes: raised figures, brackets, asterisks, daggers.
for at, (mark, pattern, regex) in enumerate([("¹", "{raised}", "¹"), ("*", "*", r"\*"), ("†", "†", "†"), (" [3]", "[{digits}]", r" \[3\]"), (" 1)", "{digits})", r" 1\)"), ("p", "{letter}", "p")]):
    text = f"c,y,v\nA,2000,12.3{mark}\nA,2001,13.25\n"
    frame = csv(text, dtype={"v": str})
    frame["flag"] = frame["v"].str.extract(f"({regex})")[0].fillna("").str.strip()
    frame["value"] = frame["v"].str.replace(regex, "", regex=True).astype(float)
    out = long_frame(frame, "c", "y", {"value": "v"}).assign(flag=list(frame["flag"]))
    case(f"footnote_{at}.csv", text, LONG.format(e="c", t="y", c="v") + f'numbers: {{flags: ["{pattern}"]}}', out)
    case(f"footnote_undeclared_{at}.csv", text, LONG.format(e="c", t="y", c="v"), refused=["text in a number", "flags: ["])
case("footnote_run_in.csv", "c,y,v\nA,2000,12.31)\nA,2001,13.25\n", LONG.format(e="c", t="y", c="v") + 'numbers: {flags: ["{digits})"]}', refused=["12.31)"])

# --- Years as headers -------------------------------------------------------------------------------------------------
YEARS = {
    "wdi_databank.csv": ("1997 [YR1997]", "1998 [YR1998]"),
    "fiscal_monitor.csv": ("FY1997", "FY 1998"),
    "r_names.csv": ("X1997", "X1998"),
    "stata_names.csv": ("y1997", "y1998"),
    "nbs_years.csv": ("1997年", "1998 年"),
    "nbs_year_ends.csv": ("1997年末", "1998年底"),
    "provisional_letters.csv": ("1997p", "1998 E"),
    "provisional_marks.csv": ("1997*", "1998†"),
    "provisional_words.csv": ("1997 (est.)", "1998 prel."),
    "nbs_forecasts.csv": ("1997(预计)", "1998（预测）"),
    "decimal_years.csv": ("1997.0", "1998.00"),
}
for name, headers in YEARS.items():
    text = f"Country,Code,{headers[0]},{headers[1]}\nAland,ALA,1.5,..\nBorland,BOR,2.25,3\n"
    frame = csv(text, na_values=[".."])
    case(name, text, WIDE.format(e="Country") + 'missing: [".."]\ncovers: [1997, 1998]', wide_frame(frame, "Country", dict(zip(headers, (1997, 1998))), "v"))
for at, (first, second) in enumerate([("1997/98", "1998/99"), ("1997-98", "1998-99"), ("1997/1998", "1998/1999")]):
    text = f"Country,{first},{second}\nAland,1.5,2\n"
    for side, years in (("first", (1997, 1998)), ("last", (1998, 1999))):
        case(f"rbi_spans_{side}_{at}.csv", text, WIDE.format(e="Country") + f"year_span: {side}", wide_frame(csv(text), "Country", dict(zip((first, second), years)), "v"))
    case(f"rbi_spans_undeclared_{at}.csv", text, WIDE.format(e="Country"), refused=["year_span"])
text = "Country,1997,1998,1999-2000,Change 1997\nAland,1,2,3,4\n"
case("unread_headers.csv", text, WIDE.format(e="Country"), wide_frame(csv(text), "Country", {"1997": 1997, "1998": 1998}, "v"), warned=['"1999-2000" (D1)', '"Change 1997" (E1)'])
case("promised_years.csv", text, WIDE.format(e="Country") + "covers: [1997, 2000]", refused=["`covers` promises 1997 to 2000", "1999, 2000"])
case("second_column.csv", "Country,1997a,1997b\nAland,1,2\n", WIDE.format(e="Country"), refused=["a second column for 1997b"])
case("no_base_year.csv", "Country,1997=100,1998=100\nAland,1,2\n", WIDE.format(e="Country"), refused=["no header in row 1 is a year"])

# World Bank's WDI bulk files: preamble of four lines, quotation marks, a comma at each line's end.
text = ('"Data Source","World Development Indicators",\n\n"Last Updated Date","2023-07-25",\n\n'
        '"Country Name","Country Code","Indicator Name","Indicator Code","1960","1961",\n'
        '"Aruba","ABW","Population, total","SP.POP.TOTL","54608","55811",\n"Africa Eastern and Southern","AFE","Population, total","SP.POP.TOTL","","133534923",\n')
frame = csv(text, skiprows=4, skip_blank_lines=False, index_col=False)
case("wdi_bulk.csv", text, WIDE.format(e="Country Name") + "header_row: 5\ncovers: [1960, 1961]", wide_frame(frame, "Country Name", {"1960": 1960, "1961": 1961}, "v"))
# DataBank: several series in rows, notes under the table.
text = ("Country Name,Country Code,Series Name,Series Code,1997 [YR1997],1998 [YR1998]\nAruba,ABW,Exports,NE.EXP,72.5,..\nAruba,ABW,Imports,NE.IMP,..,71.25\n"
        "Belize,BLZ,Exports,NE.EXP,50,51\nBelize,BLZ,Imports,NE.IMP,60,61\n,,,,,\n,,,,,\nData from database: World Development Indicators,,,,,\nLast Updated: 07/25/2023,,,,,\n")
frame = csv(text, na_values=[".."]).dropna(subset=["Country Code"])
melted = frame.melt(id_vars=["Country Name", "Series Name"], value_vars=["1997 [YR1997]", "1998 [YR1998]"], var_name="header", value_name="value")
out = pd.DataFrame({"entity": melted["Country Name"], "time": melted["header"].str[:4], "variable": melted["Series Name"].map({"Exports": "x", "Imports": "m"}), "value": melted["value"]})
case("databank_footer.csv", text, 'format: csv\nlayout: wide\nentity: Country Name\nvariable_column: Series Name\nmissing: [".."]\ncovers: [1997, 1998]\ncolumns:\n  - {column: Exports, variable: x}\n  - {column: Imports, variable: m}', out,
     warned=["skipped 2 rows with text but without a key"])
# World Bank's long export with notes under it.
text = "Country,Year,Value\nAruba,1997,1.5\nAruba,1998,2\n\nSource: World Bank\nNote: provisional\n"
case("long_footer.csv", text, LONG.format(e="Country", t="Year", c="Value"), long_frame(csv(text, nrows=2), "Country", "Year", {"Value": "v"}), warned=["skipped 2 rows"])
case("heading_within.csv", "Country,Year,Value\nAruba,1997,1.5\nAsia\nBhutan,1997,2\n", LONG.format(e="Country", t="Year", c="Value"), refused=["no year in a row that has the entity"])

# --- Headers of several rows --------------------------------------------------------------------------------------------
# WGI: years over measures, cells of the years merged.
text = ("Voice and Accountability,,,,,\n,,1996,,1998,\nCountry/Territory,Code,Estimate,StdErr,Estimate,StdErr\nAruba,ABW,0.5,0.25,0.75,0.125\nAlbania,ALB,-0.5,0.2,#N/A,0.3\n")
frame = csv(text, skiprows=2, na_values=["#N/A"])
rows = []
for year, estimate, error in ((1996, "Estimate", "StdErr"), (1998, "Estimate.1", "StdErr.1")):
    for variable, column in (("est", estimate), ("se", error)):
        rows.append(pd.DataFrame({"entity": frame["Country/Territory"], "time": year, "variable": variable, "value": frame[column]}))
case("wgi.csv", text, 'format: csv\nlayout: wide\nentity: Country/Territory\nheader_row: 2\nheader_rows: 2\nmissing: ["#N/A"]\ncovers: [1996, 1998]\ngap_years: [1997]\ncolumns:\n  - {column: Estimate, variable: est}\n  - {column: StdErr, variable: se}', pd.concat(rows))
case("wgi_one_row.csv", text, 'format: csv\nlayout: wide\nentity: Country/Territory\nheader_row: 2\nmissing: ["#N/A"]\ncolumns:\n  - {variable: est}', refused=["Country/Territory"])
# The same turned round: measures over years.
text = ("Country,GDP,,Population,\n,2000,2001,2000,2001\nAruba,1.5,2,10,11\nBelize,3,4,20,21\n")
frame = csv(text, header=[0, 1])
frame.columns = ["Country", "g0", "g1", "p0", "p1"]
out = pd.concat([pd.DataFrame({"entity": frame["Country"], "time": year, "variable": variable, "value": frame[column]})
                 for column, variable, year in (("g0", "gdp", 2000), ("g1", "gdp", 2001), ("p0", "pop", 2000), ("p1", "pop", 2001))])
case("measures_over_years.csv", text, "format: csv\nlayout: wide\nentity: Country\nheader_rows: 2\ncolumns:\n  - {column: GDP, variable: gdp}\n  - {column: Population, variable: pop}", out)
# A yearbook: three rows, a row of units under them, long.
text = ("地区,年份,工业,,农业\n,,总产值,增加值,总产值\n,,(亿元),(亿元),(亿元)\n甲市,2000,1.5,2.5,3.5\n乙市,2000,4,5,6\n")
frame = csv(text, skiprows=3, header=None, names=["c", "y", "a", "b", "d"])
case("yearbook_three_rows.csv", text, 'format: csv\nentity: 地区\ntime: 年份\nheader_rows: 2\nheader_join: "·"\nskip_rows: 1\ncolumns:\n  - {column: 工业·总产值, variable: a}\n  - {column: 工业·增加值, variable: b}\n  - {column: 农业·总产值, variable: d}', long_frame(frame, "c", "y", {"a": "a", "b": "b", "d": "d"}))
# Barro and Ursúa: a row of codes under the header.
text = "Year,Argentina,Australia\nindex,ARG,AUS\n1870,10.5,20.25\n1871,..,21\n"
frame = csv(text, skiprows=[1], na_values=[".."]).melt(id_vars="Year", var_name="entity", value_name="value").assign(time=lambda f: f["Year"], variable="v")
case("barro_ursua.csv", text, 'format: csv\nlayout: entities_across\ntime: Year\nskip_rows: 1\nmissing: [".."]\ncolumns:\n  - {variable: v}', frame)
# Maddison: countries across, two header rows of which the second counts.
text = "Modern boundaries,,\nYear,France,Germany\n1820,1442.5,\n1821,1500,1200.25\n"
frame = csv(text, skiprows=1).melt(id_vars="Year", var_name="entity", value_name="value").assign(time=lambda f: f["Year"], variable="v")
case("maddison.csv", text, "format: csv\nlayout: entities_across\ntime: Year\nheader_row: 2\ncolumns:\n  - {variable: v}", frame)

# --- Columns without a header ------------------------------------------------------------------------------------------
# IFS: nothing over the names; years, quarters and months beside one another.
text = ",,1990,1991,1990Q1,1990Q2,1990M1\nAruba,..A,1,2,0.25,0.5,0.125\nBelize,..B,3,4,0.75,1,0.25\n"
frame = csv(text).rename(columns={"Unnamed: 0": "c"})
case("ifs_years.csv", text, WIDE.format(e="column A"), wide_frame(frame, "c", {"1990": 1990, "1991": 1991}, "v"), warned=['"1990Q1" (E1)'])
case("ifs_quarters.csv", text, WIDE.format(e="column 1") + "period: {frequency: quarter}", wide_frame(frame, "c", {"1990Q1": "1990Q1", "1990Q2": "1990Q2"}, "v"))
case("ifs_months.csv", text, WIDE.format(e="column A") + "period: {frequency: month}", wide_frame(frame, "c", {"1990M1": "1990-01"}, "v"))
# Statistics Estonia: two key columns without headers.
text = ",,Value\nHarju,2000,1.5\nTartu,2000,2.5\n"
frame = csv(text).rename(columns={"Unnamed: 0": "c", "Unnamed: 1": "y"})
case("estonia.csv", text, "format: csv\nentity: column A\ntime: column B\ncolumns:\n  - {column: Value, variable: v}", long_frame(frame, "c", "y", {"Value": "v"}))
# Two columns under one header.
text = "c,y,v,v\nA,2000,1,2\n"
case("doubled_header.csv", text, LONG.format(e="c", t="y", c="column D"), long_frame(csv(text), "c", "y", {"v.1": "v"}))

# --- Times in rows ------------------------------------------------------------------------------------------------------
# FRED: the first day of each period.
text = "DATE,GDP\n1947-01-01,243.164\n1947-04-01,245.968\n1947-07-01,.\n"
frame = csv(text, na_values=["."])
frame["q"] = pd.PeriodIndex(pd.to_datetime(frame["DATE"]), freq="Q").astype(str)
case("fred_quarters.csv", text, 'format: csv\ntime: DATE\nperiod: {frequency: quarter}\nmissing: ["."]\nnumbers: {decimal: "."}\ncolumns:\n  - {column: GDP, variable: v}', long_frame(frame, None, "q", {"GDP": "v"}))
case("fred_quarters_open.csv", text, 'format: csv\ntime: DATE\nperiod: {frequency: quarter}\nmissing: ["."]\ncolumns:\n  - {column: GDP, variable: v}', refused=["can be read in two ways"])
text = "observation_date,UNRATE\n1948-01-01,3.4\n1948-02-01,3.8\n"
frame = csv(text)
frame["m"] = pd.PeriodIndex(pd.to_datetime(frame["observation_date"]), freq="M").astype(str)
case("fred_months.csv", text, "format: csv\ntime: observation_date\nperiod: {frequency: month}\ncolumns:\n  - {column: UNRATE, variable: v}", long_frame(frame, None, "m", {"UNRATE": "v"}))
text = "DATE,POP\n1959-01-01,177829.5\n1960-01-01,180671\n"
frame = csv(text)
frame["year"] = pd.to_datetime(frame["DATE"]).dt.year
case("fred_years.csv", text, "format: csv\ntime: DATE\nperiod: {frequency: year}\ncovers: [1959, 1960]\ncolumns:\n  - {column: POP, variable: v}", long_frame(frame, None, "year", {"POP": "v"}))
case("fred_years_undeclared.csv", text, "format: csv\ntime: DATE\ncolumns:\n  - {column: POP, variable: v}", refused=["a date where a year is due", "period: {frequency: year}"])
case("fred_within.csv", "DATE,GDP\n1947-02-15,1\n", "format: csv\ntime: DATE\nperiod: {frequency: quarter}\ncolumns:\n  - {column: GDP, variable: v}", refused=["1947-02-15"])
# OECD (SDMX-CSV): many columns of keys, flags in a column of their own.
text = ("LOCATION,INDICATOR,SUBJECT,MEASURE,FREQUENCY,TIME,Value,Flag Codes\nAUS,GDP,TOT,USD_CAP,A,2019,53000.5,\nAUS,GDP,TOT,USD_CAP,A,2020,54000,P\n"
        "AUS,GDP,TOT,USD_CAP,Q,2020-Q1,1,\n")
frame = csv(text)
frame = frame[frame["FREQUENCY"] == "A"]
case("oecd_years.csv", text, "format: csv\nentity: LOCATION\ntime: TIME\nwhere: {FREQUENCY: A}\ncolumns:\n  - {column: Value, variable: v}", long_frame(frame, "LOCATION", "TIME", {"Value": "v"}))
frame = csv(text)
frame = frame[frame["FREQUENCY"] == "Q"].assign(TIME="2020Q1")
case("oecd_quarters.csv", text, "format: csv\nentity: LOCATION\ntime: TIME\nperiod: {frequency: quarter}\nwhere: {FREQUENCY: Q}\ncolumns:\n  - {column: Value, variable: v}", long_frame(frame, "LOCATION", "TIME", {"Value": "v"}))
# Penn World Table, SWIID, Polity: plain long files.
text = "countrycode,country,year,rgdpe,pop\nABW,Aruba,1970,\"1,234.5\",0.0590\nABW,Aruba,1971,\"1,300.25\",0.0592\n"
frame = csv(text, thousands=",")
case("pwt.csv", text, "format: csv\nentity: countrycode\ntime: year\ncolumns:\n  - {column: rgdpe, variable: y}\n  - {column: pop, variable: p}", long_frame(frame, "countrycode", "year", {"rgdpe": "y", "pop": "p"}))
text = "country,year,polity2\nAlbania,1990,-66\nAlbania,1991,5\nAlbania,1992,-77\n"
frame = csv(text, na_values={"polity2": [-66, -77, -88]})
case("polity5.csv", text, 'format: csv\nentity: country\ntime: year\nmissing: ["-66", "-77", "-88"]\ncolumns:\n  - {column: polity2, variable: v, type: integer}', long_frame(frame, "country", "year", {"polity2": "v"}))
# IMF's WEO: UTF-16, tabs, thousands, n/a and --, estimates.
text = "ISO\tWEO Subject Code\tCountry\t2019\t2020\nAFG\tNGDP\tAfghanistan\t1,234.567\t1,345.678\nALB\tNGDP\tAlbania\tn/a\t--\n"
frame = pd.read_csv(io.StringIO(text), sep="\t", thousands=",", na_values=["n/a", "--"])
case("weo.tsv", text, 'format: tsv\nencoding: utf-16le\nlayout: wide\nentity: ISO\nmissing: ["n/a", "--"]\ncolumns:\n  - {variable: v}', wide_frame(frame, "ISO", {"2019": 2019, "2020": 2020}, "v"), encoding="utf-16")
# NBS of China: GB18030, years downwards.
text = "指标,2003年,2002年\n甲市,1.5,2\n乙市,…,3\n注：数据来源于国家统计局\n"
frame = csv(text, na_values=["…"], nrows=2)
case("nbs.csv", text, WIDE.format(e="指标") + 'encoding: gb18030\nmissing: ["…"]', wide_frame(frame, "指标", {"2003年": 2003, "2002年": 2002}, "v"), encoding="gb18030", warned=["skipped 1 row"])
# Ids of 18 digits, and as doubles that became text.
text = "id,y,v\n110101199001011234,2000,1\n410032.0,2000,2\n"
frame = csv(text, dtype={"id": str})
frame["id"] = frame["id"].str.replace(r"\.0$", "", regex=True)
case("ids.csv", text, LONG.format(e="id", t="y", c="v"), long_frame(frame, "id", "y", {"v": "v"}))

# --- Names filled down ------------------------------------------------------------------------------------------------
# A region once over its years.
text = "Region,Year,GDP\nNorth,2019,1.5\n,2020,2.5\nSouth,2019,3.5\n,2020,\n"
frame = csv(text)
frame["Region"] = frame["Region"].ffill()
FILL = LONG.format(e="Region", t="Year", c="GDP") + "fill: {Region: down}"
case("filled.csv", text, FILL, long_frame(frame, "Region", "Year", {"GDP": "v"}))
case("filled_undeclared.csv", text, LONG.format(e="Region", t="Year", c="GDP"), refused=["A3: no entity in a row that has the year", "`fill: {Region: down}`"])
case("filled_from_nothing.csv", "Region,Year,GDP\n,2019,1.5\nSouth,2019,3.5\n", FILL, refused=["A2: no entity, and none to fill down: the cells above it are blank, too"])
# Names on rows of their own over the rows that they are of, a blank row, and a note under the table.
text = "Region,Year,GDP\nNorth,,\n,2019,1.5\n,2020,2.5\n,,\nSouth,,\n,2019,3.5\nSource: office,,\n"
frame = csv(text, nrows=6)
frame["Region"] = frame["Region"].ffill()
case("filled_headings.csv", text, FILL, long_frame(frame[frame["Year"].notna()].astype({"Year": int}), "Region", "Year", {"GDP": "v"}), warned=["skipped 1 row with text but without a key, the first of them row 8", 'taken for the names of the rows under them: "North" (row 2), "South" (row 6)'])
# Two levels: a region's first row names no city, which isn't that of the region above.
text = "Region,City,Year,v\nNorth,A,2019,1\n,,2020,2\n,B,2019,3\nSouth,C,2019,4\n,,2020,5\n"
frame = csv(text)
frame[["Region", "City"]] = frame[["Region", "City"]].ffill()
TWO = "format: csv\nentity: Region\ncategory: City\ntime: Year\nfill: {Region: down, City: down}\ncolumns:\n  - {column: v, variable: v}"
case("filled_twice.csv", text, TWO, long_frame(frame, "Region", "Year", {"v": "v"}, category="City"))
case("filled_anew.csv", "Region,City,Year,v\nNorth,A,2019,1\nSouth,,2019,4\n", TWO, refused=["B3: no category, and none to fill down: the row begins something new in column A"])
# A year over its months, in a table of several countries across.
text = "Year,Month,Austria,Belgium\n2019,Nov,1.5,2.5\n,Dec,1.6,2.6\n2020,Jan,1.7,\n"
frame = csv(text)
frame["Year"] = frame["Year"].ffill().astype(int)
frame["time"] = pd.to_datetime(frame["Year"].astype(str) + frame["Month"], format="%Y%b").dt.strftime("%Y-%m")
melted = frame.melt(id_vars=["time"], value_vars=["Austria", "Belgium"], var_name="entity").assign(variable="v")
case("filled_years.csv", text, "format: csv\nlayout: entities_across\ntime: Year\nwithin_year: [Month]\nperiod: {frequency: month}\nfill: {Year: down}\ncolumns:\n  - {variable: v}", melted)
# A wide table whose rows are filled down: an indicator of each region.
text = "Region,Indicator,2019,2020\nNorth,GDP,1,2\n,Pop,3,4\nSouth,GDP,5,6\n,Pop,7,8\n"
frame = csv(text)
frame["Region"] = frame["Region"].ffill()
melted = frame.melt(id_vars=["Region", "Indicator"], var_name="time", value_name="value").rename(columns={"Region": "entity"})
melted["variable"] = melted["Indicator"].map({"GDP": "gdp", "Pop": "pop"})
case("filled_wide.csv", text, "format: csv\nlayout: wide\nentity: Region\nvariable_column: Indicator\nfill: {Region: down}\ncolumns:\n  - {column: GDP, variable: gdp}\n  - {column: Pop, variable: pop}", melted)

# --- Times in several columns -------------------------------------------------------------------------------------------
text = "region,year,quarter,v\nN,2019,3,1.5\nN,2019,4,2.5\nS,2019,Q4,3.5\nS,2020,1.0,4.5\n"
frame = csv(text, dtype=str)
frame["time"] = frame["year"] + "Q" + frame["quarter"].str.extract(r"(\d)")[0]
frame["v"] = frame["v"].astype(float)
WITHIN = "format: csv\nentity: region\ntime: year\nwithin_year: [{w}]\nperiod: {{frequency: {f}}}\ncolumns:\n  - {{column: v, variable: v}}\n"
case("year_and_quarter.csv", text, WITHIN.format(w="quarter", f="quarter"), long_frame(frame, "region", "time", {"v": "v"}))
case("year_and_quarter_five.csv", "region,year,quarter,v\nN,2019,5,1.5\n", WITHIN.format(w="quarter", f="quarter"), refused=['C2: "5" is no quarter of a year', "not_times"])
# The Bureau of Labor Statistics: a year's mean is the thirteenth month.
text = "series,year,period,v\nA,2019,M01,1\nA,2019,M12,2\nA,2019,M13,1.5\n"
frame = csv(text)
frame = frame[frame["period"] != "M13"]
frame["time"] = frame["year"].astype(str) + "-" + frame["period"].str[1:]
BLS = "format: csv\nentity: series\ntime: year\nwithin_year: [period]\nperiod: {frequency: month}\ncolumns:\n  - {column: v, variable: v}\n"
case("bls_thirteen.csv", text, BLS + "not_times: [M13]", long_frame(frame, "series", "time", {"v": "v"}))
case("bls_thirteen_undeclared.csv", text, BLS, refused=['C4: "M13" is no month of a year', "`not_times: [M13]`"])
text = "station,yr,mo,dy,v\nA,2020,2,28,1\nA,2020,02,29,2\nA,2020,Mar,1,3\n"
frame = csv(text, dtype=str)
frame["time"] = ["2020-02-28", "2020-02-29", "2020-03-01"]
frame["v"] = frame["v"].astype(float)
DAYS = "format: csv\nentity: station\ntime: yr\nwithin_year: [mo, dy]\nperiod: {frequency: day}\ncolumns:\n  - {column: v, variable: v}\n"
case("year_month_day.csv", text, DAYS, long_frame(frame, "station", "time", {"v": "v"}))
case("year_month_day_none.csv", "station,yr,mo,dy,v\nA,2019,2,29,1\n", DAYS, refused=['D2: the year 2019 has no "2" "29"'])

# --- Months or quarters down, years across --------------------------------------------------------------------------------
text = "Month,2019,2020\n" + "".join(f"{month},{at + 0.5},{'' if at > 5 else at + 20.25}\n" for at, month in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())) + "Average,6,\n"
frame = csv(text)
frame = frame[frame["Month"] != "Average"]
melted = frame.melt(id_vars=["Month"], var_name="year", value_name="value").assign(variable="v")
melted["time"] = pd.to_datetime(melted["year"] + melted["Month"], format="%Y%b").dt.strftime("%Y-%m")
DOWN = "format: csv\nlayout: wide\nwithin_year: [Month]\nperiod: {frequency: month}\ncolumns:\n  - {variable: v}\n"
case("months_down.csv", text, DOWN + "not_times: [Average]\ncovers: [2019, 2020]", melted[["time", "value", "variable"]])
case("months_down_undeclared.csv", text, DOWN, refused=['A14: "Average" is no month of a year', "`not_times: [Average]`"])
text = "Country;Quarter;2019;2020\nAT;I;1;2\n;II;3;4\nBE;I;5;6\n;II;7;\n"
frame = csv(text, sep=";")
frame["Country"] = frame["Country"].ffill()
melted = frame.melt(id_vars=["Country", "Quarter"], var_name="year", value_name="value").rename(columns={"Country": "entity"}).assign(variable="v")
melted["time"] = melted["year"] + melted["Quarter"].map({"I": "Q1", "II": "Q2"})
case("quarters_down.csv", text, 'format: csv\ndelimiter: ";"\nlayout: wide\nentity: Country\nwithin_year: [Quarter]\nperiod: {frequency: quarter}\nfill: {Country: down}\ncolumns:\n  - {variable: v}', melted)

# --- Periods in the words of statistics offices ---------------------------------------------------------------------------
def periods(name, frequency, texts, times, **more):
    text = "c;when;v\n" + "".join(f"A;{one};{at + 0.5}\n" for at, one in enumerate(texts))
    fields = f'format: csv\ndelimiter: ";"\nentity: c\ntime: when\nperiod: {{frequency: {frequency}}}\ncolumns:\n  - {{column: v, variable: v}}'
    frame = None
    if times:
        # What the office's own notes say these texts are, as pandas counts periods.
        index = pd.PeriodIndex(times, freq={"quarter": "Q", "month": "M"}[frequency])
        frame = pd.DataFrame({"entity": "A", "time": index.astype(str), "value": [at + 0.5 for at in range(len(texts))], "variable": "v"})
    case(name, text, fields, frame, **more)


QUARTERS = ["2020Q1", "2020Q2", "2020Q3", "2020Q4"]
MONTHS = [f"2020-{month:02}" for month in range(1, 13)]
for office, texts in {
    "sidra": [f"{at}º trimestre 2020" for at in range(1, 5)],
    "abs": ["Mar-2020", "Jun-2020", "Sep-2020", "Dec-2020"],
    "eurostat": ["2020-Q1", "2020-Q2", "2020Q3", "2020Q4"],
    "istat": ["T1-2020", "T2-2020", "T3-2020", "T4-2020"],
    "insee": ["2020-T1", "2020-T2", "2020-T3", "2020-T4"],
    "insee_words": ["1er trimestre 2020", "2e trimestre 2020", "3ème trimestre 2020", "4e trim. 2020"],
    "destatis": ["1. Quartal 2020", "2. Quartal 2020", "3. Quartal 2020", "4. Quartal 2020"],
    "kostat": ["2020.1/4", "2020.2/4", "2020년 3/4분기", "2020년 4분기"],
    "esri": ["2020年1～3月期", "2020年4～6月期", "2020年7-9月期", "令和2年10～12月期"],
    "nbs": ["2020年1季度", "2020年第二季度", "2020年三季度", "2020年第4季度"],
    "rosstat": ["I квартал 2020", "II квартал 2020 г.", "III кв. 2020", "4 квартал 2020 года"],
    "oecd": ["Q1-2020", "Q2-2020", "Q3 2020", "2020-Q4"],
    "scandinavian": ["2020K1", "2020K2", "2020K3", "2020K4"],
    "gus": ["I kwartał 2020", "II kw. 2020", "III kw. 2020", "IV/2020"],
    "cso": ["Quarter 1 2020", "2nd quarter 2020", "Third quarter of 2020", "2020 4th Quarter"],
    "spans": ["Jan-Mar 2020", "April to June 2020", "2020 Jul-Sep", "октябрь-декабрь 2020"],
    "ksh": ["2020. I. negyedév", "2020. II. negyedév", "2020. III. negyedév", "2020. IV. negyedév"],
    "tuik": ["I. Çeyrek 2020", "II. Çeyrek 2020", "III. Çeyrek 2020", "IV. Çeyrek 2020"],
}.items():
    periods(f"periods_{office}.csv", "quarter", texts, QUARTERS)
for office, texts in {
    "sidra": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
    "destatis": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "insee": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(),
    "ine": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "istat": "gen feb mar apr mag giu lug ago set ott nov dic".split(),
    "rosstat": "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь".split(),
    "gus": "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik".split(),
    "tuik": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık".split(),
    "scb": "januari februari mars april maj juni juli augusti september oktober november december".split(),
}.items():
    periods(f"months_{office}.csv", "month", [f"{text} 2020" for text in texts], MONTHS[:len(texts)])
periods("months_imf.csv", "month", [f"2020M{month}" for month in range(1, 13)], MONTHS)
periods("months_kostat.csv", "month", [f"2020.{month:02}월" for month in range(1, 13)], MONTHS)
periods("months_of.csv", "month", ["janeiro de 2020", "Februar 2020", "март 2020 г.", "2020. április"], MONTHS[:4])
# What adds up from January on, counts within a fiscal year, or is of three months that are no quarter.
periods("cumulative_nbs.csv", "quarter", ["2020年1-3月", "2020年1-6月"], None, refused=["B3: `2020年1-6月` is of the months from January on (a cumulative figure)", "not_times"])
periods("cumulative_months.csv", "month", ["2020年1-2月"], None, refused=["from January on (a cumulative figure)"])
periods("cumulative_russian.csv", "quarter", ["январь-сентябрь 2020"], None, refused=["from January on (a cumulative figure)"])
periods("fiscal_quarters.csv", "quarter", ["FY2020 Q1"], None, refused=["counts within a fiscal year"])
periods("fiscal_quarters_japan.csv", "quarter", ["2020年度第1四半期"], None, refused=["counts within a fiscal year"])
periods("rolling_quarters.csv", "quarter", ["Feb-Apr 2020"], None, refused=["that are no quarter"])
periods("two_months.csv", "month", ["listopad 2020"], None, refused=["the month 2020-10 or the month 2020-11"])
# ABS, undeclared: a month, or a quarter by its last.
case("abs_undeclared.csv", "c,when,v\nA,Mar-2020,1\nA,Jun-2020,2\n", LONG.format(e="c", t="when", c="v"), refused=["a month where a year is due: Mar-2020", "`period: {frequency: quarter}` if only every third"])
periods("abs_months.csv", "month", ["Mar-2020", "Jun-2020"], ["2020-03", "2020-06"])
# FRED, several series side by side.
text = "observation_date,Austria,Belgium\n2020-01-01,1.5,2.5\n2020-04-01,3.5,4.5\n"
frame = csv(text).melt(id_vars=["observation_date"], var_name="entity").assign(variable="v")
frame["time"] = pd.PeriodIndex(pd.to_datetime(frame["observation_date"]), freq="Q").astype(str)
case("quarters_across.csv", text, "format: csv\nlayout: entities_across\ntime: observation_date\nperiod: {frequency: quarter}\ncolumns:\n  - {variable: v}", frame)

# --- Read right or refuse: what has two readings -----------------------------------------------------------------------
# 3-2020 where quarters are due: the third, or March, with which the first ends; another text of the column may decide it.
periods("numbered_open.csv", "quarter", ["3-2019", "3-2020"], None, refused=["`3-2019` may be the quarter 2019Q3 or, by the month with which it ends, the quarter 2019Q1", "number: period", "number: month"])
periods("numbered_decided.csv", "quarter", ["1-2020", "2-2020", "3-2020", "4-2020"], ["2020Q1", "2020Q2", "2020Q3", "2020Q4"])
periods("numbered_months_undeclared.csv", "quarter", ["6-2020", "9-2020"], None, refused=["a year has 4 quarters", "`period: {frequency: quarter, number: month}`"])
NUMBERED = "format: csv\nentity: c\ntime: when\nperiod: {frequency: quarter, number: %s}\ncolumns:\n  - {column: v, variable: v}"
text = "c,when,v\nA,3-2020,1\nA,06-2020,2\nA,9-2020,3\nA,2020-12,4\n"
frame = csv(text).assign(entity="A", variable="v").rename(columns={"v": "value"})
frame["time"] = pd.PeriodIndex(["2020-03", "2020-06", "2020-09", "2020-12"], freq="M").asfreq("Q").astype(str)
case("numbered_by_month.csv", text, NUMBERED % "month", frame)
text = "c,when,v\nA,3-2019,1\nA,3-2020,2\n"
frame = csv(text).assign(entity="A", variable="v", time=["2019Q3", "2020Q3"]).rename(columns={"v": "value"})
case("numbered_by_period.csv", text, NUMBERED % "period", frame)

# Years of two digits: in a column beside their quarter, under years across, alone; the cure keeps what is declared.
WITHIN = "format: csv\nentity: c\ntime: y\nwithin_year: [q]\nperiod: {frequency: quarter%s}\ncolumns:\n  - {column: v, variable: v}"
text = "c,y,q,v\nA,98,4,1\nA,99,1,2\nA,00,2,3\nA,05,3,4\n"
frame = csv(text, dtype={"y": str}).assign(entity="A", variable="v").rename(columns={"v": "value"})
frame["time"] = pd.to_datetime(frame["y"], format="%y").dt.year.astype(str) + "Q" + frame["q"].astype(str)
case("century_within.csv", text, WITHIN % ", century: 1950", frame)
case("century_within_undeclared.csv", text, WITHIN % "", refused=["98 can't be a year", "`period: {frequency: quarter, century: 1950}`"])
text = "c,month,98,99\nA,Jan,1,2\nA,Feb,3,4\n"
frame = csv(text).melt(id_vars=["c", "month"], var_name="y").assign(variable="v").rename(columns={"c": "entity"})
frame["time"] = pd.to_datetime(frame["y"] + frame["month"], format="%y%b").dt.strftime("%Y-%m")
case("century_across.csv", text, "format: csv\nlayout: wide\nentity: c\nwithin_year: [month]\nperiod: {frequency: month, century: 1950}\ncolumns:\n  - {variable: v}", frame)
case("century_quarters_undeclared.csv", "c,when,v\nA,Q1 90,1\n", "format: csv\nentity: c\ntime: when\nperiod: {frequency: quarter}\ncolumns:\n  - {column: v, variable: v}",
     refused=["two digits", "`period: {frequency: quarter, century: 1950}`"])

# Weeks of ISO 8601: 2020 has 53, 2021 has 52.
WEEKS = "format: csv\nentity: c\ntime: y\nwithin_year: [w]\nperiod: {frequency: week}\ncolumns:\n  - {column: v, variable: v}"
text = "c,y,w,v\nA,2020,53,1\nA,2021,1,2\n"
frame = csv(text).assign(entity="A", variable="v").rename(columns={"v": "value"})
frame["time"] = [pd.Timestamp.fromisocalendar(y, w, 1).strftime("%G-W%V") for y, w in zip(frame["y"], frame["w"])]
case("weeks_iso.csv", text, WEEKS, frame)
case("weeks_none.csv", "c,y,w,v\nA,2021,53,1\n", WEEKS, refused=['the year 2021 has no week "53"', "2021 has 52 weeks of ISO 8601", "frequency `day`"])
periods("weeks_none_in_one.csv", "week", ["2021-W53"], None, refused=["2021 has 52 weeks of ISO 8601"])
text = "c,w,2020,2021\nA,52,1,2\nA,53,3,\n"
frame = csv(text).melt(id_vars=["c", "w"], var_name="y").assign(variable="v").rename(columns={"c": "entity"})
frame = frame[~((frame["y"] == "2021") & (frame["w"] == 53))]
frame["time"] = frame["y"] + "-W" + frame["w"].astype(str)
ACROSS = "format: csv\nlayout: wide\nentity: c\nwithin_year: [w]\nperiod: {frequency: week}\ncolumns:\n  - {variable: v}"
case("weeks_across.csv", text, ACROSS, frame)
case("weeks_across_none.csv", "c,w,2020,2021\nA,53,3,4\n", ACROSS, refused=["a value of week 53, which 2021 hasn't", "2021 has 52 weeks"])

# Marks beside periods, down and across: kept where they are declared, and refused with the cure where not.
MARKS = 'format: csv\nentity: c\ntime: when\nperiod: {frequency: %s}\ncolumns:\n  - {column: v, variable: v}'
text = "c,when,v\nA,2019Q4,1\nA,2020Q1p,2\nA,Q2 2020 (e),3\n"
frame = csv(text).assign(entity="A", variable="v", time=["2019Q4", "2020Q1", "2020Q2"], flag=["", "p", "(e)"]).rename(columns={"v": "value"})
case("marked_quarters.csv", text, MARKS % "quarter" + '\nnumbers: {flags: [p, "(e)"]}', frame, warned=["read as quarters, with a mark beside them", '"2020Q1p" (B3)'])
case("marked_quarters_undeclared.csv", text, MARKS % "quarter", refused=["`2020Q1p` is the quarter 2020Q1 with a mark beside it", "`numbers: {flags: [p]}`"])
case("marked_months_undeclared.csv", "c,when,v\nA,2020-03 (e),3\n", MARKS % "month", refused=["is the month 2020-03 with a mark beside it", '"(e)"'])
text = "c,2019Q4,2020Q1p\nA,1,2\nB,3,4\n"
frame = csv(text).melt(id_vars=["c"], var_name="time").assign(variable="v").rename(columns={"c": "entity"})
frame["flag"] = frame["time"].str.extract(r"Q\d(p)")[0].fillna("")
frame["time"] = frame["time"].str.rstrip("p")
MARKED = "format: csv\nlayout: wide\nentity: c\nperiod: {frequency: quarter}\ncolumns:\n  - {variable: v}"
case("marked_headers.csv", text, MARKED + "\nnumbers: {flags: [p]}", frame)
case("marked_headers_undeclared.csv", text, MARKED, refused=["`2020Q1p` is the quarter 2020Q1 with a mark beside it"])
text = "c,y,v\nA,2019,1\nA,2020p,2\n"
frame = csv(text).assign(entity="A", variable="v", time=["2019", "2020"], flag=["", "p"]).rename(columns={"v": "value"})
case("marked_years_down.csv", text, LONG.format(e="c", t="y", c="v") + "numbers: {flags: [p]}", frame)

# ESRI: the year stands beside the first quarter alone.
text = '期,GDP\n"1994/ 1- 3.",446277.5\n4- 6.,443789.25\n7- 9.,449250\n10-12.,447000.75\n"1995/ 1- 3.",452000\n4- 6.,457000\n'
frame = csv(text)
year = frame["期"].str.extract(r"^(\d{4})/")[0].ffill()
first = frame["期"].str.replace(r"^\d{4}/", "", regex=True).str.extract(r"(\d+)-")[0].astype(int)
frame = frame.assign(time=year + "Q" + ((first + 2) // 3).astype(str), variable="v").rename(columns={"GDP": "value"})
ESRI = "format: csv\ntime: 期\nperiod: {frequency: quarter}\nfill: {期: year}\ncolumns:\n  - {column: GDP, variable: v}"
case("esri_years_above.csv", text, ESRI, frame)
case("esri_years_undeclared.csv", text, ESRI.replace("\nfill: {期: year}", ""), refused=["`4- 6.` is no period", "`fill: {期: year}`"])
case("esri_years_lost.csv", text.replace('"1995/ 1- 3."', "1- 3."), ESRI, refused=["A6", "a part of a year without its year, which doesn't follow 1994Q4"])

# A mark for missing values where names are filled down; a name of that spelling in another column's cells is one.
FILLED = 'format: csv\nentity: c\ntime: y\nfill: {c: down}\nmissing: [".."]\ncolumns:\n  - {column: v, variable: v}\n'
text = "c,y,v\nA,2000,1\n,2001,2\n..,2000,3\n,2001,4\n"
case("filled_missing.csv", text, FILLED, refused=['A4: ".." stands for a missing value by `missing`', "may be a name here"])
frame = csv(text.replace("..", ""))
frame["c"] = frame["c"].ffill()
frame["y"] = [2000, 2001, 2002, 2003]
case("filled_missing_corrected.csv", text.replace("..,2000", "..,2002").replace(",2001,4", ",2003,4"), FILLED + 'corrections:\n  - {cell: A4, old: "..", new: null, reason: r, source: s}', long_frame(frame, "c", "y", {"v": "v"}))

# Quotation marks behind spaces, and one too many.
text = 'c, y, v\n"A", 2000, 1\n "B, b", 2001, "2"\n'
case("spaced_quotes_undeclared.csv", text, LONG.format(e="c", t="y", c="v"), refused=["A3: a quotation mark behind a space", "`skip_initial_space: true`"])
case("spaced_quotes.csv", text, LONG.format(e="c", t="y", c="v") + "skip_initial_space: true", long_frame(csv(text, skipinitialspace=True), "c", "y", {"v": "v"}))
case("spaced_quote_in_note.csv", 'c,y,v\nA,2000,1\nSource: IMF, "World"\n', LONG.format(e="c", t="y", c="v") + "last_row: 2", long_frame(csv("c,y,v\nA,2000,1\n"), "c", "y", {"v": "v"}))
case("stray_quote.csv", 'c,y,v\nA,2000,"1"x\n', LONG.format(e="c", t="y", c="v"), refused=["stray_quote.csv!C2: text after a closing quotation mark"])
case("stray_quote_over_lines.csv", 'c,y,v\nA,2000,"1\nB,2000,"2"\n', LONG.format(e="c", t="y", c="v"), refused=["stray_quote_over_lines.csv!C2: a quotation mark is opened here, and closed in line 3 alone"])

(HERE / "corpus.json").write_text(json.dumps(CASES, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
print(len(CASES), "cases,", sum(len(case.get("values", [])) for case in CASES), "values; pandas", pd.__version__)
