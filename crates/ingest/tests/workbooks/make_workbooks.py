"""Small workbooks in the layouts of public sources, and what pandas reads in them when each step is written out.

    python3 make_workbooks.py        (Python 3.11; pandas, openpyxl, odfpy, xlwt, xlrd)

writes files/ and workbooks.json; the versions that made them stand in its first entry. Each layout is written as xlsx
(openpyxl), ods (odfpy) and xls (xlwt). Layouts are rebuilt after the sources named beside them; the figures are invented.
Expected values come from pandas' own reading of the file that was written, never from Vintner.
"""
import importlib.metadata
import json
import pathlib
import platform

import openpyxl
import pandas as pd
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

HERE = pathlib.Path(__file__).parent
FILES = HERE / "files"
FILES.mkdir(exist_ok=True)
CASES = []


def corners(merge):
    """First row and column, last row and column; of a row, first and last column."""
    return merge if len(merge) == 4 else (merge[0], merge[1], merge[0], merge[2])


def covered_cells(merges):
    """Cells of merged regions but the first of each."""
    cells = {(row, at) for first_row, first, last_row, last in map(corners, merges) for row in range(first_row, last_row + 1) for at in range(first, last + 1)}
    return cells - {corners(merge)[:2] for merge in merges}


def write_xlsx(path, sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (rows, merges) in sheets.items():
        sheet = book.create_sheet(name)
        for row, cells in enumerate(rows, 1):
            for column, value in enumerate(cells, 1):
                if value is not None:
                    sheet.cell(row, column, value)
        for row, first, last_row, last in map(corners, merges):
            sheet.merge_cells(start_row=row, end_row=last_row, start_column=first, end_column=last)
    book.save(path)


def write_xls(path, sheets):
    book = xlwt.Workbook()
    for name, (rows, merges) in sheets.items():
        sheet = book.add_sheet(name)
        merged = {corners(merge)[:2]: corners(merge)[2:] for merge in merges}
        covered = covered_cells(merges)
        for row, cells in enumerate(rows, 1):
            for column, value in enumerate(cells, 1):
                if (row, column) in merged:
                    sheet.write_merge(row - 1, merged[row, column][0] - 1, column - 1, merged[row, column][1] - 1, value)
                elif value is not None and (row, column) not in covered:
                    sheet.write(row - 1, column - 1, value)
    book.save(str(path))


def write_ods(path, sheets):
    document = OpenDocumentSpreadsheet()
    for name, (rows, merges) in sheets.items():
        table = Table(name=name)
        merged = {corners(merge)[:2]: corners(merge)[2:] for merge in merges}
        covered = covered_cells(merges)
        for row, cells in enumerate(rows, 1):
            line = TableRow()
            for column, value in enumerate(cells, 1):
                if (row, column) in covered:
                    line.addElement(CoveredTableCell())
                    continue
                attributes = {}
                if (row, column) in merged:
                    last_row, last = merged[row, column]
                    attributes = {"numbercolumnsspanned": last - column + 1, "numberrowsspanned": last_row - row + 1}
                if value is None:
                    cell = TableCell(**attributes)
                elif isinstance(value, (int, float)):
                    cell = TableCell(valuetype="float", value=repr(value), **attributes)
                    cell.addElement(P(text=str(value)))
                else:
                    cell = TableCell(valuetype="string", **attributes)
                    cell.addElement(P(text=str(value)))
                line.addElement(cell)
            table.addElement(line)
        document.spreadsheet.addElement(table)
    document.save(str(path))


WRITERS = {"xlsx": write_xlsx, "ods": write_ods, "xls": write_xls}
ENGINES = {"xlsx": "openpyxl", "ods": "odf", "xls": "xlrd"}


def number(value):
    return None if value is None or pd.isna(value) else float(value)


def layout(name, sheets, fields, values, warned=None, refused=None):
    """`sheets` holds rows and merged cells (row, first and last column) by name; `values` makes the rows
    [entity, time, category, variable, value, and a mark where there is one] of the frames that pandas reads, without any header, by sheet."""
    sheets = {key: value if isinstance(value, tuple) else (value, []) for key, value in sheets.items()}
    for ending, write in WRITERS.items():
        file = f"{name}.{ending}"
        write(FILES / file, sheets)
        entry = {"file": file, "fields": [f"format: {ending}", *fields.strip().splitlines()]}
        if refused:
            entry["refused"] = refused
        else:
            frames = pd.read_excel(
                FILES / file, sheet_name=None, header=None, engine=ENGINES[ending], keep_default_na=False, na_values=[""], dtype=object
            )
            rows = [[None if entity is None else str(entity), str(time), category, variable, number(value), "".join(flag)] for entity, time, category, variable, value, *flag in values(frames)]
            entry["values"] = sorted(rows, key=lambda row: [str(part) for part in row])
        if warned:
            entry["warned"] = warned
        CASES.append(entry)


def first(frames):
    return next(iter(frames.values()))


def blank(value, codes=()):
    return None if pd.isna(value) or value in codes else value


def wide(header, entity, years, variable, rows, codes=(), category=None):
    """Values of a table with times in the header row `header`: `years` are the columns and their times."""
    def values(frames):
        frame = first(frames)
        return [
            (frame.iat[row, entity], time, None if category is None else frame.iat[row, category], variable, blank(frame.iat[row, column], codes))
            for row in rows
            for column, time in years.items()
        ]
    return values


def long(rows, entity, time, columns, codes=(), category=None, clean=lambda value: value):
    def values(frames):
        frame = first(frames)
        return [
            (None if entity is None else frame.iat[row, entity], clean(frame.iat[row, time]), None if category is None else frame.iat[row, category], variable, blank(frame.iat[row, column], codes))
            for row in rows
            for column, variable in columns.items()
        ]
    return values


V = "columns:\n  - {variable: v}"

# World Bank, WDI download: preamble, codes, years in two forms.
layout("wdi", {"Data": [
    ["Data Source", "World Development Indicators"], [], ["Last Updated Date", "2024-03-28"],
    ["Country Name", "Country Code", "Indicator Name", "Indicator Code", "1997", "1998"],
    ["Aruba", "ABW", "GDP", "NY.GDP", 1.5, None], ["Angola", "AGO", "GDP", "NY.GDP", 7.25, 6.5]]},
    f"layout: wide\nheader_row: 4\nentity: Country Name\n{V}", wide(3, 0, {4: 1997, 5: 1998}, "v", [4, 5]))
# World Bank, DataBank: series named row by row, `1997 [YR1997]`, `..`.
layout("databank", {"Data": [
    ["Country Name", "Series Name", "1997 [YR1997]", "1998 [YR1998]"],
    ["Chile", "GDP", 1.5, ".."], ["Chile", "Population", 3, 4], ["Peru", "GDP", 5, 6], ["Peru", "Population", "..", 8.5]]},
    'layout: wide\nentity: Country Name\nvariable_column: Series Name\nmissing: [".."]\ncolumns:\n  - {column: GDP, variable: gdp}\n  - {column: Population, variable: pop}',
    lambda frames: [(first(frames).iat[row, 0], 1997 + at, None, {"GDP": "gdp", "Population": "pop"}[first(frames).iat[row, 1]], blank(first(frames).iat[row, 2 + at], [".."])) for row in range(1, 5) for at in range(2)])
# WGI: a row of years, merged, over estimates and errors.
layout("wgi", {"VA": ([
    ["Worldwide Governance Indicators"], [],
    ["Country/Territory", "Code", 1996, None, 1998, None], [None, None, "Estimate", "StdErr", "Estimate", "StdErr"],
    ["Aruba", "ABW", -1.5, 0.25, "#N/A", "#N/A"], ["Andorra", "AND", 1.25, 0.2, 1.5, 0.3]], [(3, 3, 4), (3, 5, 6)])},
    'layout: wide\nheader_row: 3\nheader_rows: 2\nentity: Country/Territory\ngap_years: [1997]\ncovers: [1996, 1998]\nmissing: ["#N/A"]\ncolumns:\n  - {column: Estimate, variable: v}\n  - {column: StdErr, variable: e}',
    lambda frames: [(first(frames).iat[row, 0], year, None, variable, blank(first(frames).iat[row, column], ["#N/A"])) for row in (4, 5) for year, column, variable in [(1996, 2, "v"), (1996, 3, "e"), (1998, 4, "v"), (1998, 5, "e")]])
# Eurostat, spreadsheet download: a colon for missing, GEO labels, notes below.
layout("eurostat", {"Sheet 1": [
    ["Data extracted on 12/03/2024"], ["Dataset:", "GDP"], [], ["TIME", "2019", "2020"], ["GEO (Labels)", None, None],
    ["Belgium", 100.5, 99.25], ["Malta", ":", 12], [], ["Special value:"], [":", "not available"]]},
    f'layout: wide\nheader_row: 4\nskip_rows: 1\nlast_row: 7\nentity: TIME\nmissing: [":"]\n{V}', wide(3, 0, {1: 2019, 2: 2020}, "v", [5, 6], [":"]))
# OECD.Stat: a key column for the unit, years as numbers, "..".
layout("oecd", {"OECD.Stat export": [
    ["Dataset: National accounts"], ["Country", "Unit", 2010, 2011], ["Australia", "USD", 1.5, 2.5], ["Austria", "USD", "..", 4], ["Australia", "EUR", 9, 9]]},
    f'layout: wide\nheader_row: 2\nentity: Country\nwhere: {{Unit: USD}}\nmissing: [".."]\n{V}', wide(1, 0, {2: 2010, 3: 2011}, "v", [2, 3], [".."]))
# IMF, IFS: years, quarters and months in one row; key columns without a header.
layout("ifs", {"Annual": [
    [None, "Scale", "2019", "2020", "2020Q1", "2020M1"], ["Chile", "Units", 1, 2, 99, 99], ["Peru", "Units", 3, 4.5, 99, 99]]},
    f"layout: wide\nentity: column A\n{V}", wide(0, 0, {2: 2019, 3: 2020}, "v", [1, 2]))
layout("ifs_quarters", {"Quarterly": [
    [None, "Scale", "2019", "2020Q1", "2020Q2"], ["Chile", "Units", 99, 2, 3.25], ["Peru", "Units", 99, 4.5, 5]]},
    f"layout: wide\nentity: column A\nperiod: {{frequency: quarter}}\n{V}", wide(0, 0, {3: "2020Q1", 4: "2020Q2"}, "v", [1, 2]))
# IMF, WEO: codes and units beside years; "n/a" and "--".
layout("weo", {"WEOOct2023": [
    ["WEO Country Code", "ISO", "Country", "Units", 2019, 2020], [512, "AFG", "Afghanistan", "Percent", 3.9, "n/a"], [914, "ALB", "Albania", "Percent", "--", -3.5],
    [], ["International Monetary Fund, October 2023"]]},
    f'layout: wide\nentity: ISO\nmissing: ["n/a", "--"]\n{V}', wide(0, 1, {4: 2019, 5: 2020}, "v", [1, 2], ["n/a", "--"]), warned=["skipped 1 row"])
# NBS of China: years downwards in the header, a note below, Chinese ellipses.
layout("nbs", {"分省年度数据": [
    ["数据库：分省年度数据"], ["指标：地区生产总值(亿元)"], ["地区", "2003年", "2002年"], ["北京市", 5007.2, 4315.0], ["天津市", "…", 2150.8], ["数据来源：国家统计局"]]},
    f'layout: wide\nheader_row: 3\nentity: 地区\nmissing: ["…"]\n{V}', wide(2, 0, {1: 2003, 2: 2002}, "v", [3, 4], ["…"]), warned=["skipped 1 row"])
# A Chinese yearbook: two header rows with merged cells, the city's name padded.
layout("yearbook", {"Sheet1": ([
    ["2-3 各市主要指标"], ["城市", "年份", "人口", None, "产值", None], [None, None, "年末", "平均", "一产", "二产"],
    ["石 家 庄", 2008, 1.5, 1.25, 3, 4], ["唐 山", 2008, 2.5, 2.25, 5, 6]], [(2, 3, 4), (2, 5, 6)])},
    'header_row: 2\nheader_rows: 2\nentity: 城市\ntime: 年份\ncolumns:\n  - {column: "人口 | 年末", variable: pop}\n  - {column: 二产, variable: second}',
    lambda frames: [(first(frames).iat[row, 0].replace(" ", ""), 2008, None, variable, first(frames).iat[row, column]) for row in (3, 4) for column, variable in {2: "pop", 5: "second"}.items()])
# BLS: months across, years down.
layout("bls", {"BLS Data Series": [
    ["Consumer Price Index"], ["Series Id:", "CUUR0000SA0"], [], ["Year", "Annual"], [2019, 255.657], [2020, 258.811]]},
    "header_row: 4\ntime: Year\ncolumns:\n  - {column: Annual, variable: v}", long([4, 5], None, 0, {1: "v"}))
# FRED's Excel: a sheet of quarters by their first days, as text.
layout("fred", {"Quarterly": [
    ["observation_date", "GDPC1"], ["1947-01-01", 2182.681], ["1947-04-01", 2176.892], ["1947-07-01", "."]]},
    'time: observation_date\nperiod: {frequency: quarter}\nmissing: ["."]\ncolumns:\n  - {column: GDPC1, variable: v}',
    lambda frames: [(None, f"1947Q{row}", None, "v", blank(first(frames).iat[row, 1], ["."])) for row in (1, 2, 3)])
# INE of Spain: periods as 2020T1, regions down.
layout("ine", {"tabla-0": [
    ["Índice de precios"], [], [None, "2020T1", "2020T2"], ["01 Andalucía", 101.5, 102], ["02 Aragón", 99.75, ".."], ["Fuente: INE"]]},
    f'layout: wide\nheader_row: 3\nentity: column A\nperiod: {{frequency: quarter}}\nmissing: [".."]\n{V}', wide(2, 0, {1: "2020Q1", 2: "2020Q2"}, "v", [3, 4], [".."]), warned=["skipped 1 row"])
# Destatis: text numbers with a decimal comma, a slash and a dash for missing.
layout("destatis", {"12411-0010": [
    ["Bevölkerung: Bundesländer, Stichtag"], ["Bundesländer", "Jahr", "Insgesamt"], ["Bayern", "2019", "13.124,7"], ["Bremen", "2019", "681,2"], ["Bremen", "2020", "-"]]},
    'header_row: 2\nentity: Bundesländer\ntime: Jahr\nnumbers: {decimal: ",", grouping: "."}\nmissing: ["-", "/"]\ncolumns:\n  - {column: Insgesamt, variable: v}',
    lambda frames: [(first(frames).iat[row, 0], first(frames).iat[row, 1], None, "v", None if first(frames).iat[row, 2] == "-" else float(first(frames).iat[row, 2].replace(".", "").replace(",", "."))) for row in (2, 3, 4)])
# ONS: codes in the first column, notes above, marks in brackets beside numbers.
layout("ons", {"Table 1": [
    ["Table 1: Jobs by region"], ["This worksheet contains one table"], ["Region code", "Region", "2021", "2022"],
    ["E12000001", "North East", "1,120 [p]", "1,131 [p]"], ["E12000002", "North West", "[x]", "3,402 [r]"]]},
    'layout: wide\nheader_row: 3\nentity: Region\nnumbers: {grouping: ",", flags: ["[p]", "[r]", "[x]"]}\n' + V,
    lambda frames: [(first(frames).iat[row, 1], time, None, "v", None if "x" in first(frames).iat[row, column] else float(first(frames).iat[row, column].split(" ")[0].replace(",", "")), first(frames).iat[row, column].split(" ")[-1]) for row in (3, 4) for column, time in {2: 2021, 3: 2022}.items()])
# Penn World Table: a sheet of legends, then the data.
layout("pwt", {"Info": [["Penn World Table 10.01"]], "Data": [
    ["countrycode", "country", "year", "rgdpe", "pop"], ["ABW", "Aruba", 1970, 1234.5, 0.059], ["ABW", "Aruba", 1971, None, 0.0592]]},
    "sheet: Data\nentity: countrycode\ntime: year\ncolumns:\n  - {column: rgdpe, variable: y}\n  - {column: pop, variable: p}",
    lambda frames: [(frames["Data"].iat[row, 0], frames["Data"].iat[row, 2], None, variable, blank(frames["Data"].iat[row, column])) for row in (1, 2) for column, variable in {3: "y", 4: "p"}.items()])
# Maddison: countries across, a row of codes under the header.
layout("maddison", {"GDPpc": [
    ["year", "Austria", "Belgium"], [None, "AUT", "BEL"], [1900, 2882, 3731], [1901, 2864.5, None]]},
    f"layout: entities_across\nskip_rows: 1\ntime: year\n{V}",
    lambda frames: [(first(frames).iat[0, column], first(frames).iat[row, 0], None, "v", blank(first(frames).iat[row, column])) for row in (2, 3) for column in (1, 2)])
# Comtrade: reporter and partner; the partner is a further key.
layout("comtrade", {"Sheet1": [
    ["Period", "Reporter", "Partner", "Trade Value (US$)"], [2019, "Chile", "China", 22568000000], [2019, "Chile", "World", 69889000000], [2020, "Chile", "China", 28371500000.5]]},
    "entity: Reporter\ntime: Period\ncategory: Partner\ncolumns:\n  - {column: Trade Value (US$), variable: v}", long([1, 2, 3], 1, 0, {3: "v"}, category=2))
# FAOSTAT: a column for each year and one for its flag (`Y1961`, `Y1961F`).
layout("fao", {"Production": [
    ["Area Code", "Area", "Item", "Element", "Y1961", "Y1961F", "Y1962", "Y1962F"],
    [2, "Afghanistan", "Wheat", "Production", 2279000, "A", 2279500.5, "E"], [3, "Albania", "Wheat", "Production", 89000, "A", None, "M"]]},
    'layout: wide\nentity: Area\ncolumns:\n  - {column: "Y{time}", variable: v}', wide(0, 1, {4: 1961, 6: 1962}, "v", [1, 2]))
# IPUMS and other microdata: no entity but a row, codes for missing.
layout("ipums", {"Sheet1": [
    ["YEAR", "SERIAL", "INCTOT"], [2010, 1, 25000], [2010, 2, 9999999], [2011, 1, 30000.5]]},
    'entity: SERIAL\ntime: YEAR\nmissing: ["9999999"]\ncolumns:\n  - {column: INCTOT, variable: v}', long([1, 2, 3], 1, 0, {2: "v"}, [9999999]))
# A survey's file with variables and years in one header.
layout("stubs", {"Sheet1": [
    ["firm", "sales_2001", "sales_2002", "staff_2001", "staff_2002"], ["F1", 1.5, 2.5, 10, None], ["F2", None, 4.5, 30, 40]]},
    'layout: wide\nentity: firm\ncolumns:\n  - {column: "sales_{time}", variable: sales}\n  - {column: "staff_{time}", variable: staff}',
    lambda frames: [(first(frames).iat[row, 0], year, None, variable, blank(first(frames).iat[row, column])) for row in (1, 2) for column, (variable, year) in {1: ("sales", 2001), 2: ("sales", 2002), 3: ("staff", 2001), 4: ("staff", 2002)}.items()])
# India's yearbooks: lakh and crore.
layout("india", {"Sheet1": [
    ["State", "Year", "Population"], ["Bihar", 2001, "8,29,98,509"], ["Bihar", 2011, "10,40,99,452"], ["Goa", 2011, "14,58,545"]]},
    "entity: State\ntime: Year\nnumbers: {grouping: indian}\ncolumns:\n  - {column: Population, variable: v}",
    lambda frames: [(first(frames).iat[row, 0], first(frames).iat[row, 1], None, "v", float(first(frames).iat[row, 2].replace(",", ""))) for row in (1, 2, 3)])
# BEA: negatives in parentheses, as text.
layout("bea", {"T10101": [
    ["State", "Year", "Balance"], ["Ohio", 2001, "(1,234.5)"], ["Ohio", 2002, "12.25"]]},
    "entity: State\ntime: Year\nnumbers: {negative: parentheses}\ncolumns:\n  - {column: Balance, variable: v}",
    lambda frames: [("Ohio", 2001, None, "v", -1234.5), ("Ohio", 2002, None, "v", float(first(frames).iat[2, 2]))])
layout("bea_undeclared", {"T10101": [["State", "Year", "Balance"], ["Ohio", 2001, "(1,234.5)"]]},
    "entity: State\ntime: Year\ncolumns:\n  - {column: Balance, variable: v}", None, refused=["negative: parentheses"])
# Provisional years and figures.
layout("provisional", {"Sheet1": [["City", "2019", "2020p", "2021*"], ["A", 1, 2.5, 3], ["B", 4, "5.5p", 6]]},
    'layout: wide\nentity: City\nnumbers: {flags: ["p"]}\n' + V,
    lambda frames: [(first(frames).iat[row, 0], 2018 + column, None, "v", float(str(first(frames).iat[row, column]).rstrip("p")), " ".join(["p"] * str(first(frames).iat[row, column]).endswith("p") + ["", "p", "*"][column - 1 : column]).strip()) for row in (1, 2) for column in (1, 2, 3)], warned=["with a mark beside them"])
# Fiscal years written as two.
layout("fiscal", {"Sheet1": [["State", "2019-20", "2020-21"], ["Kerala", 1.5, 2], ["Assam", 3, 4]]},
    f"layout: wide\nentity: State\nyear_span: last\n{V}", wide(0, 0, {1: 2020, 2: 2021}, "v", [1, 2]))
layout("fiscal_undeclared", {"Sheet1": [["State", "2019-20", "2020-21"], ["Kerala", 1.5, 2]]}, f"layout: wide\nentity: State\n{V}", None, refused=["year_span"])
# Numbers that came as text in a column of numbers, as copied from a page.
layout("text_numbers", {"Sheet1": [["id", "year", "x"], ["a", 2001, "1.25"], ["a", 2002, 2.5], ["b", "2001", " 3 "]]},
    "entity: id\ntime: year\ncolumns:\n  - {column: x, variable: v}",
    lambda frames: [(first(frames).iat[row, 0], int(first(frames).iat[row, 1]), None, "v", float(first(frames).iat[row, 2])) for row in (1, 2, 3)])
layout("two_readings", {"Sheet1": [["id", "year", "x"], ["a", 2001, "1,234"], ["b", 2001, "2,345"]]},
    "entity: id\ntime: year\ncolumns:\n  - {column: x, variable: v}", None, refused=["1,234", "decimal"])
# A table that begins in the third column, under empty rows.
layout("offset", {"Sheet1": [[], [], [None, None, "id", "year", "x"], [None, None, "a", 2001, 0.1], [None, None, "b", 2001, -2e-7]]},
    "header_row: 3\nentity: id\ntime: year\ncolumns:\n  - {column: x, variable: v}", long([3, 4], 2, 3, {4: "v"}))
# Barro-Ursúa: countries across, codes under the header, years as numbers.
layout("barro_ursua", {"GDP": [["GDP pc", "Argentina", "Brazil"], ["indexes", "ARG", "BRA"], [1890, 28.5, 10.25], [1891, 25, 10.5]]},
    f"layout: entities_across\nskip_rows: 1\ntime: GDP pc\n{V}",
    lambda frames: [(first(frames).iat[0, column], first(frames).iat[row, 0], None, "v", first(frames).iat[row, column]) for row in (2, 3) for column in (1, 2)])
# Statistics Estonia and other PxWeb exports: key columns without headers, merged keys filled only once.
layout("pxweb_blank_keys", {"Sheet1": [["Population"], [], [None, None, 2020, 2021], ["Harju", "Total", 1, 2], [None, "Men", 3, 4]]},
    f"layout: wide\nheader_row: 3\nentity: column A\nvariable_column: column B\ncolumns:\n  - {{column: Total, variable: v}}", None, refused=["no entity in a row"])
# Extremes that a double holds.
layout("extremes", {"Sheet1": [["id", "year", "x"], ["a", 2001, 1.25e308], ["b", 2001, 5e-324], ["c", 2001, 123456789012345.0], ["d", 2001, 0.1 + 0.2]]},
    "entity: id\ntime: year\ncolumns:\n  - {column: x, variable: v}", long([1, 2, 3, 4], 0, 1, {2: "v"}))

# Yearbooks: names merged over the rows of the header, years over the columns that they have and no more.
layout("merged_header", {"3-1": ([
    ["3-1 地区生产总值"], ["地区", None, "2019", None, "2020", None, None], [None, "代码", "总值", "指数", "总值", "指数", "备注"],
    ["甲市", "A1", 1.5, 101, 2.5, 102, "x"], ["乙市", "B1", 3.5, 103, 4.5, 104, None]], [(1, 1, 7), (2, 1, 3, 1), (2, 3, 4), (2, 5, 6)])},
    "layout: wide\nheader_row: 2\nheader_rows: 2\nentity: 地区\ncolumns:\n  - {column: 总值, variable: v}\n  - {column: 指数, variable: i}",
    lambda frames: [(first(frames).iat[row, 0], year, None, variable, first(frames).iat[row, column]) for row in (3, 4) for column, (variable, year) in {2: ("v", 2019), 3: ("i", 2019), 4: ("v", 2020), 5: ("i", 2020)}.items()])
# The same in a long table: what isn't merged with a header isn't under it.
ENDS = {"S": ([["City", None, "Output", None, None], [None, "Year", "Estimate", "Error", "Source"], ["A", 2000, 1.5, 0.5, 7], ["B", 2000, 2.5, 0.25, 8]], [(1, 1, 2, 1), (1, 3, 4)])}
layout("merged_ends", ENDS, "header_rows: 2\nentity: City\ntime: Year\ncolumns:\n  - {column: Output | Estimate, variable: v}\n  - {column: Output | Error, variable: e}\n  - {column: Source, variable: s}",
    long([2, 3], 0, 1, {2: "v", 3: "e", 4: "s"}))
# Provinces merged over their cities, and a city over its years.
DOWN = {"S": ([["City", "Year", "GDP"], ["A", 2000, 1.5], [None, 2001, 2.5], ["B", 2000, 3.5], [None, 2001, 4.5]], [(2, 1, 3, 1), (4, 1, 5, 1)])}
KEYS = "entity: City\ntime: Year\ncolumns:\n  - {column: GDP, variable: v}"
layout("merged_keys", DOWN, KEYS, None, refused=["A3 is one of the merged cells A2:A3", "merged: fill", "merged: first"])
layout("merged_keys_filled", DOWN, KEYS + "\nmerged: fill",
    lambda frames: [(first(frames)[0].ffill().iat[row], first(frames).iat[row, 1], None, "v", first(frames).iat[row, 2]) for row in (1, 2, 3, 4)])
# A value over two rows: of both, or of the first.
VALUE = {"S": ([["City", "Year", "GDP", "Note"], ["A", 2000, 1.5, "n"], ["A", 2001, None, None], ["B", 2000, 3.5, None], ["B", 2001, 4.5, None]], [(2, 3, 3, 3), (2, 4, 3, 4)])}
layout("merged_value", VALUE, KEYS, None, refused=["C3 is one of the merged cells C2:C3", '"1.5"'])
layout("merged_value_filled", VALUE, KEYS + "\nmerged: fill", lambda frames: [(first(frames).iat[row, 0], first(frames).iat[row, 1], None, "v", first(frames)[2].ffill().iat[row]) for row in (1, 2, 3, 4)])
layout("merged_value_first", VALUE, KEYS + "\nmerged: first", long([1, 2, 3, 4], 0, 1, {2: "v"}))
# Columns that aren't read, headings and notes over the whole width don't matter.
layout("merged_elsewhere", {"S": ([["City", "Year", "GDP", "Note"], ["East"], ["A", 2000, 1.5, "n"], ["A", 2001, 2.5, None], ["Note: provisional", None, None, None]], [(2, 1, 4), (3, 4, 4, 4), (5, 1, 5, 4)])},
    KEYS, None, refused=["no year in a row that has the entity"])
layout("merged_notes", {"S": ([["City", "Year", "GDP", "Note"], ["A", 2000, 1.5, "n"], ["A", 2001, 2.5, None], ["Note: provisional", None, None, None]], [(2, 4, 3, 4), (4, 1, 4, 4)])},
    KEYS, long([1, 2], 0, 1, {2: "v"}), warned=["skipped 1 row"])
# A header over two columns of numbers, of which one can be meant.
layout("merged_over_values", {"S": ([["City", "Year", "GDP", None], ["A", 2000, 1.5, 9.5], ["B", 2000, 2.5, 8.5]], [(1, 3, 4)])},
    KEYS, long([1, 2], 0, 1, {2: "v"}), warned=["merged over columns with values"])

names = ["pandas", "openpyxl", "odfpy", "xlwt", "xlrd"]
versions = {"python": platform.python_version()} | {name: importlib.metadata.version(name) for name in names}
(HERE / "workbooks.json").write_text(json.dumps([{"versions": versions}, *CASES], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
print(len(CASES), "cases,", sum(len(case.get("values", [])) for case in CASES), "values;", versions)
