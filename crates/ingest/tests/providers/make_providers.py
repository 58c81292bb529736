"""Small files in layouts that providers really use, as they come out of a download: looked at by `vintage new` alone.

    python3 make_providers.py        (Python 3.11; pandas, openpyxl, xlwt, odfpy, pyarrow, pyreadstat)

writes files/ and cases.json. Layouts are rebuilt after the providers named in the files' names; the figures are invented. What a
file holds stands beside it as entity, time and value: written down where it is short, else what pandas reads with each step
named. `AWAITED` says what is other than that: a refusal, or what the manifest has to ask.
"""
import datetime
import io
import json
import pathlib
import tempfile

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pandas as pd
import pyreadstat
import xlwt

HERE = pathlib.Path(__file__).parent
SCRATCH = pathlib.Path(tempfile.mkdtemp())
CASES = []
FILES = []


def case(name, data, truth, **awaited):
    data = data.encode() if isinstance(data, str) else data
    FILES.append((name, data))
    CASES.append({"file": name, "values": [[str(entity), str(time), float(value)] for entity, time, value in truth], **awaited})


def book(rows, merges=(), sheets=()):
    """A workbook with one sheet of rows, and others."""
    out = io.BytesIO()
    own = openpyxl.Workbook()
    sheet = own.active
    for name, table in [(None, rows), *sheets]:
        sheet = sheet if name is None else own.create_sheet(name)
        for row in table:
            sheet.append(list(row))
    for merge in merges:
        own.worksheets[0].merge_cells(merge)
    own.save(out)
    return out.getvalue()


def old_book(rows, merges=()):
    own = xlwt.Workbook()
    sheet = own.add_sheet("Sheet1")
    covered = {(row, column) for one in merges for row in range(one[0], one[1] + 1) for column in range(one[2], one[3] + 1)}
    for one in merges:
        sheet.write_merge(*one, rows[one[0]][one[2]])
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is not None and (at, column) not in covered:
                sheet.write(at, column, value)
    out = io.BytesIO()
    own.save(out)
    return out.getvalue()


def ods(rows):
    own = odf.opendocument.OpenDocumentSpreadsheet()
    table = odf.table.Table(name="Data")
    for row in rows:
        line = odf.table.TableRow()
        for value in row:
            if value is None:
                cell = odf.table.TableCell()
            elif isinstance(value, (int, float)):
                cell = odf.table.TableCell(valuetype="float", value=str(value))
                cell.addElement(odf.text.P(text=str(value)))
            else:
                cell = odf.table.TableCell(valuetype="string")
                cell.addElement(odf.text.P(text=value))
            line.addElement(cell)
        table.addElement(line)
    own.spreadsheet.addElement(table)
    out = io.BytesIO()
    own.write(out)
    return out.getvalue()


def melted(frame, entity, times=None):
    """What a table holds whose columns are times, by pandas."""
    times = times or {column: column for column in frame.columns if column != entity}
    rows = []
    for record in frame.to_dict("records"):
        rows += [(record[entity] if entity else "", times[column], record[column]) for column in times if pd.notna(record[column])]
    return rows


def long(frame, entity, time, values):
    rows = []
    for record in frame.to_dict("records"):
        rows += [(record[entity] if entity else "", record[time], record[value]) for value in values if pd.notna(record[value])]
    return rows


# --- Eurostat ---------------------------------------------------------------------------------------------------------
# The workbook of the data browser: flags in columns without a header beside each year, a legend under the table.
case("eurostat_browser.xlsx", book([
    ["Data extracted on 11/06/2024 from [ESTAT]"], ["Dataset:", "Unemployment rate [une_rt_a]"], ["Last updated:", "11/06/2024"], [],
    ["Time frequency", "", "Annual"], ["Unit of measure", "", "Percentage"], [],
    ["TIME", "2019", "", "2020", "", "2021", ""], ["GEO (Labels)"],
    ["Austria", 4.8, "", 6.0, "", 6.2, "b"], ["Belgium", 5.5, "", 5.8, "", 6.3, "b"], ["Türkiye", 13.75, "", 13.25, "e", ":", ""],
    [], ["Special value"], [":", "not available"], ["Observation flags:"], ["b", "break in time series"], ["e", "estimated"]]),
    [("Austria", 2019, 4.8), ("Austria", 2020, 6), ("Austria", 2021, 6.2), ("Belgium", 2019, 5.5), ("Belgium", 2020, 5.8), ("Belgium", 2021, 6.3), ("Türkiye", 2019, 13.75), ("Türkiye", 2020, 13.25)])
text = ("STRUCTURE,STRUCTURE_ID,STRUCTURE_NAME,freq,Time frequency,unit,Unit of measure,geo,Geopolitical entity (reporting),TIME_PERIOD,Time,OBS_VALUE,Observation value,OBS_FLAG,Observation status (Flag) V2 structure\n"
        "dataflow,ESTAT:NAMQ_10_GDP(1.0),GDP,Q,Quarterly,CP_MEUR,\"Current prices, million euro\",AT,Austria,2023-Q1,,118654.5,,p,provisional\n"
        "dataflow,ESTAT:NAMQ_10_GDP(1.0),GDP,Q,Quarterly,CP_MEUR,\"Current prices, million euro\",AT,Austria,2023-Q2,,119001.25,,p,provisional\n"
        "dataflow,ESTAT:NAMQ_10_GDP(1.0),GDP,Q,Quarterly,CP_MEUR,\"Current prices, million euro\",BE,Belgium,2023-Q1,,140000,,,\n"
        "dataflow,ESTAT:NAMQ_10_GDP(1.0),GDP,Q,Quarterly,CP_MEUR,\"Current prices, million euro\",BE,Belgium,2023-Q2,,141000.75,,,\n")
frame = pd.read_csv(io.StringIO(text))
frame["TIME_PERIOD"] = frame["TIME_PERIOD"].str.replace("-", "")
case("eurostat_labels.csv", text, long(frame, "geo", "TIME_PERIOD", ["OBS_VALUE"]))

# --- OECD, ECB, BIS, Bundesbank ---------------------------------------------------------------------------------------
text = ("DATE,TIME PERIOD,\"US dollar/Euro (EXR.M.USD.EUR.SP00.A)\"\n1999-01-31,1999Jan,1.1608\n1999-02-28,1999Feb,1.1208\n1999-03-31,1999Mar,1.0883\n")
case("ecb.csv", text, [("", "1999-01", 1.1608), ("", "1999-02", 1.1208), ("", "1999-03", 1.0883)])
case("bundesbank.csv", ("\"\";BBK01.SU0304;BBK01.SU0304_FLAGS\n\"\";Zinssatz;\nEinheit;% p.a.;\nDimension;Eins;\nStand vom;30.05.2024 10:05:00;\n1967-01;4,75;\n1967-02;4,50;\n1967-03;4,00;\n1967-04;.;Kein Wert vorhanden\n"),
     [("", "1967-01", 4.75), ("", "1967-02", 4.5), ("", "1967-03", 4)], refused="stands beyond the header's 2 columns")
case("bis.csv", ("FREQ,Frequency,REF_AREA,Reference area,TIME_PERIOD,OBS_VALUE\nQ,Quarterly,AR,Argentina,2019-Q1,12.5\nQ,Quarterly,AR,Argentina,2019-Q2,12.75\nQ,Quarterly,AU,Australia,2019-Q1,1.5\nQ,Quarterly,AU,Australia,2019-Q2,1.25\n"),
     [("AR", "2019Q1", 12.5), ("AR", "2019Q2", 12.75), ("AU", "2019Q1", 1.5), ("AU", "2019Q2", 1.25)])
case("frb_ddp.csv", ("\"Series Description\",\"10-year\",\"2-year\"\n\"Unit:\",\"Percent:_Per_Year\",\"Percent:_Per_Year\"\n\"Multiplier:\",\"1\",\"1\"\n\"Currency:\",\"NA\",\"NA\"\n\"Unique Identifier: \",\"H15/H15/RIFLGFCY10_N.B\",\"H15/H15/RIFLGFCY02_N.B\"\n\"Time Period\",\"RIFLGFCY10_N.B\",\"RIFLGFCY02_N.B\"\n2019-01-01,ND,ND\n2019-01-02,2.66,2.5\n2019-01-03,2.56,2.39\n2019-01-04,2.67,2.5\n"),
     [("", f"2019-01-0{d}", v) for d, vs in ((2, (2.66, 2.5)), (3, (2.56, 2.39)), (4, (2.67, 2.5))) for v in vs])

# --- World Bank, IMF, UN ----------------------------------------------------------------------------------------------
case("pink_sheet.xlsx", book([
    ["World Bank Commodity Price Data (The Pink Sheet)"], ["monthly prices in nominal US dollars, 1960 to present"], ["Updated on June 04, 2024"], [],
    [None, "Crude oil, average", "Coal, Australian"], [None, "($/bbl)", "($/mt)"],
    ["1960M01", 1.63, "…"], ["1960M02", 1.63, "…"], ["1960M03", 1.65, 7.5]]),
    [("", "1960-01", 1.63), ("", "1960-02", 1.63), ("", "1960-03", 1.65), ("", "1960-03", 7.5)])
case("wpp.xlsx", book([
    ["United Nations"], ["Population Division"], ["World Population Prospects 2019"], ["File POP/1-1: Total population"], ["Estimates, 1950 - 2020"], [],
    ["Index", "Variant", "Region, subregion, country or area *", "Notes", "Country code", "Type", "1950", "1951"],
    [1, "Estimates", "WORLD", None, 900, "World", "2 536 431", "2 584 034"], [2, "Estimates", "Burundi", None, 108, "Country/Area", "2 309", "2 360"],
    [3, "Estimates", "Comoros", None, 174, "Country/Area", "  159", "  163"]]),
    [("WORLD", 1950, 2536431), ("WORLD", 1951, 2584034), ("Burundi", 1950, 2309), ("Burundi", 1951, 2360), ("Comoros", 1950, 159), ("Comoros", 1951, 163)])
text = ("\"Classification\",\"Year\",\"Period\",\"Period Desc.\",\"Reporter Code\",\"Reporter\",\"Partner\",\"Commodity Code\",\"Netweight (kg)\",\"Trade Value (US$)\"\n"
        "\"H5\",2019,201901,\"January 2019\",36,\"Australia\",\"World\",\"0101\",,1234567\n\"H5\",2019,201902,\"February 2019\",36,\"Australia\",\"World\",\"0101\",1500,2345678\n"
        "\"H5\",2019,201901,\"January 2019\",40,\"Austria\",\"World\",\"0101\",,34567\n\"H5\",2019,201902,\"February 2019\",40,\"Austria\",\"World\",\"0101\",250,45678\n")
frame = pd.read_csv(io.StringIO(text))
frame["Period"] = frame["Period"].astype(str).str.replace(r"(\d{4})(\d\d)", r"\1-\2", regex=True)
case("comtrade_months.csv", text, long(frame, "Reporter Code", "Period", ["Trade Value (US$)", "Netweight (kg)"]), more=True)
case("imf_dots.csv", ("Country Name,Country Code,Indicator Name,Indicator Code,Counterpart Country Name,Time Period,Value,Status\nAngola,614,\"Goods, Value of Exports\",TXG_FOB_USD,World,2018,40758.5,\nAngola,614,\"Goods, Value of Exports\",TXG_FOB_USD,World,2019,34725.25,E\nBenin,638,\"Goods, Value of Exports\",TXG_FOB_USD,World,2018,950.5,\nBenin,638,\"Goods, Value of Exports\",TXG_FOB_USD,World,2019,840.75,\n"),
     [("Angola", 2018, 40758.5), ("Angola", 2019, 34725.25), ("Benin", 2018, 950.5), ("Benin", 2019, 840.75)], more=True)
case("faostat.csv", ("Domain Code,Domain,Area Code (M49),Area,Element Code,Element,Item Code (CPC),Item,Year Code,Year,Unit,Value,Flag,Flag Description\nQCL,Crops,'004,Afghanistan,5510,Production,'0111,Wheat,2018,2018,t,3613203.25,A,Official figure\nQCL,Crops,'004,Afghanistan,5510,Production,'0111,Wheat,2019,2019,t,4890000,A,Official figure\nQCL,Crops,'008,Albania,5510,Production,'0111,Wheat,2018,2018,t,236000,E,Estimated value\nQCL,Crops,'008,Albania,5510,Production,'0111,Wheat,2019,2019,t,,M,Missing value\n"),
     [("'004", 2018, 3613203.25), ("'004", 2019, 4890000), ("'008", 2018, 236000)], more=True)
case("faostat_bulk.csv", ("\"Area Code\",\"Area\",\"Item\",\"Element\",\"Unit\",\"Y1961\",\"Y1961F\",\"Y1962\",\"Y1962F\"\n\"2\",\"Afghanistan\",\"Wheat\",\"Yield\",\"hg/ha\",\"10220.5\",\"\",\"9735\",\"\"\n\"3\",\"Albania\",\"Wheat\",\"Yield\",\"hg/ha\",\"8500\",\"*\",\"\",\"M\"\n"),
     [("2", 1961, 10220.5), ("2", 1962, 9735), ("3", 1961, 8500)])
case("who.csv", ("IndicatorCode,Indicator,SpatialDimValueCode,Location,Period,Dim1,FactValueNumeric,FactValueNumericLow,FactValueNumericHigh,Value\nWHS,Life expectancy,AFG,Afghanistan,2019,Both sexes,63.21,61.5,65,63.2 [61.5-65.0]\nWHS,Life expectancy,AFG,Afghanistan,2015,Both sexes,61.65,60,63.25,61.7 [60.0-63.3]\nWHS,Life expectancy,ALB,Albania,2019,Both sexes,78,76.5,79.5,78.0 [76.5-79.5]\nWHS,Life expectancy,ALB,Albania,2015,Both sexes,77.8,76,79,77.8 [76.0-79.0]\n"),
     [(c, y, v) for c, y, vs in (("AFG", 2019, (63.21, 61.5, 65)), ("AFG", 2015, (61.65, 60, 63.25)), ("ALB", 2019, (78, 76.5, 79.5)), ("ALB", 2015, (77.8, 76, 79))) for v in vs])
case("sipri.xlsx", book([
    ["Military expenditure by country as percentage of gross domestic product, 2017-2019 © SIPRI 2020"], ["Figures in blue are estimates."], ['". ." = data unavailable. "xxx" = country did not exist.'], [],
    ["Country", "Notes", 2017, 2018, 2019], [None, None, None, None, None], ["Africa"], ["North Africa"], ["Algeria", "§4", 0.0592, 0.0537, 0.0603], ["Libya", "‡¶16", ". .", ". .", ". ."], ["Sub-Saharan"], ["South Sudan", None, "xxx", 0.0323, 0.0341]]),
    [("Algeria", 2017, .0592), ("Algeria", 2018, .0537), ("Algeria", 2019, .0603), ("South Sudan", 2018, .0323), ("South Sudan", 2019, .0341)])
case("ilo_bulk.csv", "ref_area,source,indicator,sex,classif1,time,obs_value,obs_status\nAFG,BA:2247,UNE_DEAP_RT,SEX_T,AGE_YTHADULT,2017,11.184,\nAFG,BA:2247,UNE_DEAP_RT,SEX_T,AGE_YTHADULT,2020,11.71,U\nALB,BA:480,UNE_DEAP_RT,SEX_T,AGE_YTHADULT,2017,13.619,\nALB,BA:480,UNE_DEAP_RT,SEX_T,AGE_YTHADULT,2020,11.69,B\n",
     [("AFG", 2017, 11.184), ("AFG", 2020, 11.71), ("ALB", 2017, 13.619), ("ALB", 2020, 11.69)])
case("wiod_sea.xlsx", book([["country", "variable", "description", "code", "2000", "2001"], ["AUS", "GO", "Crop and animal production", "A01", 34000.5, 36000.25], ["AUS", "EMP", "Crop and animal production", "A01", 350.5, 360.25], ["AUT", "GO", "Crop and animal production", "A01", 5600, 5700], ["AUT", "EMP", "Crop and animal production", "A01", 250, 245]], sheets=[("Notes", [["WIOD SEA release 2016"]])]),
     [("AUS", 2000, 34000.5), ("AUS", 2001, 36000.25), ("AUS", 2000, 350.5), ("AUS", 2001, 360.25), ("AUT", 2000, 5600), ("AUT", 2001, 5700), ("AUT", 2000, 250), ("AUT", 2001, 245)])

# --- China ------------------------------------------------------------------------------------------------------------
case("nbs_easyquery_quarters.csv", "数据库：季度数据\n时间：最近3季度\n指标,2023年第四季度,2023年第三季度,2023年第二季度\n国内生产总值_当季值(亿元),347890.5,319992.25,308037.5\n第一产业增加值_当季值(亿元),33000.5,26000,18500.75\n数据来源：国家统计局\n".encode("gb18030"),
     [(n, f"2023Q{4 - i}", v) for n, vs in (("国内生产总值_当季值(亿元)", (347890.5, 319992.25, 308037.5)), ("第一产业增加值_当季值(亿元)", (33000.5, 26000, 18500.75))) for i, v in enumerate(vs)])
case("nbs_yearbook.xls", old_book([
    ["3-1  国内生产总值", None, None, None], ["Gross Domestic Product", None, None, None], ["本表按当年价格计算。", None, None, "单位：亿元"],
    ["年  份", "国民总收入", "国内生产总值", "第一产业"], ["Year", "Gross National Income", "GDP", "Primary Industry"],
    [1978, 3678.7, 3678.7, 1018.5], [1980, 4587.6, 4587.6, 1359.5], [1985, 9123.6, 9098.9, 2541.7], ["注：1980年以后国民总收入与国内生产总值的差额为国外净要素收入。"]],
    merges=[(0, 0, 0, 3)]),
    [("", 1978, 3678.7), ("", 1978, 3678.7), ("", 1978, 1018.5), ("", 1980, 4587.6), ("", 1980, 4587.6), ("", 1980, 1359.5), ("", 1985, 9123.6), ("", 1985, 9098.9), ("", 1985, 2541.7)])
case("city_yearbook.xls", old_book([
    ["2-1  人口 (2019年)", None, None, None], ["城  市", "年末户籍人口(万人)", None, "年平均人口"], ["City", "全市", "市辖区", "(万人)"],
    ["北京市", 1397.4, 1397.4, 1386.6], ["河北省"], ["石家庄市", 1052.5, 433.75, 1046.5], ["唐山市", 754.5, 336.25, 756], ["山西省"], ["太原市", 383.5, 301, 380.25]],
    merges=[(1, 1, 1, 2)]),
    [(c, "", v) for c, vs in (("北京市", (1397.4, 1397.4, 1386.6)), ("石家庄市", (1052.5, 433.75, 1046.5)), ("唐山市", (754.5, 336.25, 756)), ("太原市", (383.5, 301, 380.25))) for v in vs])
case("csmar.xlsx", book([["Stkcd", "Accper", "Typrep", "A001000000"], ["股票代码", "会计期间", "报表类型", "资产总计"], ["没有单位", "没有单位", "没有单位", "元"],
     ["000001", "2018-12-31", "A", 3418592000000], ["000001", "2019-12-31", "A", 3939070000000], ["000002", "2018-12-31", "A", 1528579356474.5], ["000002", "2019-12-31", "A", 1729929450401.25]]),
     [("000001", 2018, 3418592000000), ("000001", 2019, 3939070000000), ("000002", 2018, 1528579356474.5), ("000002", 2019, 1729929450401.25)])

# --- Japan, Korea, India, Brazil --------------------------------------------------------------------------------------
case("esri_gaku.csv", ",国内総生産(支出側),民間最終消費支出,\n,GDP(Expenditure Approach),PrivateConsumption,\n\"1994/ 1- 3.\",\"446277.5\",\"245000.25\",\n\"4- 6.\",\"443789.25\",\"246000.5\",\n\"7- 9.\",\"449250\",\"247000\",\n\"10-12.\",\"447000.75\",\"246500\",\n\"1995/ 1- 3.\",\"452000\",\"248000\",\n\"4- 6.\",\"457000\",\"250000\",\n".encode("shift_jis"),
     [("", t, v) for t, vs in (("1994Q1", (446277.5, 245000.25)), ("1994Q2", (443789.25, 246000.5)), ("1994Q3", (449250, 247000)), ("1994Q4", (447000.75, 246500)), ("1995Q1", (452000, 248000)), ("1995Q2", (457000, 250000))) for v in vs])
case("boj.csv", "\"系列名称\",\"国内企業物価指数\",\"輸出物価指数\"\n\"データコード\",\"PR01'PRCG20_2200000000\",\"PR01'PRCG20_2400000000\"\n\"1999/01\",\"97.5\",\"110.25\"\n\"1999/02\",\"97.25\",\"109.5\"\n\"1999/03\",\"97.25\",\"108\"\n".encode("shift_jis"),
     [("", f"1999-0{m}", v) for m, vs in ((1, (97.5, 110.25)), (2, (97.25, 109.5)), (3, (97.25, 108))) for v in vs])
case("kosis_two_rows.csv", "\"행정구역(시군구)별\",\"2019\",\"2019\",\"2020\",\"2020\"\n\"행정구역(시군구)별\",\"총인구수 (명)\",\"남자인구수 (명)\",\"총인구수 (명)\",\"남자인구수 (명)\"\n\"서울특별시\",\"9729107\",\"4744059\",\"9668465\",\"4701723\"\n\"부산광역시\",\"3413841\",\"1675417\",\"3391946\",\"1663170\"\n".encode("euc-kr"),
     [("서울특별시", 2019, 9729107), ("서울특별시", 2019, 4744059), ("서울특별시", 2020, 9668465), ("서울특별시", 2020, 4701723), ("부산광역시", 2019, 3413841), ("부산광역시", 2019, 1675417), ("부산광역시", 2020, 3391946), ("부산광역시", 2020, 1663170)])
case("ibge_pnad.csv", "\"Tabela 4099 - Taxas de desocupação\"\n\"Variável - Taxa de desocupação (%)\"\n\"Unidade da Federação\";\"Trimestre\"\n;\"1º trimestre 2019\";\"2º trimestre 2019\"\n\"Rondônia\";\"8,9\";\"6,7\"\n\"Acre\";\"18,0\";\"13,6\"\n\"Fonte: IBGE\"\n",
     [("Rondônia", "2019Q1", 8.9), ("Rondônia", "2019Q2", 6.7), ("Acre", "2019Q1", 18), ("Acre", "2019Q2", 13.6)])
case("mospi.xlsx", book([
    ["Statement 1.1: Key aggregates of national accounts"], ["(₹ Crore)"],
    ["S.No.", "Item", "at current prices", None, "at constant (2011-12) prices", None], [None, None, "2018-19 (2nd RE)", "2019-20 (1st RE)", "2018-19 (2nd RE)", "2019-20 (1st RE)"], [1, 2, 3, 4, 5, 6],
    [1, "GVA at basic prices", 17161213.5, 18461343, 12733798.25, 13271471], [2, "Taxes on Products", 2068122, 2144450, 1595000, 1600000]],
    merges=["C3:D3", "E3:F3"]),
    [("GVA at basic prices", 2018, 17161213.5), ("GVA at basic prices", 2019, 18461343), ("GVA at basic prices", 2018, 12733798.25), ("GVA at basic prices", 2019, 13271471), ("Taxes on Products", 2018, 2068122), ("Taxes on Products", 2019, 2144450), ("Taxes on Products", 2018, 1595000), ("Taxes on Products", 2019, 1600000)])
case("rbi_provisional.xlsx", book([["Table 1"], [None], ["Year", "Food grains", "Oil seeds"], ["2017-18", 285.01, 31.5], ["2018-19", 285.21, 31.52], ["2019-20 (P)", 297.5, 33.22]]),
     [("", 2017, 285.01), ("", 2017, 31.5), ("", 2018, 285.21), ("", 2018, 31.52), ("", 2019, 297.5), ("", 2019, 33.22)])

# --- Germany, France, Netherlands, Nordics ----------------------------------------------------------------------------
case("quartale_ein_jahr.csv", "Jahr;Quartal;Erwerbslosenquote\n2020;1. Quartal;1,5\n2020;2. Quartal;1,75\n2020;3. Quartal;2,25\n2020;4. Quartal;2\n",
     [("", "2020Q1", 1.5), ("", "2020Q2", 1.75), ("", "2020Q3", 2.25), ("", "2020Q4", 2)])
case("quartale_ein_jahr_länder.csv", "Land;Jahr;Quartal;Quote\nBayern;2020;1. Quartal;1,5\nBayern;2020;2. Quartal;1,75\nBerlin;2020;1. Quartal;2,25\nBerlin;2020;2. Quartal;2,75\n",
     [("Bayern", "2020Q1", 1.5), ("Bayern", "2020Q2", 1.75), ("Berlin", "2020Q1", 2.25), ("Berlin", "2020Q2", 2.75)])
case("genesis_years_filled.csv", "GENESIS-Tabelle: 81000-0002\nVGR des Bundes - Bruttoinlandsprodukt;;\n;;Bruttoinlandsprodukt\n;;Mrd. EUR\n2019;1. Quartal;848,125\n;2. Quartal;849,25\n;3. Quartal;878,5\n;4. Quartal;897,75\n2020;1. Quartal;843\n;2. Quartal;783,5\n;3. Quartal;850\n;4. Quartal;890,5\n".encode("latin-1"),
     [("", f"{y}Q{q}", v) for y, vs in ((2019, (848.125, 849.25, 878.5, 897.75)), (2020, (843, 783.5, 850, 890.5))) for q, v in enumerate(vs, 1)])
case("genesis_flat.csv", "statistics_code;statistics_label;time_code;time_label;time;1_variable_code;1_variable_label;1_variable_attribute_code;1_variable_attribute_label;value;value_unit;value_variable_code\n12411;Fortschreibung;STAG;Stichtag;2019-12-31;DLAND;Bundesländer;08;Baden-Württemberg;11100394;Anzahl;BEVSTD\n12411;Fortschreibung;STAG;Stichtag;2020-12-31;DLAND;Bundesländer;08;Baden-Württemberg;11103043;Anzahl;BEVSTD\n12411;Fortschreibung;STAG;Stichtag;2019-12-31;DLAND;Bundesländer;09;Bayern;13124737;Anzahl;BEVSTD\n12411;Fortschreibung;STAG;Stichtag;2020-12-31;DLAND;Bundesländer;09;Bayern;13140183;Anzahl;BEVSTD\n",
     [("08", 2019, 11100394), ("08", 2020, 11103043), ("09", 2019, 13124737), ("09", 2020, 13140183)], more=True)
case("insee_idbank.csv", "\"Libellé\";\"idBank\";\"Dernière mise à jour\";\"Période\";\"2019-T1\";\"2019-T2\"\n\"PIB total\";\"010565708\";\"31/05/2024 08:45\";\"\";\"569312,5\";\"573841\"\n\"Codes\";\"\";\"\";\"\";\"A\";\"A\"\n\"Consommation\";\"010565709\";\"31/05/2024 08:45\";\"\";\"300125,25\";\"302500\"\n\"Codes\";\"\";\"\";\"\";\"A\";\"P\"\n",
     [("PIB total", "2019Q1", 569312.5), ("PIB total", "2019Q2", 573841), ("Consommation", "2019Q1", 300125.25), ("Consommation", "2019Q2", 302500)], refused='text in a number: "A"')
case("cbs_statline.csv", "\"Perioden\";\"Regio's\";\"Bevolking (aantal)\"\n\"2019\";\"Groningen (PV)\";\"583990\"\n\"2020*\";\"Groningen (PV)\";\"585866\"\n\"2019\";\"Fryslân (PV)\";\"647672\"\n\"2020*\";\"Fryslân (PV)\";\"649957\"\n",
     [("Groningen (PV)", 2019, 583990), ("Groningen (PV)", 2020, 585866), ("Fryslân (PV)", 2019, 647672), ("Fryslân (PV)", 2020, 649957)])
case("cbs_quarters.csv", "\"Perioden\";\"Bbp (mln euro)\"\n\"2019 1e kwartaal\";\"198500\"\n\"2019 2e kwartaal\";\"204250\"\n\"2019 3e kwartaal*\";\"199750\"\n\"2019 4e kwartaal*\";\"210500\"\n",
     [("", f"2019Q{q}", v) for q, v in enumerate((198500, 204250, 199750, 210500), 1)])
case("statbank_dk.csv", "\"\";\"2019K1\";\"2019K2\"\n\"B.1*g Bruttonationalprodukt\";569.5;578.25\n\"P.31 Privatforbrug\";268.5;271\n",
     [("B.1*g Bruttonationalprodukt", "2019Q1", 569.5), ("B.1*g Bruttonationalprodukt", "2019Q2", 578.25), ("P.31 Privatforbrug", "2019Q1", 268.5), ("P.31 Privatforbrug", "2019Q2", 271)])

# --- United Kingdom, Canada, United States ----------------------------------------------------------------------------
case("ons_v4.csv", "v4_1,data markings,calendar-years,Time,administrative-geography,Geography,sex,Sex\n5.25,,2019,2019,E92000001,England,all,All\n6.5,,2019,2019,W92000004,Wales,all,All\n5.75,,2020,2020,E92000001,England,all,All\n,x,2020,2020,W92000004,Wales,all,All\n",
     [("E92000001", 2019, 5.25), ("W92000004", 2019, 6.5), ("E92000001", 2020, 5.75)], more=True)
case("ons_table.xlsx", book([["Table A02: Labour market summary"], ["United Kingdom, seasonally adjusted"], [], ["Dataset identifier", "MGSL", "MGRZ"], ["Jan-Mar 2019", 53125, 32500], ["Apr-Jun 2019", 53250, 32750], ["Jul-Sep 2019", 53300, 32700], ["Oct-Dec 2019", 53400, 32900]]),
     [("", f"2019Q{q}", v) for q, vs in enumerate(((53125, 32500), (53250, 32750), (53300, 32700), (53400, 32900)), 1) for v in vs])
case("statcan.csv", "\ufeff\"REF_DATE\",\"GEO\",\"DGUID\",\"Labour force characteristics\",\"UOM\",\"UOM_ID\",\"SCALAR_FACTOR\",\"SCALAR_ID\",\"VECTOR\",\"COORDINATE\",\"VALUE\",\"STATUS\",\"SYMBOL\",\"TERMINATED\",\"DECIMALS\"\n\"2019-01\",\"Canada\",\"2016A000011124\",\"Employment\",\"Persons\",\"249\",\"thousands\",\"3\",\"v2062811\",\"1.3\",\"18999.5\",\"\",\"\",\"\",\"1\"\n\"2019-02\",\"Canada\",\"2016A000011124\",\"Employment\",\"Persons\",\"249\",\"thousands\",\"3\",\"v2062811\",\"1.3\",\"19055.25\",\"\",\"\",\"\",\"1\"\n\"2019-01\",\"Ontario\",\"2016A000235\",\"Employment\",\"Persons\",\"249\",\"thousands\",\"3\",\"v2063756\",\"7.3\",\"7380\",\"\",\"\",\"\",\"1\"\n\"2019-02\",\"Ontario\",\"2016A000235\",\"Employment\",\"Persons\",\"249\",\"thousands\",\"3\",\"v2063756\",\"7.3\",\"\",\"..\",\"\",\"\",\"1\"\n",
     [("Canada", "2019-01", 18999.5), ("Canada", "2019-02", 19055.25), ("Ontario", "2019-01", 7380)], more=True, asked=["10^3"])
case("bea_regional.csv", "GeoFIPS,GeoName,Region,TableName,LineCode,IndustryClassification,Description,Unit,2019,2020\n \"00000\",\"United States\",\" \",CAINC1,1,\"...\",\"Personal income (thousands of dollars)\",\"Thousands of dollars\",18424386000,19832311000\n \"01000\",\"Alabama, total\",\"5\",CAINC1,1,\"...\",\"Personal income (thousands of dollars)\",\"Thousands of dollars\",214580000,(NA)\n\"Note: See the included footnote file.\"\n\"CAINC1: Personal Income Summary\"\n",
     [("United States", 2019, 18424386000), ("United States", 2020, 19832311000), ("Alabama, total", 2019, 214580000)], asked=["skip_initial_space: true  # REVIEW"])
text = "\"area_fips\",\"own_code\",\"industry_code\",\"year\",\"qtr\",\"disclosure_code\",\"qtrly_estabs\",\"avg_wkly_wage\"\n\"01001\",\"0\",\"10\",\"2019\",\"1\",\"\",\"875\",\"786\"\n\"01001\",\"0\",\"10\",\"2019\",\"2\",\"\",\"880\",\"790\"\n\"01003\",\"0\",\"10\",\"2019\",\"1\",\"N\",\"0\",\"0\"\n\"01003\",\"0\",\"10\",\"2019\",\"2\",\"\",\"5600\",\"701\"\n"
frame = pd.read_csv(io.StringIO(text), dtype={"area_fips": str})
frame["time"] = frame["year"].astype(str) + "Q" + frame["qtr"].astype(str)
case("qcew.csv", text, long(frame, "area_fips", "time", ["qtrly_estabs", "avg_wkly_wage"]), more=True)
text = "RegionID,SizeRank,RegionName,RegionType,StateName,2000-01-31,2000-02-29,2000-03-31\n102001,0,United States,country,,121500.5,121700.25,121900\n394913,1,\"New York, NY\",msa,NY,216500,217000.5,\n"
frame = pd.read_csv(io.StringIO(text))
case("zillow.csv", text, melted(frame.drop(columns=["SizeRank", "RegionName", "RegionType", "StateName"]), "RegionID", {f"2000-0{m}-{d}": f"2000-0{m}" for m, d in ((1, 31), (2, 29), (3, 31))}), more=True)
case("census_blank_keys.csv", "region,city,year,sales\nNorth,Aville,2019,1.5\n,,2020,2.5\n,Btown,2019,3.5\n,,2020,4.5\nSouth,Aville,2019,5.5\n,,2020,6.5\n,Cburg,2019,7.5\n,,2020,8.5\n",
     [("North:Aville", 2019, 1.5), ("North:Aville", 2020, 2.5), ("North:Btown", 2019, 3.5), ("North:Btown", 2020, 4.5), ("South:Aville", 2019, 5.5), ("South:Aville", 2020, 6.5), ("South:Cburg", 2019, 7.5), ("South:Cburg", 2020, 8.5)],
     asked=['fill: {"region": down, "city": down}  # REVIEW', 'A3 is "North"; B3 is "Aville"'])
# Names that come once tell nothing apart, and are filled down all the same; three levels of them.
case("nested_names.csv", "country,region,city,year,sales\nX,North,A,2019,1.5\n,,,2020,2.5\n,,B,2019,3.5\n,,,2020,4.5\n,South,C,2019,5.5\n,,,2020,6.5\nY,East,D,2019,5.25\n,,,2020,6.25\n,,E,2019,7.5\n,,,2020,8.5\n",
     [(c, y, v) for c, vs in (("A", (1.5, 2.5)), ("B", (3.5, 4.5)), ("C", (5.5, 6.5)), ("D", (5.25, 6.25)), ("E", (7.5, 8.5))) for y, v in zip((2019, 2020), vs)],
     asked=['fill: {"country": down, "region": down, "city": down}  # REVIEW', "as long as nothing new begins to its left", 'A3 is "X"'])
case("marked_quarters.csv", "geo,when,v\nA,2019Q3,1.5\nA,2019Q4,2.5\nA,2020Q1p,3.5\nB,2019Q3,4.5\nB,2019Q4,5.5\nB,2020Q1p,6.5\n",
     [("A", "2019Q3", 1.5), ("A", "2019Q4", 2.5), ("A", "2020Q1", 3.5), ("B", "2019Q3", 4.5), ("B", "2019Q4", 5.5), ("B", "2020Q1", 6.5)], asked=['flags: ["p"]}  # REVIEW'])
case("fred_md.csv", "sasdate,RPI,INDPRO\nTransform:,5,5\n1/1/1959,2437.296,22.625\n2/1/1959,2446.902,23.0681\n3/1/1959,2462.689,23.4004\n",
     [], more=True, asked=["these seem to be times", "declare whether the day or the month comes first"])
case("owid.csv", "Entity,Code,Year,GDP per capita\nAfghanistan,AFG,1950,1156\nAfghanistan,AFG,1951,1170\nAfrica,,1950,1200.5\nAfrica,,1951,1210\n",
     [("Afghanistan", 1950, 1156), ("Afghanistan", 1951, 1170), ("Africa", 1950, 1200.5), ("Africa", 1951, 1210)])
case("quarter_numbers.csv", "when,v\n3-2019,1.5\n3-2020,2.5\n3-2021,3.5\n", [], refused="3-2019` may be the month 2019-03 or the quarter 2019Q3", asked=["numbers beside years may count several things"])
# Pairs are entities of their own; a repeated cross-section is of nobody twice.
case("gravity.csv", "exporter,importer,year,trade,dist\nDEU,FRA,2019,1.5,10\nDEU,FRA,2020,2.5,10\nDEU,ITA,2019,3.5,20\nDEU,ITA,2020,4.5,20\nFRA,DEU,2019,5.5,10\nFRA,DEU,2020,6.5,10\nFRA,ITA,2019,7.5,30\nFRA,ITA,2020,8.5,30\n",
     [("DEU:FRA", 2019, 1.5), ("DEU:FRA", 2020, 2.5), ("DEU:ITA", 2019, 3.5), ("DEU:ITA", 2020, 4.5), ("FRA:DEU", 2019, 5.5), ("FRA:DEU", 2020, 6.5), ("FRA:ITA", 2019, 7.5), ("FRA:ITA", 2020, 8.5)], more=True, asked=["entity_with: [\"importer\"]"])
case("country_industry.csv", "country,industry,year,jobs\nDEU,C,2019,1.5\nDEU,C,2020,2.5\nDEU,G,2019,3.5\nDEU,G,2020,4.5\nFRA,C,2019,5.5\nFRA,C,2020,6.5\nFRA,G,2019,7.5\nFRA,G,2020,8.5\n",
     [("DEU:C", 2019, 1.5), ("DEU:C", 2020, 2.5), ("DEU:G", 2019, 3.5), ("DEU:G", 2020, 4.5), ("FRA:C", 2019, 5.5), ("FRA:C", 2020, 6.5), ("FRA:G", 2019, 7.5), ("FRA:G", 2020, 8.5)], asked=["each combination is an entity"])
case("repeated.csv", "wage,region,year\n0.5,north,2019\n1.5,south,2019\n2.5,north,2019\n3.5,south,2019\n4.5,north,2019\n5.5,south,2019\n6.5,north,2019\n7.5,south,2019\n8.5,north,2019\n9.5,south,2019\n10.5,north,2019\n11.5,south,2019\n20.5,north,2020\n21.5,south,2020\n22.5,north,2020\n23.5,south,2020\n24.5,north,2020\n25.5,south,2020\n26.5,north,2020\n27.5,south,2020\n28.5,north,2020\n29.5,south,2020\n30.5,north,2020\n31.5,south,2020\n",
     [("02", 2019, 0.5), ("03", 2019, 1.5), ("04", 2019, 2.5), ("05", 2019, 3.5), ("06", 2019, 4.5), ("07", 2019, 5.5), ("08", 2019, 6.5), ("09", 2019, 7.5), ("10", 2019, 8.5), ("11", 2019, 9.5), ("12", 2019, 10.5), ("13", 2019, 11.5), ("14", 2020, 20.5), ("15", 2020, 21.5), ("16", 2020, 22.5), ("17", 2020, 23.5), ("18", 2020, 24.5), ("19", 2020, 25.5), ("20", 2020, 26.5), ("21", 2020, 27.5), ("22", 2020, 28.5), ("23", 2020, 29.5), ("24", 2020, 30.5), ("25", 2020, 31.5)], asked=["duplicates: keep  # REVIEW"])
# A row, or all of them, there twice is a mistake of a panel; codes of pairs have to be declared.
case("id_twice.csv", "id,year,y\n11,2000,11.2\n11,2001,11.2001\n11,2002,11.2002\n12,2000,12.2\n12,2001,12.2001\n12,2002,12.2002\n13,2000,13.2\n13,2001,13.2001\n13,2002,13.2002\n14,2000,14.2\n14,2001,14.2001\n14,2002,14.2002\n15,2000,15.2\n15,2001,15.2001\n15,2002,15.2002\n16,2000,16.2\n16,2001,16.2001\n16,2002,16.2002\n17,2000,17.2\n17,2001,17.2001\n17,2002,17.2002\n18,2000,18.2\n18,2001,18.2001\n18,2002,18.2002\n19,2000,19.2\n19,2001,19.2001\n19,2002,19.2002\n20,2000,20.2\n20,2001,20.2001\n20,2002,20.2002\n21,2000,21.2\n21,2001,21.2001\n21,2002,21.2002\n22,2000,22.2\n22,2001,22.2001\n22,2002,22.2002\n12,2001,99.5\n", [], refused="a second value of `y` of 12 for 2001", asked=["entity: \"id\""])
case("appended_twice.csv", "firm,year,y\nfirm0,2000,0.5\nfirm0,2001,0.5\nfirm0,2002,0.5\nfirm0,2003,0.5\nfirm0,2004,0.5\nfirm0,2005,0.5\nfirm1,2000,1.5\nfirm1,2001,1.5\nfirm1,2002,1.5\nfirm1,2003,1.5\nfirm1,2004,1.5\nfirm1,2005,1.5\nfirm2,2000,2.5\nfirm2,2001,2.5\nfirm2,2002,2.5\nfirm2,2003,2.5\nfirm2,2004,2.5\nfirm2,2005,2.5\nfirm3,2000,3.5\nfirm3,2001,3.5\nfirm3,2002,3.5\nfirm3,2003,3.5\nfirm3,2004,3.5\nfirm3,2005,3.5\nfirm4,2000,4.5\nfirm4,2001,4.5\nfirm4,2002,4.5\nfirm4,2003,4.5\nfirm4,2004,4.5\nfirm4,2005,4.5\nfirm5,2000,5.5\nfirm5,2001,5.5\nfirm5,2002,5.5\nfirm5,2003,5.5\nfirm5,2004,5.5\nfirm5,2005,5.5\nfirm6,2000,6.5\nfirm6,2001,6.5\nfirm6,2002,6.5\nfirm6,2003,6.5\nfirm6,2004,6.5\nfirm6,2005,6.5\nfirm7,2000,7.5\nfirm7,2001,7.5\nfirm7,2002,7.5\nfirm7,2003,7.5\nfirm7,2004,7.5\nfirm7,2005,7.5\nfirm0,2000,0.5\nfirm0,2001,0.5\nfirm0,2002,0.5\nfirm0,2003,0.5\nfirm0,2004,0.5\nfirm0,2005,0.5\nfirm1,2000,1.5\nfirm1,2001,1.5\nfirm1,2002,1.5\nfirm1,2003,1.5\nfirm1,2004,1.5\nfirm1,2005,1.5\nfirm2,2000,2.5\nfirm2,2001,2.5\nfirm2,2002,2.5\nfirm2,2003,2.5\nfirm2,2004,2.5\nfirm2,2005,2.5\nfirm3,2000,3.5\nfirm3,2001,3.5\nfirm3,2002,3.5\nfirm3,2003,3.5\nfirm3,2004,3.5\nfirm3,2005,3.5\nfirm4,2000,4.5\nfirm4,2001,4.5\nfirm4,2002,4.5\nfirm4,2003,4.5\nfirm4,2004,4.5\nfirm4,2005,4.5\nfirm5,2000,5.5\nfirm5,2001,5.5\nfirm5,2002,5.5\nfirm5,2003,5.5\nfirm5,2004,5.5\nfirm5,2005,5.5\nfirm6,2000,6.5\nfirm6,2001,6.5\nfirm6,2002,6.5\nfirm6,2003,6.5\nfirm6,2004,6.5\nfirm6,2005,6.5\nfirm7,2000,7.5\nfirm7,2001,7.5\nfirm7,2002,7.5\nfirm7,2003,7.5\nfirm7,2004,7.5\nfirm7,2005,7.5\n", [], refused="a second value of `y` of firm0 for 2000")
text = "exporter,importer,year,trade\n1,2,2000,3.25\n1,2,2001,3.25\n1,2,2002,3.25\n1,2,2003,3.25\n1,2,2004,3.25\n1,2,2005,3.25\n1,2,2006,3.25\n1,2,2007,3.25\n1,3,2000,4.25\n1,3,2001,4.25\n1,3,2002,4.25\n1,3,2003,4.25\n1,3,2004,4.25\n1,3,2005,4.25\n1,3,2006,4.25\n1,3,2007,4.25\n1,4,2000,5.25\n1,4,2001,5.25\n1,4,2002,5.25\n1,4,2003,5.25\n1,4,2004,5.25\n1,4,2005,5.25\n1,4,2006,5.25\n1,4,2007,5.25\n2,1,2000,3.25\n2,1,2001,3.25\n2,1,2002,3.25\n2,1,2003,3.25\n2,1,2004,3.25\n2,1,2005,3.25\n2,1,2006,3.25\n2,1,2007,3.25\n2,3,2000,5.25\n2,3,2001,5.25\n2,3,2002,5.25\n2,3,2003,5.25\n2,3,2004,5.25\n2,3,2005,5.25\n2,3,2006,5.25\n2,3,2007,5.25\n2,4,2000,6.25\n2,4,2001,6.25\n2,4,2002,6.25\n2,4,2003,6.25\n2,4,2004,6.25\n2,4,2005,6.25\n2,4,2006,6.25\n2,4,2007,6.25\n3,1,2000,4.25\n3,1,2001,4.25\n3,1,2002,4.25\n3,1,2003,4.25\n3,1,2004,4.25\n3,1,2005,4.25\n3,1,2006,4.25\n3,1,2007,4.25\n3,2,2000,5.25\n3,2,2001,5.25\n3,2,2002,5.25\n3,2,2003,5.25\n3,2,2004,5.25\n3,2,2005,5.25\n3,2,2006,5.25\n3,2,2007,5.25\n3,4,2000,7.25\n3,4,2001,7.25\n3,4,2002,7.25\n3,4,2003,7.25\n3,4,2004,7.25\n3,4,2005,7.25\n3,4,2006,7.25\n3,4,2007,7.25\n4,1,2000,5.25\n4,1,2001,5.25\n4,1,2002,5.25\n4,1,2003,5.25\n4,1,2004,5.25\n4,1,2005,5.25\n4,1,2006,5.25\n4,1,2007,5.25\n4,2,2000,6.25\n4,2,2001,6.25\n4,2,2002,6.25\n4,2,2003,6.25\n4,2,2004,6.25\n4,2,2005,6.25\n4,2,2006,6.25\n4,2,2007,6.25\n4,3,2000,7.25\n4,3,2001,7.25\n4,3,2002,7.25\n4,3,2003,7.25\n4,3,2004,7.25\n4,3,2005,7.25\n4,3,2006,7.25\n4,3,2007,7.25\n"
case("coded_pairs.csv", text, [(f"{one}:{other}", year, value) for one, other, year, value in pd.read_csv(io.StringIO(text)).itertuples(index=False)], more=True, asked=["entity_with: [\"importer\"]"])

# --- Stata, SPSS, Parquet, ODS, HTML ----------------------------------------------------------------------------------
frame = pd.DataFrame({"countrycode": ["ABW", "ABW", "AGO", "AGO"], "country": ["Aruba", "Aruba", "Angola", "Angola"], "year": pd.array([1970, 1971, 1970, 1971], dtype="int16"), "rgdpe": [float("nan"), 1234.5, 21000.25, 21100.75], "pop": [.059, .06, 5.9, 6.0]})
frame.to_stata(SCRATCH / "pwt.dta", write_index=False, version=118, variable_labels={"rgdpe": "Expenditure-side real GDP"})
case("pwt.dta", (SCRATCH / "pwt.dta").read_bytes(), long(frame, "countrycode", "year", ["rgdpe", "pop"]))
frame = pd.DataFrame({"YEAR": [2019.0] * 4 + [2020.0] * 4, "SERIAL": [1.0, 1.0, 2.0, 3.0, 1.0, 1.0, 2.0, 3.0], "PERNUM": [1.0, 2.0, 1.0, 1.0] * 2, "INCTOT": [25000.0, 9999999.0, 31000.0, 27500.0, 9999999.0, 12500.0, 0.0, 41000.0], "SEX": [1.0, 2.0, 2.0, 1.0] * 2})
pyreadstat.write_sav(frame, str(SCRATCH / "ipums.sav"), column_labels={"INCTOT": "Total personal income"}, variable_value_labels={"SEX": {1: "Male", 2: "Female"}}, missing_ranges={"INCTOT": [9999999]})
case("ipums.sav", (SCRATCH / "ipums.sav").read_bytes(), [("", 2019, v) for v in (25000, 31000, 27500)] + [("", 2020, v) for v in (12500, 0, 41000)], more=True, refused="a second value", asked=["several rows have one time: `duplicates: keep`"])
frame = pd.DataFrame({"firm": pd.array([10000000000000001, 10000000000000002, 10000000000000001, 10000000000000002], dtype="int64"), "date": pd.to_datetime(["2019-03-31", "2019-03-31", "2019-06-30", "2019-06-30"]), "sales": [1.5, 2.5, 3.5, None], "staff": pd.array([1, 2, 3, 4], dtype="int8")})
out = io.BytesIO()
frame.to_parquet(out, index=False)
frame["date"] = frame["date"].dt.to_period("Q").astype(str)
case("firms.parquet", out.getvalue(), long(frame, "firm", "date", ["sales", "staff"]))
case("defra.ods", ods([["Table 1: Emissions by nation"], ["Units: Mt CO2e"], ["Nation", 2018, 2019, 2020], ["England", 352.5, 341.25, 301], ["Scotland", 41.5, 40.75, 36], ["Wales", 38.5, 37.25, "[low]"]]),
     [("England", 2018, 352.5), ("England", 2019, 341.25), ("England", 2020, 301), ("Scotland", 2018, 41.5), ("Scotland", 2019, 40.75), ("Scotland", 2020, 36), ("Wales", 2018, 38.5), ("Wales", 2019, 37.25)], refused="[low]")
case("inegi.xls", "<html><head><meta charset='utf-8'></head><body><table><tr><th rowspan=2>Entidad</th><th colspan=2>Población</th></tr><tr><th>2010</th><th>2020</th></tr><tr><td>Aguascalientes</td><td>1,184,996</td><td>1,425,607</td></tr><tr><td>Baja California</td><td>3,155,070</td><td>3,769,020</td></tr></table></body></html>",
     [("Aguascalientes", 2010, 1184996), ("Aguascalientes", 2020, 1425607), ("Baja California", 2010, 3155070), ("Baja California", 2020, 3769020)])

# --- More of them: headers and keys that are nearly times -------------------------------------------------------------
D = datetime.date
case("headers_of_dates.xlsx", book([["Monthly Retail Trade"], [], ["Kind of business", D(2019, 1, 1), D(2019, 2, 1), D(2019, 3, 1)], ["Food", 101.5, 102.5, 103.5], ["Motor", 201.5, 202.5, 203.5]]),
     [(n, f"2019-0{m}", v + m) for n, v in (("Food", 100.5), ("Motor", 200.5)) for m in (1, 2, 3)])
case("dates_down.xlsx", book([["Back to Contents", "Data 1: Crude Oil"], ["Sourcekey", "MCRFPUS1"], ["Date", "U.S. Field Production"], [D(1973, 1, 15), 9178.5], [D(1973, 2, 15), 9448.25], [D(1973, 3, 15), 9403]]),
     [("", "1973-01-15", 9178.5), ("", "1973-02-15", 9448.25), ("", "1973-03-15", 9403)])
case("change_beside_years.csv", "Country,2018,2019,2020,2020/2019\nA,1.5,2.5,3.5,40\nB,4.5,5.5,6.5,18.2\n", [("A", 2018, 1.5), ("A", 2019, 2.5), ("A", 2020, 3.5), ("B", 2018, 4.5), ("B", 2019, 5.5), ("B", 2020, 6.5)])
case("mean_beside_years.csv", "Country,2018,2019,2020,2018-2020\nA,1.5,2.5,3.5,2.5\nB,4.5,5.5,6.5,5.5\n", [("A", 2018, 1.5), ("A", 2019, 2.5), ("A", 2020, 3.5), ("B", 2018, 4.5), ("B", 2019, 5.5), ("B", 2020, 6.5)])
case("bcb.csv", "\"data\";\"valor\"\n\"01/01/2019\";\"0,32\"\n\"01/02/2019\";\"0,43\"\n\"01/03/2019\";\"0,75\"\n\"01/04/2019\";\"0,57\"\n", [], refused="may be the day 2019-02-01 or the day 2019-01-02", asked=["nothing in these dates decides what comes first"])
case("bde.csv", "\"FECHA\",\"Tipo de interés\",\"Importe\"\n\"ENE 2019\",\"1.5\",\"100.25\"\n\"FEB 2019\",\"1.75\",\"101.5\"\n\"MAR 2019\",\"_\",\"102\"\n", [("", "2019-01", 1.5), ("", "2019-01", 100.25), ("", "2019-02", 1.75), ("", "2019-02", 101.5), ("", "2019-03", 102)], refused='"_"')
case("cso_px.csv", "\"Statistic Label\",\"Month\",\"UNIT\",\"VALUE\"\n\"Index\",\"2019M01\",\"Base\",\"101.5\"\n\"Index\",\"2019M02\",\"Base\",\"101.75\"\n\"Index\",\"2019M03\",\"Base\",\"102\"\n", [("", f"2019-0{m}", v) for m, v in ((1, 101.5), (2, 101.75), (3, 102))])
case("stat_fi.csv", "\"Transaction\",\"2019Q3\",\"2019Q4\",\"2020Q1*\",\"2020Q2*\"\n\"GDP\",60012.5,61250,58000.25,56750\n\"Exports\",23500,24000,22750.5,19500\n",
     [(n, t, v) for n, vs in (("GDP", (60012.5, 61250, 58000.25, 56750)), ("Exports", (23500, 24000, 22750.5, 19500))) for t, v in zip(("2019Q3", "2019Q4", "2020Q1", "2020Q2"), vs)], asked=['flags: ["*"]'])
case("ksh.csv", "Időszak;GDP\n2019. I. negyedév;10 512,5\n2019. II. negyedév;11 689,25\n2019. III. negyedév;11 923\n2019. IV. negyedév;13 397,75\n", [("", f"2019Q{q}", v) for q, v in enumerate((10512.5, 11689.25, 11923, 13397.75), 1)])
case("gus_bdl.csv", "\"Kod\";\"Nazwa\";\"ogółem;2019;[osoba]\";\"ogółem;2020;[osoba]\"\n\"0200000\";\"DOLNOŚLĄSKIE\";\"2900163\";\"2891321\"\n\"0400000\";\"KUJAWSKO-POMORSKIE\";\"2072373\";\"2061942\"\n",
     [("DOLNOŚLĄSKIE", 2019, 2900163), ("DOLNOŚLĄSKIE", 2020, 2891321), ("KUJAWSKO-POMORSKIE", 2019, 2072373), ("KUJAWSKO-POMORSKIE", 2020, 2061942)])
case("ecos.csv", "통계표,계정항목,단위,2019/01,2019/02\n환율,원/미국달러,원,1122.0,1122.5\n환율,원/일본엔,원,1029.75,1016.25\n".encode("euc-kr"), [("원/미국달러", "2019-01", 1122), ("원/미국달러", "2019-02", 1122.5), ("원/일본엔", "2019-01", 1029.75), ("원/일본엔", "2019-02", 1016.25)])
case("kosis_months.csv", "\"항목\",\"2019. 01\",\"2019. 02\"\n\"경제활동인구\",\"27457.5\",\"27689\"\n\"취업자\",\"26232\",\"26346.25\"\n".encode("euc-kr"), [("경제활동인구", "2019-01", 27457.5), ("경제활동인구", "2019-02", 27689), ("취업자", "2019-01", 26232), ("취업자", "2019-02", 26346.25)])
case("compustat.csv", "gvkey,datadate,fyear,tic,at,sale\n001690,20180930,2018,AAPL,365725,265595\n001690,20190930,2019,AAPL,338516,260174\n012141,20180630,2018,MSFT,258848,110360\n012141,20190630,2019,MSFT,286556,125843\n",
     [(g, y, v) for g, y, vs in (("001690", 2018, (365725, 265595)), ("001690", 2019, (338516, 260174)), ("012141", 2018, (258848, 110360)), ("012141", 2019, (286556, 125843))) for v in vs], more=True)
case("crsp.csv", "PERMNO,date,TICKER,RET,PRC\n14593,20190131,AAPL,0.055154,166.44\n14593,20190228,AAPL,0.044756,173.15\n10107,20190131,MSFT,C,104.43\n10107,20190228,MSFT,0.0772,112.03\n",
     [("14593", "2019-01", .055154), ("14593", "2019-01", 166.44), ("14593", "2019-02", .044756), ("14593", "2019-02", 173.15), ("10107", "2019-01", 104.43), ("10107", "2019-02", .0772), ("10107", "2019-02", 112.03)], refused='"C"', asked=['entity: "PERMNO"', 'time: "date"', "period: {frequency: month}  # guess"])
case("unctad.csv", "\"Year\",\"Economy\",\"Economy Label\",\"US dollars at current prices in millions\",\"US dollars at current prices in millions Footnote\"\n\"2019\",\"0004\",\"Afghanistan\",18904.5,\"\"\n\"2019\",\"0008\",\"Albania\",15401.75,\"\"\n\"2020\",\"0004\",\"Afghanistan\",20143.25,\"Estimated\"\n\"2020\",\"0008\",\"Albania\",15131.5,\"\"\n",
     [("Afghanistan", 2019, 18904.5), ("Albania", 2019, 15401.75), ("Afghanistan", 2020, 20143.25), ("Albania", 2020, 15131.5)], more=True)
case("wto.csv", "\"Reporter\",\"Product\",\"2019\",\"2020\"\n\"China\",\"Total\",\"2,499,457\",\"2,589,952\"\n\"Germany\",\"Total\",\"1,489,412\",\"1,382,533\"\n", [("China", 2019, 2499457), ("China", 2020, 2589952), ("Germany", 2019, 1489412), ("Germany", 2020, 1382533)])
case("estat_marks.csv", "\"地域\",\"年\",\"製造品出荷額等\"\n\"札幌市\",\"2018\",\"5,876,543\"\n\"札幌市\",\"2019\",\"X\"\n\"函館市\",\"2018\",\"1,862,104\"\n\"函館市\",\"2019\",\"1,790,001\"\n\"夕張市\",\"2018\",\"-\"\n\"夕張市\",\"2019\",\"99,876\"\n".encode("cp932"), [("札幌市", 2018, 5876543), ("函館市", 2018, 1862104), ("函館市", 2019, 1790001), ("夕張市", 2019, 99876)])
case("china_customs.csv", "年月,出口(亿美元)\n2019年1月,2175.7\n2019年2月,1352.4\n2019年1-2月,3528.1\n2019年3月,1986.7\n".encode("gb18030"), [], refused="January on")
case("two_digit_months.csv", "mes;valor\njan/19;1,5\nfev/19;2,5\nmar/19;3,5\n", [("", f"2019-0{m}", m + .5) for m in (1, 2, 3)], asked=["period: {frequency: month, century: 1940}  # REVIEW"])
case("indian_quarters.xlsx", book([["Quarterly estimates of GDP"], ["Year", "Quarter", "GDP"], ["2018-19", "Q1", 33.5], [None, "Q2", 34.25], [None, "Q3", 35], [None, "Q4", 36.5], ["2019-20", "Q1", 35.25], [None, "Q2", 35.75], [None, "Q3", 36], [None, "Q4", 37.5]]), [], more=True, asked=["year_span: first  # REVIEW", "one of a fiscal year"])
case("russian_numbered.xlsx", book([["Валовой региональный продукт"], ["№ п/п", "Субъект", 2018, 2019], [1, 2, 3, 4], [1, "Белгородская область", 865.5, 956.25], [2, "Брянская область", 332.5, 397]]), [("Белгородская область", 2018, 865.5), ("Белгородская область", 2019, 956.25), ("Брянская область", 2018, 332.5), ("Брянская область", 2019, 397)])
case("russian_numbered_text.csv", "Субъект;2018;2019;2020\nА;1;2;3\nБелгородская область;865,5;956,25;1010\nБрянская область;332,5;397;400,5\n", [("Белгородская область", 2018, 865.5), ("Белгородская область", 2019, 956.25), ("Белгородская область", 2020, 1010), ("Брянская область", 2018, 332.5), ("Брянская область", 2019, 397), ("Брянская область", 2020, 400.5)], more=True)
case("blank_first_year.csv", "year,quarter,v\n2019,1,10.5\n,2,11.5\n,3,12.5\n,4,13.5\n2020,1,14.5\n,2,15.5\n,3,16.5\n,4,17.5\n", [("", f"{y}Q{q}", v) for y, vs in ((2019, (10.5, 11.5, 12.5, 13.5)), (2020, (14.5, 15.5, 16.5, 17.5))) for q, v in enumerate(vs, 1)])
frame = pd.DataFrame({"region": pd.Categorical(["Nord", "Nord", "Süd", "Süd"]), "when": pd.to_datetime(["2019-01-31", "2019-02-28"] * 2).tz_localize("UTC"), "v": [1.5, 2.5, 3.5, None]})
out = io.BytesIO()
frame.to_parquet(out, index=False)
case("zones.parquet", out.getvalue(), [("Nord", "2019-01", 1.5), ("Nord", "2019-02", 2.5), ("Süd", "2019-01", 3.5)])
case("rowspans.html", "<table><tr><th>Region</th><th>Year</th><th>Value</th></tr><tr><td rowspan=2>North</td><td>2019</td><td>1.5</td></tr><tr><td>2020</td><td>2.5</td></tr><tr><td rowspan=2>South</td><td>2019</td><td>3.5</td></tr><tr><td>2020</td><td>4.5</td></tr></table>", [("North", 2019, 1.5), ("North", 2020, 2.5), ("South", 2019, 3.5), ("South", 2020, 4.5)], asked=["merged: fill"])
frame = pd.DataFrame({"idhogar": ["000123", "000123", "000124"], "anio": [2019.0, 2020.0, 2019.0], "ingreso": [1500.5, 1600.25, 900.0]})
pyreadstat.write_sav(frame, str(SCRATCH / "hogares.sav"))
case("hogares.sav", (SCRATCH / "hogares.sav").read_bytes(), [("000123", 2019, 1500.5), ("000123", 2020, 1600.25), ("000124", 2019, 900)])
case("weo_like.xls", "WEO Country Code\tISO\tSubject Descriptor\tUnits\tScale\t2019\t2020\tEstimates Start After\n512\tAFG\tGDP\tNational currency\tBillions\t1,253.296\t1,240.11\t2019\n914\tALB\tGDP\tNational currency\tBillions\t850.25\t817.5\t2020\n".encode("utf-16-le"), [("512", 2019, 1253.296), ("512", 2020, 1240.11), ("914", 2019, 850.25), ("914", 2020, 817.5)])

(HERE / "files").mkdir(exist_ok=True)
for name, data in FILES:
    (HERE / "files" / name).write_bytes(data)
(HERE / "cases.json").write_text(json.dumps(CASES, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
print(len(CASES), "files,", sum(len(one["values"]) for one in CASES), "values; pandas", pd.__version__)
