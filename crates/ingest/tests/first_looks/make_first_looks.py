"""Small files as people come by them, and what stands in them: each is looked at by `vintage new` alone, and read as it proposes.

    python3 make_first_looks.py        (Python 3.11; pandas, numpy, pyarrow, openpyxl, xlwt, pyreadstat)

writes files/ and cases.json. Layouts are rebuilt after the sources named in the files' names; the figures are invented. What a file
holds stands beside it as entity, time and value, as it was put in. `AWAITED` says what is other than that: a refusal, or what the manifest has to ask.
"""
import csv
import datetime
import io
import json
import pathlib
import tempfile
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

HERE = pathlib.Path(__file__).parent
SCRATCH = pathlib.Path(tempfile.mkdtemp())
CASES = []
D = datetime.date


def case(name, data, truth):
    CASES.append((name, data, truth))


def xl(fill):
    book = openpyxl.Workbook()
    fill(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(sheet, table):
    for at, row in enumerate(table, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(at, column, value)


# Eurostat TSV w/ flags
case("eurostat.tsv", "freq,unit,geo\\TIME_PERIOD\t2018 \t2019 \t2020 \nA,PC,AT\t1.5 \t1.6 b\t: \nA,PC,BE\t2.25 p\t: c\t-0.4 e\nA,PC,EA20\t1.1 d\t1.2 \t1.3 ep\n".encode(),
 [("AT","2018",1.5),("AT","2019",1.6),("BE","2018",2.25),("BE","2020",-0.4),("EA20","2018",1.1),("EA20","2019",1.2),("EA20","2020",1.3)])
# Eurostat SDMX-CSV full
case("eurostat_linear.csv", "DATAFLOW,LAST UPDATE,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG,CONF_STATUS\nESTAT:TPS(1.0),11/06/24 23:00:00,A,PC,AT,2018,1.5,,\nESTAT:TPS(1.0),11/06/24 23:00:00,A,PC,AT,2019,1.6,b,\nESTAT:TPS(1.0),11/06/24 23:00:00,A,PC,BE,2018,2.25,p,\nESTAT:TPS(1.0),11/06/24 23:00:00,A,PC,BE,2019,,c,\n".encode(),
 [("AT","2018",1.5),("AT","2019",1.6),("BE","2018",2.25)])
# WB wide API csv
case("API_NY.GDP.csv", ('\ufeff"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-05-30",\n\n"Country Name","Country Code","Indicator Name","Indicator Code","1960","1961","1962",\n"Aruba","ABW","GDP (current US$)","NY.GDP.MKTP.CD","","","",\n"Africa Eastern and Southern","AFE","GDP (current US$)","NY.GDP.MKTP.CD","21216960538.8","22307469929.6","23702469903.2",\n"Afghanistan","AFG","GDP (current US$)","NY.GDP.MKTP.CD","537777811.1","548888895.6","546666677.8",\n').encode(),
 [("Africa Eastern and Southern","1960",21216960538.8),("Africa Eastern and Southern","1961",22307469929.6),("Africa Eastern and Southern","1962",23702469903.2),("Afghanistan","1960",537777811.1),("Afghanistan","1961",548888895.6),("Afghanistan","1962",546666677.8)])
# WB DataBank, two series
case("databank.csv", ('Country Name,Country Code,Series Name,Series Code,2000 [YR2000],2001 [YR2001]\nAruba,ABW,Exports,NE.EXP,1.5,..\nAruba,ABW,Imports,NE.IMP,2.5,3\nBenin,BEN,Exports,NE.EXP,4.5,5\nBenin,BEN,Imports,NE.IMP,..,6\n,,,,,\n,,,,,\n,,,,,\nData from database: World Development Indicators,,,,,\nLast Updated: 06/28/2024,,,,,\n').encode(),
 [("Aruba","2000",1.5),("Aruba","2000",2.5),("Aruba","2001",3),("Benin","2000",4.5),("Benin","2001",5),("Benin","2001",6)])
# NBS yearbook xlsx: title, units, 2 header rows merged, footnote
def nbs(b, ws):
    rows(ws, [["3-1 地区生产总值",None,None,None,None],["单位：亿元"],["地区","2019",None,"2020",None],[None,"总值","指数","总值","指数"],["北 京",35445.1,106.1,36102.6,101.2],["天 津",14055.5,104.8,14083.7,101.5],["注：本表按当年价格计算。"]])
    ws.merge_cells("A1:E1"); ws.merge_cells("A3:A4"); ws.merge_cells("B3:C3"); ws.merge_cells("D3:E3"); ws.merge_cells("A7:E7")
case("nbs.xlsx", xl(nbs), [("北 京","2019",35445.1),("北 京","2019",106.1),("北 京","2020",36102.6),("北 京","2020",101.2),("天 津","2019",14055.5),("天 津","2019",104.8),("天 津","2020",14083.7),("天 津","2020",101.5)])
# FRED
case("GDPC1.csv", b"observation_date,GDPC1\n1947-01-01,2182.681\n1947-04-01,2176.892\n1947-07-01,2172.432\n1947-10-01,2206.452\n",
 [("","1947Q1",2182.681),("","1947Q2",2176.892),("","1947Q3",2172.432),("","1947Q4",2206.452)])
# OECD SDMX-CSV new: code + label columns
case("oecd.csv", b'STRUCTURE,STRUCTURE_ID,ACTION,REF_AREA,Reference area,MEASURE,Measure,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS,UNIT_MULT,DECIMALS\nDATAFLOW,OECD:X(1.0),I,AUS,Australia,GDP,Gross domestic product,USD,2019,1355.5,A,6,2\nDATAFLOW,OECD:X(1.0),I,AUS,Australia,GDP,Gross domestic product,USD,2020,1400.25,P,6,2\nDATAFLOW,OECD:X(1.0),I,AUT,Austria,GDP,Gross domestic product,USD,2019,455,A,6,2\nDATAFLOW,OECD:X(1.0),I,AUT,Austria,GDP,Gross domestic product,USD,2020,,M,6,2\n',
 [("AUS","2019",1355.5),("AUS","2020",1400.25),("AUT","2019",455)])
# PWT xlsx with sheet Info first, Data third
def pwt(b, ws):
    ws.title="Info"; rows(ws, [["Penn World Table version 10.01"],["When using these data, please cite"]])
    l=b.create_sheet("Legend"); rows(l, [["Variable name","Variable definition"],["rgdpe","Expenditure-side real GDP"],["pop","Population"]])
    d=b.create_sheet("Data"); rows(d, [["countrycode","country","currency_unit","year","rgdpe","pop","i_cig"],["ABW","Aruba","Guilder",1970,None,.059,"Extrapolated"],["ABW","Aruba","Guilder",1971,1234.5,.06,"Benchmark"],["AGO","Angola","Kwanza",1970,21000.25,5.9,"Extrapolated"],["AGO","Angola","Kwanza",1971,21100.75,6.0,"Benchmark"]])
case("pwt.xlsx", xl(pwt), [("ABW","1970",.059),("ABW","1971",1234.5),("ABW","1971",.06),("AGO","1970",21000.25),("AGO","1970",5.9),("AGO","1971",21100.75),("AGO","1971",6.0)])
# INE Spain ; decimals comma latin1
case("ine.csv", "Provincias;Sexo;Periodo;Total\n02 Albacete;Total;2020;388.270\n02 Albacete;Total;2021;386.464\n03 Alicante/Alacant;Total;2020;1.879.888\n03 Alicante/Alacant;Total;2021;1.881.762\nCáceres;Total;2020;391.850\nCáceres;Total;2021;389.558\n".encode("latin-1"),
 [("02 Albacete","2020",388270),("02 Albacete","2021",386464),("03 Alicante/Alacant","2020",1879888),("03 Alicante/Alacant","2021",1881762),("Cáceres","2020",391850),("Cáceres","2021",389558)])
# Destatis GENESIS: preamble, Stichtag dates, footer, '-' '.' '...' 
case("12411-0010.csv", "GENESIS-Tabelle: 12411-0010;;;\nBevölkerung: Bundesländer, Stichtag;;;\nFortschreibung des Bevölkerungsstandes;;;\nBevölkerung (Anzahl);;;\n;31.12.2019;31.12.2020;31.12.2021\nBaden-Württemberg;11100394;11103043;11124642\nBayern;13124737;13140183;-\nBerlin;3669491;...;3677472\n__________;;;\n© Statistisches Bundesamt (Destatis), 2024;;;\nStand: 01.02.2024 / 10:00:00;;;\n".encode("latin-1"),
 [("Baden-Württemberg","2019",11100394),("Baden-Württemberg","2020",11103043),("Baden-Württemberg","2021",11124642),("Bayern","2019",13124737),("Bayern","2020",13140183),("Berlin","2019",3669491),("Berlin","2021",3677472)])
# percent col xlsx, negatives in parentheses as text
def pct(b, ws):
    rows(ws, [["Firm","Year","Margin","Profit","Paid"],["A",2019,.125,"(1,234.5)",datetime.date(2019,3,31)],["A",2020,.2,"2,000.0",datetime.date(2020,3,31)],["B",2019,-.05,"(12.0)",datetime.date(2019,6,30)],["B",2020,.1,"3.5",datetime.date(2020,6,30)]])
    for r in range(2,6): ws.cell(r,3).number_format="0.0%"
case("margins.xlsx", xl(pct), [("A","2019",.125),("A","2020",.2),("B","2019",-.05),("B","2020",.1),("A","2019",-1234.5),("A","2020",2000),("B","2019",-12),("B","2020",3.5)])
# hidden rows: 
def hid(b, ws):
    rows(ws, [["Region","Year","Income"],["N",2019,10.5],["N",2020,11.5],["Old",2019,99.5],["S",2019,12.5],["S",2020,13.5]])
    ws.row_dimensions[4].hidden=True
case("hidden.xlsx", xl(hid), [("N","2019",10.5),("N","2020",11.5),("Old","2019",99.5),("S","2019",12.5),("S","2020",13.5)])
# raised digits
def raised(b, ws):
    rows(ws, [["Region","Year","Income"],["N",2019,10.5],["N",2020,None],["S",2019,12.5],["S",2020,13.5]])
    ws["C3"]=CellRichText("12.3", TextBlock(InlineFont(vertAlign="superscript"),"1"))
case("raised.xlsx", xl(raised), [("N","2019",10.5),("N","2020",12.3),("S","2019",12.5),("S","2020",13.5)])
# HTML as xls
case("export.xls", "<html><head><meta charset='gb2312'></head><body><table border=1><tr><th colspan=4>城市统计</th></tr><tr><th rowspan=2>城市</th><th colspan=2>工业</th><th rowspan=2>年份</th></tr><tr><th>产值</th><th>利润</th></tr><tr><td>甲市</td><td>1,234.5</td><td>12</td><td>2001</td></tr><tr><td>乙市</td><td>2,345</td><td>13</td><td>2001</td></tr></table></body></html>".encode("gb2312"),
 [("甲市","2001",1234.5),("甲市","2001",12),("乙市","2001",2345),("乙市","2001",13)])
# UTF-16LE with BOM tab
case("utf16.txt", "Country\tYear\tGDP\nCôte d’Ivoire\t2000\t1.5\nCôte d’Ivoire\t2001\t2.5\nTürkiye\t2000\t3.5\nTürkiye\t2001\t4.5\n".encode("utf-16"),
 [("Côte d’Ivoire","2000",1.5),("Côte d’Ivoire","2001",2.5),("Türkiye","2000",3.5),("Türkiye","2001",4.5)])
# GB18030 csv
case("gb.csv", "城市,年份,人口（万人）,工资\n石家庄市,2003,910.49,11234\n石家庄市,2004,917.55,12345\n唐山市,2003,706.28,\n唐山市,2004,710.11,13456\n".encode("gb18030"),
 [("石家庄市","2003",910.49),("石家庄市","2003",11234),("石家庄市","2004",917.55),("石家庄市","2004",12345),("唐山市","2003",706.28),("唐山市","2004",710.11),("唐山市","2004",13456)])
# NBSP grouping
case("insee.csv", "Région;2019;2020\nÎle-de-France;12 262,5;12 271,8\nBretagne;3 354,9;3 373,8\nCorse;340,4;343,7\n".replace(" ","\u202f").encode(),
 [("Île-de-France","2019",12262.5),("Île-de-France","2020",12271.8),("Bretagne","2019",3354.9),("Bretagne","2020",3373.8),("Corse","2019",340.4),("Corse","2020",343.7)])
# sheets as years
def sheets(b, ws):
    ws.title="2008"; rows(ws, [["City","GDP","Pop"],["A",1.5,10],["B",2.5,20]])
    d=b.create_sheet("2009"); rows(d, [["City","GDP","Pop"],["A",3.5,30],["B",4.5,40]])
    d=b.create_sheet("2010年"); rows(d, [["City","GDP","Pop"],["A",5.5,50],["B",6.5,60]])
case("sheets.xlsx", xl(sheets), [("A","2008",1.5),("A","2008",10),("B","2008",2.5),("B","2008",20),("A","2009",3.5),("A","2009",30),("B","2009",4.5),("B","2009",40),("A","2010",5.5),("A","2010",50),("B","2010",6.5),("B","2010",60)])
# Stata dta with labels
f = str(SCRATCH / "x.dta")
df=pd.DataFrame({"id":[1,1,2,2],"year":[2000,2001,2000,2001],"wage":[1.5,2.5,np.nan,4.5],"sex":pd.Categorical(["m","m","f","f"])})
df.to_stata(f, write_index=False, variable_labels={"wage":"Hourly wage"}, version=118)
case("panel.dta", open(f,"rb").read(), [("1","2000",1.5),("1","2001",2.5),("2","2001",4.5)])
# SPSS
pyreadstat.write_sav(pd.DataFrame({"id":[1.,1.,2.,2.],"year":[2000.,2001.,2000.,2001.],"inc":[10.,99.,30.,40.],"edu":[1.,2.,1.,2.]}), str(SCRATCH / "x.sav"), variable_value_labels={"edu":{1:"low",2:"high"}}, missing_ranges={"inc":[99]})
case("survey.sav", open(str(SCRATCH / "x.sav"),"rb").read(), [("1","2000",10),("2","2000",30),("2","2001",40)])
# Parenthesised years/notes header with provisional
case("prov.csv", "Country,2018,2019p,2020*\nA,1.5,2.5,3.5 e\nB,4.5,5.5,6.5\n".encode(), [("A","2018",1.5),("A","2019",2.5),("A","2020",3.5),("B","2018",4.5),("B","2019",5.5),("B","2020",6.5)])
# Swiss
case("bfs.csv", "Kanton;Jahr;Personen\nZürich;2019;1'520'968\nZürich;2020;1'539'275\nGenf;2019;504'128\nGenf;2020;506'343\n".encode("cp1252"), [("Zürich","2019",1520968),("Zürich","2020",1539275),("Genf","2019",504128),("Genf","2020",506343)])
# Two header rows csv with units row
case("units.csv", "Country,Year,GDP,Population\n,,bn USD,thousands\nA,2000,1.5,10\nA,2001,2.5,11\nB,2000,3.5,20\nB,2001,4.5,21\n".encode(), [("A","2000",1.5),("A","2000",10),("A","2001",2.5),("A","2001",11),("B","2000",3.5),("B","2000",20),("B","2001",4.5),("B","2001",21)])
# months long
case("cpi.csv", "series,period,value\nCPI,2020M01,100.5\nCPI,2020M02,100.75\nPPI,2020M01,99.5\nPPI,2020M02,98.25\n".encode(), [("CPI","2020-01",100.5),("CPI","2020-02",100.75),("PPI","2020-01",99.5),("PPI","2020-02",98.25)])
# Dates D/M/Y
case("daily.csv", "ticker,date,close\nX,02/01/2020,10.5\nX,03/01/2020,11.5\nX,14/01/2020,12.5\nY,02/01/2020,20.5\n".encode(), [("X","2020-01-02",10.5),("X","2020-01-03",11.5),("X","2020-01-14",12.5),("Y","2020-01-02",20.5)])
# stacked totals and blank lines, ibge style
case("ibge.csv", "\"Tabela 5938 - PIB\"\n\"Município\";\"Ano\";\"PIB (Mil Reais)\"\n\"Abaeté (MG)\";\"2019\";\"457412\"\n\"Abaeté (MG)\";\"2020\";\"489.5\"\n\"Abadia (GO)\";\"2019\";\"-\"\n\"Abadia (GO)\";\"2020\";\"...\"\n\"Fonte: IBGE\"\n".encode(), [("Abaeté (MG)","2019",457412),("Abaeté (MG)","2020",489.5)])
# xlsx year in title row merged above, entity merged vertically (province over cities)
def vmerge(b, ws):
    rows(ws, [["Province","City","Year","GDP"],["P1","A",2000,1.5],[None,"B",2000,2.5],["P2","C",2000,3.5],[None,"D",2000,4.5]])
    ws.merge_cells("A2:A3"); ws.merge_cells("A4:A5")
case("vmerge.xlsx", xl(vmerge), [("A","2000",1.5),("B","2000",2.5),("C","2000",3.5),("D","2000",4.5)])
# merged entity, years beneath
def vmerge2(b, ws):
    rows(ws, [["City","Year","GDP"],["A",2000,1.5],[None,2001,2.5],["B",2000,3.5],[None,2001,4.5]])
    ws.merge_cells("A2:A3"); ws.merge_cells("A4:A5")
case("vmerge2.xlsx", xl(vmerge2), [("A","2000",1.5),("A","2001",2.5),("B","2000",3.5),("B","2001",4.5)])
# merged value in body
def vmerge3(b, ws):
    rows(ws, [["City","Year","GDP"],["A",2000,1.5],["A",2001,None],["B",2000,3.5],["B",2001,4.5]])
    ws.merge_cells("C2:C3")
case("vmerge3.xlsx", xl(vmerge3), [("A","2000",1.5),("B","2000",3.5),("B","2001",4.5)])
# numbers as text in xlsx w/ thousands
def tnum(b, ws): rows(ws, [["City","Year","GDP"],["A","2000","1,234"],["A","2001","12,345"],["B","2000","2,345"],["B","2001","3,456"]])
case("textnum.xlsx", xl(tnum), [("A","2000",1234),("A","2001",12345),("B","2000",2345),("B","2001",3456)])
# currency
case("money.csv", 'firm,year,sales\nA,2000,"$1,234.50"\nA,2001,"$12,345.00"\nB,2000,"($2.25)"\nB,2001,$3.50\n'.encode(), [("A","2000",1234.5),("A","2001",12345),("B","2000",-2.25),("B","2001",3.5)])
# leading zero codes
case("fips.csv", "fips,year,emp\n01001,2000,10\n01001,2001,11\n01003,2000,12\n36061,2000,13\n36061,2001,14\n".encode(), [("01001","2000",10),("01001","2001",11),("01003","2000",12),("36061","2000",13),("36061","2001",14)])
# fiscal years
case("india.csv", "State,2011-12,2012-13,2013-14\nBihar,1.5,2.5,3.5\nGoa,4.5,5.5,6.5\n".encode(), [("Bihar","2011",1.5),("Bihar","2012",2.5),("Bihar","2013",3.5),("Goa","2011",4.5),("Goa","2012",5.5),("Goa","2013",6.5)])
# xls by xlwt with dates & percent
def xls():
    b=xlwt.Workbook(); s=b.add_sheet("S"); p=xlwt.easyxf(num_format_str="0.0%"); d=xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for r,(a,y,v,t) in enumerate([("A",2000,.125,datetime.date(2000,1,31)),("A",2001,.25,datetime.date(2001,1,31)),("B",2000,.5,datetime.date(2000,1,31))],1):
        s.write(r,0,a); s.write(r,1,y); s.write(r,2,v,p); s.write(r,3,t,d)
    for c,h in enumerate(["Bank","Year","Rate","Date"]): s.write(0,c,h)
    f=io.BytesIO(); b.save(f); return f.getvalue()
case("rates.xls", xls(), [("A","2000",.125),("A","2001",.25),("B","2000",.5)])
# stata wide names
case("wide_vars.csv", "country,gdp_2000,gdp_2001,pop_2000,pop_2001\nA,1.5,2.5,10,11\nB,3.5,4.5,20,21\n".encode(), [("A","2000",1.5),("A","2001",2.5),("A","2000",10),("A","2001",11),("B","2000",3.5),("B","2001",4.5),("B","2000",20),("B","2001",21)])
# R write.csv with row names
case("rowname.csv", '"","state","year","y"\n"1","AL",2000,1.5\n"2","AL",2001,NA\n"3","AK",2000,3.5\n"4","AK",2001,4.5\n'.encode(), [("AL","2000",1.5),("AK","2000",3.5),("AK","2001",4.5)])
# unit values with trailing spaces / minus sign U+2212
case("minus.csv", "country,year,growth\nA,2000,−1.5\nA,2001,2.5 \nB,2000,– \nB,2001,–0.5\n".encode(), [("A","2000",-1.5),("A","2001",2.5),("B","2001",-0.5)])
# e-notation & Inf & NaN
case("nan.csv", "c,year,v\nA,2000,1.5E+03\nA,2001,NaN\nB,2000,Inf\nB,2001,-1e-3\n".encode(), [("A","2000",1500),("B","2001",-.001)])
# dash ranges, 'less than'
case("lt.csv", "c,year,v\nA,2000,<0.1\nA,2001,12.5\nB,2000,3.5\nB,2001,~4\n".encode(), [("A","2001",12.5),("B","2000",3.5)])
# xlsx units in cell format "0.0,," thousands
def fmt(b, ws):
    rows(ws, [["c","year","v","code"],["A",2000,1234567,110],["A",2001,2234567,110],["B",2000,3234567,220],["B",2001,4234567,220]])
    for r in range(2,6): ws.cell(r,3).number_format='#,##0.0,,'; ws.cell(r,4).number_format="0000"
case("fmt.xlsx", xl(fmt), [(e,y,v) for e,y,v in [("A","2000",1234567),("A","2001",2234567),("B","2000",3234567),("B","2001",4234567)]])
# xlsx dates as quarter col
def dq(b, ws):
    rows(ws, [["date","x"],[datetime.date(2000,3,31),1.5],[datetime.date(2000,6,30),2.5],[datetime.date(2000,9,30),3.5],[datetime.date(2000,12,31),4.5]])
case("dq.xlsx", xl(dq), [("","2000Q1",1.5),("","2000Q2",2.5),("","2000Q3",3.5),("","2000Q4",4.5)])
# Excel boolean + error
def err(b, ws):
    rows(ws, [["c","year","v"],["A",2000,1.5],["A",2001,"#N/A"],["B",2000,2.5],["B",2001,3.5]])
case("err.xlsx", xl(err), [("A","2000",1.5),("B","2000",2.5),("B","2001",3.5)])
# date serials 1904?
def d1904(b, ws):
    from openpyxl.utils.datetime import CALENDAR_MAC_1904
    b.epoch=CALENDAR_MAC_1904
    rows(ws, [["c","date","v"],["A",datetime.date(2000,1,1),1.5],["A",datetime.date(2001,1,1),2.5],["B",datetime.date(2000,1,1),3.5],["B",datetime.date(2001,1,1),4.5]])
case("d1904.xlsx", xl(d1904), [("A","2000",1.5),("A","2001",2.5),("B","2000",3.5),("B","2001",4.5)])
# header merged over two w/o inner: label above blank columns? (flags beside values)
def flags(b, ws):
    rows(ws, [["Country","2019",None,"2020",None],["A",1.5,"p",2.5,None],["B",3.5,None,4.5,"e"]])
    ws.merge_cells("B1:C1"); ws.merge_cells("D1:E1")
case("flagcols.xlsx", xl(flags), [("A","2019",1.5),("A","2020",2.5),("B","2019",3.5),("B","2020",4.5)])

case("sepline.csv", "sep=;\nCountry;Year;V\nA;2000;1,5\nA;2001;2,5\nB;2000;3,5\n".encode(), [("A","2000",1.5),("A","2001",2.5),("B","2000",3.5)])
case("french.csv", "This file was created by CMPT_ME_BEME_RETS using the 202401 CRSP database.\n\n,Mkt-RF,SMB,HML,RF\n192607,    2.96,   -2.56,   -2.43,    0.22\n192608,    2.64,   -1.17,    3.82,    0.25\n192609,  -99.99,   -1.40,    0.13,    0.23\n\n Annual Factors: January-December \n,Mkt-RF,SMB,HML,RF\n  1927,   29.47,   -2.04,   -4.54,    3.12\n  1928,   35.39,    4.51,   -6.17,    3.56\n\nCopyright 2024 Kenneth R. French\n".encode(), [("","1926-07",2.96),("","1926-08",2.64),("","1926-09",-1.4)])
case("french.txt", "            Mkt-RF      SMB      HML       RF\n192607    2.96   -2.56   -2.43    0.22\n192608    2.64   -1.17    3.82    0.25\n192609    0.36   -1.40    0.13    0.23\n".encode(), [("","1926-07",2.96)])
case("shiller.csv", "Date,P,D,CPI\n1871.09,4.84,0.26,12.2\n1871.1,4.59,0.26,12.4\n1871.11,4.64,0.26,12.4\n1871.12,4.74,0.26,12.6\n1872.01,4.86,0.2633,12.6\n".encode(), [("","1871-10",4.59)])
case("undata.csv", '"Country or Area","Year","Value","Value Footnotes"\n"Albania","2019","1234.5",""\n"Albania","2020","1300.25","1"\n"Benin","2019","55","2"\n\n"footnoteSeqID","Footnote"\n"1","Provisional."\n"2","Estimate."\n'.encode(), [("Albania","2019",1234.5),("Albania","2020",1300.25),("Benin","2019",55)])
case("ilo.csv", "ref_area,source,indicator,sex,classif1,time,obs_value,obs_status\nALB,BA:1,UNE,SEX_T,AGE_T,2019,11.5,\nALB,BA:1,UNE,SEX_M,AGE_T,2019,11.7,\nALB,BA:1,UNE,SEX_F,AGE_T,2019,11.2,B\nBEN,BA:2,UNE,SEX_T,AGE_T,2019,1.5,\nBEN,BA:2,UNE,SEX_M,AGE_T,2019,1.4,\nBEN,BA:2,UNE,SEX_F,AGE_T,2019,1.6,\n".encode(), [("ALB:SEX_T","2019",11.5),("ALB:SEX_M","2019",11.7),("ALB:SEX_F","2019",11.2),("BEN:SEX_T","2019",1.5),("BEN:SEX_M","2019",1.4),("BEN:SEX_F","2019",1.6)])
case("bls.csv", "Series ID,Year,Period,Value\nCUUR0000SA0,2020,M01,257.971\nCUUR0000SA0,2020,M02,258.678\nCUUR0000SA0,2020,M13,258.811\nCUUR0000SA1,2020,M01,7.971\nCUUR0000SA1,2020,M02,8.678\nCUUR0000SA1,2020,M13,8.811\n".encode(), [("CUUR0000SA0","2020-01",257.971)])
case("blswide.csv", "Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec\n2019,1.5,1.6,1.7,1.8,1.9,2.0,2.1,2.2,2.3,2.4,2.5,2.6\n2020,2.5,2.6,2.7,2.8,2.9,3.0,3.1,3.2,3.3,3.4,3.5,3.6\n".encode(), [("", f"{year}-{month:02}", (15 + 10 * (year - 2019) + month - 1) / 10) for year in (2019, 2020) for month in range(1, 13)])
case("bea.csv", "\"SAGDP1 State annual GDP\"\n\"Bureau of Economic Analysis\"\n\"State or DC\"\n\"GeoFips\",\"GeoName\",\"LineCode\",\"Description\",\"2018\",\"2019\",\"2020\"\n\"01000\",\"Alabama\",1,\"Real GDP\",203432.9,206888.2,203373.1\n\"01000\",\"Alabama\",2,\"Quantity\",100.1,(NA),100.5\n\"02000\",\"Alaska *\",1,\"Real GDP\",53371.9,53433.6,(D)\n\"02000\",\"Alaska *\",2,\"Quantity\",99.5,98.7,97\n\"Legend / Footnotes:\"\n\"* provisional\"\n".encode(), [("01000","2018",203432.9)])
case("se_paren.csv", "country,year,v\nA,2000,12.5 (3.2)\nA,2001,13.5 (3.1)\nB,2000,14.5 (2.9)\nB,2001,15.5 (2.8)\n".encode(), [])
case("ranges.csv", "c,year,v\nA,2000,10-20\nA,2001,15\nB,2000,20-30\nB,2001,25\n".encode(), [("A","2001",15),("B","2001",25)])
case("fractions.csv", "c,year,rate\nA,2000,3 1/2\nA,2001,4\nB,2000,1/2\nB,2001,5\n".encode(), [("A","2001",4),("B","2001",5)])
case("suffix.csv", "c,year,rate\nA,2000,2.5k\nA,2001,4M\nB,2000,3bn\nB,2001,5\n".encode(), [])
case("namibia.csv", "iso2,year,v\nNA,2000,1.5\nNA,2001,2.5\nNL,2000,3.5\nNL,2001,NA\n".encode(), [("NA","2000",1.5),("NA","2001",2.5),("NL","2000",3.5)])
case("nanprov.csv", "province,year,v\nNan,2000,1.5\nNan,2001,2.5\nNone,2000,3.5\nNone,2001,4\n".encode(), [("Nan","2000",1.5),("Nan","2001",2.5),("None","2000",3.5),("None","2001",4)])
def mh(b, ws):
    ws.append(["Region",D(2020,1,1),D(2020,2,1),D(2020,3,1)]); ws.append(["N",1.5,2.5,3.5]); ws.append(["S",4.5,5.5,6.5])
    for c in "BCD": ws[c+"1"].number_format="mmm-yy"
case("monthhead.xlsx", xl(mh), [("N","2020-01",1.5),("N","2020-02",2.5),("N","2020-03",3.5),("S","2020-01",4.5),("S","2020-02",5.5),("S","2020-03",6.5)])
df=pd.DataFrame({"id":[10**15+1,10**15+1,10**15+3],"q":pd.to_datetime(["2000-01-01","2000-04-01","2000-01-01"]),"v":[1.5,np.nan,3.5]})
df.to_stata(str(SCRATCH / "x.dta"), write_index=False, convert_dates={"q":"tq"})
case("q.dta", open(str(SCRATCH / "x.dta"),"rb").read(), [("1000000000000001","2000Q1",1.5),("1000000000000003","2000Q1",3.5)])
pd.DataFrame({"v":[1.5,2.5,3.5]}, index=pd.MultiIndex.from_tuples([("A",2000),("A",2001),("B",2000)], names=["c","year"])).to_parquet(str(SCRATCH / "x.parquet"))
case("idx.parquet", open(str(SCRATCH / "x.parquet"),"rb").read(), [("A","2000",1.5),("A","2001",2.5),("B","2000",3.5)])
case("inch.tsv", 'item\tyear\tprice\n5" pipe\t2000\t1.5\n5" pipe\t2001\t2.5\n"big"\t2000\t3.5\n"big"\t2001\t4.5\n'.encode(), [('5" pipe',"2000",1.5)])
case("concat.csv", "c,year,v\nA,2000,1.5\nA,2001,2.5\nc,year,v\nB,2000,3.5\nB,2001,4.5\n".encode(), [("A","2000",1.5),("A","2001",2.5),("B","2000",3.5),("B","2001",4.5)])
case("polish.csv", "Województwo;Rok;Ludność\nŁódzkie;2019;2 454,8\nŁódzkie;2020;2 437,9\nŚląskie;2019;4 517,6\nŚląskie;2020;4 492,3\n".replace(" ","\u00a0").encode("cp1250"), [("Łódzkie","2019",2454.8),("Łódzkie","2020",2437.9),("Śląskie","2019",4517.6),("Śląskie","2020",4492.3)])
case("russian.csv", "Регион;Год;Доход\nМосковская область;2019;1 234,5\nМосковская область;2020;1 345,6\nТверская область;2019;987,1\nТверская область;2020;…\n".replace("…","-").encode("cp1251"), [("Московская область","2019",1234.5),("Московская область","2020",1345.6),("Тверская область","2019",987.1)])
case("sjis.csv", "都道府県,年,人口\n東京都,2019,13921\n東京都,2020,14048\n北海道,2019,5250\n北海道,2020,5225\n".encode("shift_jis"), [("東京都","2019",13921),("東京都","2020",14048),("北海道","2019",5250),("北海道","2020",5225)])
case("big5.csv", "縣市,年,人口\n臺北市,2019,264\n臺北市,2020,260\n高雄市,2019,277\n高雄市,2020,276\n".encode("big5"), [("臺北市","2019",264),("臺北市","2020",260),("高雄市","2019",277),("高雄市","2020",276)])
case("korean.csv", "시도,연도,인구\n서울특별시,2019,9729\n서울특별시,2020,9668\n부산광역시,2019,3413\n부산광역시,2020,3391\n".encode("euc-kr"), [("서울특별시","2019",9729),("서울특별시","2020",9668),("부산광역시","2019",3413),("부산광역시","2020",3391)])
case("pctspace.csv", "Land;Jahr;Quote\nA;2019;12,5 %\nA;2020;13 %\nB;2019;7,25 %\n".replace(" %","\u00a0%").encode(), [("A","2019",12.5),("A","2020",13),("B","2019",7.25)])
case("euro.csv", "Land;Jahr;Umsatz\nA;2019;1.234,50 €\nA;2020;12,00 €\nB;2019;7.000,25 €\n".encode(), [("A","2019",1234.5),("A","2020",12),("B","2019",7000.25)])
case("era.csv", "県,平成30年,令和元年,令和2年\n東京,1.5,2.5,3.5\n大阪,4.5,5.5,6.5\n".encode(), [("東京","2018",1.5)])
case("roc.csv", "縣市,108年,109年\n臺北,1.5,2.5\n高雄,4.5,5.5\n".encode(), [("臺北","2019",1.5)])
case("acs.csv", 'GEO_ID,NAME,B01_E,B01_M\nGeography,Geographic Area Name,Estimate,Margin of Error\n01001,Autauga,"55,380",±12\n01003,Baldwin,"212,830",*****\n'.encode(), [("01001","",55380),("01003","",212830)])
def side(b, ws):
    for r in [["Country","Year","GDP",None,"Country","Year","POP"],["A",2000,1.5,None,"A",2000,10],["A",2001,2.5,None,"A",2001,11],["B",2000,3.5,None,"C",2000,12]]: ws.append(r)
case("side.xlsx", xl(side), [("A","2000",1.5),("A","2001",2.5),("B","2000",3.5)])
def stack(b, ws):
    for r in [["Table 1"],["Country",2000,2001],["A",1.5,2.5],["B",3.5,4.5],[],["Table 2"],["Country",2000,2001],["A",10,11],["B",12,13]]: ws.append(r)
case("stack.xlsx", xl(stack), [("A","2000",1.5),("A","2001",2.5),("B","2000",3.5),("B","2001",4.5)])
def tot(b, ws):
    for r in [["地区",2000,2001],["全国",10,12],["东部",None,None],["北京",1.5,2.5],["上海",3.5,4.5],["合计",5,7]]: ws.append(r)
case("total.xlsx", xl(tot), [("北京","2000",1.5),("北京","2001",2.5),("上海","2000",3.5),("上海","2001",4.5)])
case("imf.csv", "Country Name,Country Code,Indicator Name,Time Period,Value,Status\nAlbania,914,CPI,2019,1.5,\nAlbania,914,CPI,2019Q1,1.4,\nAlbania,914,CPI,2020,1.6,\nBenin,638,CPI,2019,2.5,\nBenin,638,CPI,2019Q1,2.4,\n".encode(), [("Albania","2019",1.5),("Albania","2020",1.6),("Benin","2019",2.5)])
case("time2.csv", "id,wave,date,income\n1,1,2001-03-15,10\n1,2,2003-05-01,12\n2,1,2001-04-02,20\n2,2,2003-06-09,22\n".encode(), [("1","1",10)])
case("yearnum.csv", "firm,year,founded,sales\nA,2000,1990,1999\nA,2001,1990,2005\nB,2000,1985,2010\nB,2001,1985,2001\n".encode(), [("A","2000",1990),("A","2000",1999),("A","2001",1990),("A","2001",2005),("B","2000",1985),("B","2000",2010),("B","2001",1985),("B","2001",2001)])
case("ddmm.csv", "c;Datum;v\nA;01.02.2020;1,5\nA;01.03.2020;2,5\nB;01.02.2020;3,5\n".encode(), [])
case("big.csv", "id,year,code,v\n1,2000,12345678901234567890,1\n1,2001,12345678901234567891,2\n2,2000,9007199254740993,3\n".encode(), [("1","2000",1),("1","2001",2),("2","2000",3)])
case("accents.csv", "pays,année,v\nCôte d’Ivoire,2000,1.5\nCote d'Ivoire,2001,2.5\nCÔTE D'IVOIRE,2002,3.5\nBénin,2000,4.5\n".encode(), [("Bénin","2000",4.5)])
case("pad.csv", "country , year , gdp \n A , 2000 , 1.5 \n A , 2001 , 2.5 \n B , 2000 , 3.5 \n".encode(), [("A","2000",1.5),("A","2001",2.5),("B","2000",3.5)])
case("dup.csv", "country,year,gdp\nA,2000,1.5\nA,2000,1.6\nB,2000,3.5\n".encode(), [])
case("mixedyear.csv", "country,year,gdp\nA,2000,1.5\nA,2001-02,1.6\nB,2000,3.5\nB,2001,4.5\n".encode(), [("A","2000",1.5),("B","2000",3.5),("B","2001",4.5)])

# As statistical offices of many countries publish them, one after another.
case("eurostat_q.tsv", "freq,s_adj,unit,na_item,geo\\TIME_PERIOD\t2020-Q2 \t2020-Q1 \t2019-Q4 \nQ,SCA,CLV_I15,B1GQ,DE\t96.07 p\t106.1 \t108.32 \nQ,SCA,CLV_I15,B1GQ,EL\t: \t88.9 ep\t: z\nQ,SCA,CLV_I15,B1GQ,FR\t87.25 b\t100.75 \t105.5 \n".encode(),
 [("DE","2020Q2",96.07),("DE","2020Q1",106.1),("DE","2019Q4",108.32),("EL","2020Q1",88.9),("FR","2020Q2",87.25),("FR","2020Q1",100.75),("FR","2019Q4",105.5)])
case("oecd_old.csv", '\ufeff"LOCATION","INDICATOR","SUBJECT","MEASURE","FREQUENCY","TIME","Value","Flag Codes"\n"AUS","CPI","TOT","AGRWTH","A","2019",1.610768,\n"AUS","CPI","TOT","AGRWTH","A","2020",0.846906,\n"AUT","CPI","TOT","AGRWTH","A","2019",1.530896,"E"\n"AUT","CPI","TOT","AGRWTH","A","2020",1.381911,\n'.encode(),
 [("AUS","2019",1.610768),("AUS","2020",0.846906),("AUT","2019",1.530896),("AUT","2020",1.381911)])
case("fredgraph.csv", b"DATE,DGS10,FEDFUNDS\n2020-01-01,1.76,1.55\n2020-02-01,.,1.58\n2020-03-01,0.87,0.65\n", [("","2020-01",1.76),("","2020-01",1.55),("","2020-02",1.58),("","2020-03",.87),("","2020-03",.65)])
case("ln.data.txt", b"series_id        \tyear\tperiod\t       value\tfootnote_codes\nLNS14000000      \t2019\tM01\t         4.0\t\nLNS14000000      \t2019\tM02\t         3.8\t\nLNS14000000      \t2019\tM13\t         3.7\tP\nLNS14000001      \t2019\tM01\t         3.9\t\nLNS14000001      \t2019\tM02\t         3.6\t\nLNS14000001      \t2019\tM13\t         3.5\t\n", [("LNS14000000","2019-01",4.0),("LNS14000000","2019-02",3.8),("LNS14000001","2019-01",3.9),("LNS14000001","2019-02",3.6)])
def bls(b, ws):
    rows(ws, [["Consumer Price Index for All Urban Consumers (CPI-U)"],["Original Data Value"],[],["Series Id:","CUUR0000SA0"],["Base Period:","1982-84=100"],[],["Year","Jan","Feb","Mar","Apr","May","Jun","Jul","Aug","Sep","Oct","Nov","Dec","Annual"],[2019]+[250.5+i/4 for i in range(12)]+[251.9],[2020]+[255.5+i/4 for i in range(12)]+[256.9]])
case("bls_series.xlsx", xl(bls), [("",f"{y}-{m:02}",b0+(m-1)/4) for y,b0 in ((2019,250.5),(2020,255.5)) for m in range(1,13)])
case("valeurs_annuelles.csv", "\"Libellé\";\"Indice des prix - Base 2015\"\n\"idBank\";\"001759970\"\n\"Dernière mise à jour\";\"13/01/2021\"\n\"Période\";\"\"\n\"2018\";\"102,25\"\n\"2019\";\"103,5\"\n\"2020\";\"104,1\"\n".encode(), [("","2018",102.25),("","2019",103.5),("","2020",104.1)])
case("ine_t.csv", "Comunidades;Sexo;Periodo;Total\nAndalucía;Ambos;2020T1;21,21\nAndalucía;Ambos;2019T4;20,8\nAragón;Ambos;2020T1;10,62\nAragón;Ambos;2019T4;9,93\n".encode("utf-8"), [("Andalucía","2020Q1",21.21),("Andalucía","2019Q4",20.8),("Aragón","2020Q1",10.62),("Aragón","2019Q4",9.93)])
def ons(b, ws):
    rows(ws, [["Table 1: Gross disposable household income [note 1]"],["This worksheet contains one table. Some cells refer to notes."],["Region","ITL code","2018 [note 2]","2019"],["North East","TLC",16995,17096],["London","TLI",29362,"[x]"],["Wales","TLL","[c]",17263]])
case("ons_gdhi.xlsx", xl(ons), [("North East","2018",16995),("North East","2019",17096),("London","2018",29362),("Wales","2019",17263)])
def nbs_continued(b, ws):
    rows(ws, [["2-15 分地区年末城镇人口比重"],["单位：万元"],["地 区","2018年","2019年","2020年"],["北 京",86.5,86.6,87.5],["天 津",83.1,83.5,84.7],["续表"],["地 区","2018年","2019年","2020年"],["河 北",56.4,57.6,60.1],["山 西",58.4,59.5,62.5],["注：本表按常住人口计算。"]])
case("nbs_xubiao.xlsx", xl(nbs_continued), [(e,y,v) for e,vs in [("北 京",(86.5,86.6,87.5)),("天 津",(83.1,83.5,84.7)),("河 北",(56.4,57.6,60.1)),("山 西",(58.4,59.5,62.5))] for y,v in zip(("2018","2019","2020"),vs)])
case("nbs_fsnd.csv", "数据库：分省年度数据\n指标：地区生产总值(亿元)\n时间：最近3年\n地区,2021年,2020年,2019年\n北京市,40269.6,35943.3,35445.1\n天津市,15695.0,14008.0,14055.5\n注：1980年以前为旧口径。\n数据来源：国家统计局\n".encode("gb18030"), [("北京市","2021",40269.6),("北京市","2020",35943.3),("北京市","2019",35445.1),("天津市","2021",15695.0),("天津市","2020",14008.0),("天津市","2019",14055.5)])
case("estat.csv", '"表章項目 コード","表章項目","地域 コード","地域","時間軸(年次) コード","時間軸(年次)","単位","value"\n"001","総人口","01000","北海道","2018100000","2018年度","人","5,285,430"\n"001","総人口","01000","北海道","2019100000","2019年度","人","5,248,552"\n"001","総人口","02000","青森県","2018100000","2018年度","人","1,263,000"\n"001","総人口","02000","青森県","2019100000","2019年度","人","***"\n'.encode("cp932"), [("北海道","2018",5285430),("北海道","2019",5248552),("青森県","2018",1263000)])
case("kosis.csv", '"행정구역별","2019","2019","2020","2020"\n"행정구역별","총인구 (명)","남자 (명)","총인구 (명)","남자 (명)"\n"서울특별시","9639541","4660000","9586195","4621000"\n"부산광역시","3372692","1650000","3349016","1630000"\n'.encode("euc-kr"), [("서울특별시","2019",9639541),("서울특별시","2019",4660000),("서울특별시","2020",9586195),("서울특별시","2020",4621000),("부산광역시","2019",3372692),("부산광역시","2019",1650000),("부산광역시","2020",3349016),("부산광역시","2020",1630000)])
case("kosis_m.csv", '"품목별","항목","2020.01","2020.02","2020.03"\n"총지수","소비자물가지수","99.5","99.42","99.54"\n"식료품","소비자물가지수","101.2","100.9","101.0"\n'.encode("euc-kr"), [("총지수","2020-01",99.5),("총지수","2020-02",99.42),("총지수","2020-03",99.54),("식료품","2020-01",101.2),("식료품","2020-02",100.9),("식료품","2020-03",101.0)])
case("tabela6579.csv", '"Tabela 6579 - População residente estimada"\n"Variável - População residente estimada (Pessoas)"\n"Unidade da Federação";"Ano"\n"";"2018";"2019"\n"Rondônia";"1757589";"1777225"\n"Acre";"869265";"..."\n"Fonte: IBGE - Estimativas de População"\n'.encode(), [("Rondônia","2018",1757589),("Rondônia","2019",1777225),("Acre","2018",869265)])
case("india_lakh.csv", 'State/UT,2017-18,2018-19,2019-20 (P)\nAndhra Pradesh,"7,35,713","8,62,957","9,66,099"\nGoa,"65,000","71,853",NA\n'.encode(), [("Andhra Pradesh","2017",735713),("Andhra Pradesh","2018",862957),("Andhra Pradesh","2019",966099),("Goa","2017",65000),("Goa","2018",71853)])
case("tuik.csv", "İl;Yıl;Oran\nİstanbul;2019;13,25\nİstanbul;2020;12,5\nŞırnak;2019;24,1\nŞırnak;2020;25,75\n".encode("cp1254"), [("İstanbul","2019",13.25),("İstanbul","2020",12.5),("Şırnak","2019",24.1),("Şırnak","2020",25.75)])
case("bfs_wide.csv", "Kanton;2019;2020\nZürich;1'539'275;1'553'423\nUri;36'433;36'703\nZug;127'642;X\n".encode("latin-1"), [("Zürich","2019",1539275),("Zürich","2020",1553423),("Uri","2019",36433),("Uri","2020",36703),("Zug","2019",127642)])
case("rosstat.csv", "Регион;2018 г.;2019 г.;2020 г.1)\nМосква;1,5;2,5;3,5\nТверь;4,5;5,5;…\n".encode(), [("Москва","2018",1.5),("Москва","2019",2.5),("Москва","2020",3.5),("Тверь","2018",4.5),("Тверь","2019",5.5)])
case("inegi.csv", "Entidad,2018R,2019R,2020P\nOaxaca,250.5,251.5,240.5\nPuebla,600.5,ND,580.5\n".encode(), [("Oaxaca","2018",250.5),("Oaxaca","2019",251.5),("Oaxaca","2020",240.5),("Puebla","2018",600.5),("Puebla","2020",580.5)])
case("crlf.csv", '\ufeffcountry;year;"GDP per capita\r\n(US$)"\r\n"Bosnia\r\nand Herzegovina";2019;6120,5\r\n"Bosnia\r\nand Herzegovina";2020;6080,25\r\nKosovo;2019;4431,5\r\n'.encode(), [("Bosnia and Herzegovina","2019",6120.5),("Bosnia and Herzegovina","2020",6080.25),("Kosovo","2019",4431.5)])
case("un_yb.csv", "Country or area,2017,2018,2019\nAlbania,12.5ᵃ,13.5,14.5\nBenin,…,8.5ᵇ,9.5\nChad,7.5,–,6.5\n".encode(), [("Albania","2017",12.5),("Albania","2018",13.5),("Albania","2019",14.5),("Benin","2018",8.5),("Benin","2019",9.5),("Chad","2017",7.5),("Chad","2019",6.5)])
case("notes_paren.csv", "Land;2019;2020\nA;12,3 1);12,5\nB;11,1;11,25 2)\nC;10,1;10,2\n".encode(), [("A","2019",12.3),("A","2020",12.5),("B","2019",11.1),("B","2020",11.25),("C","2019",10.1),("C","2020",10.2)])
case("dgbas.csv", "統計期,總指數,食物類\n108年1月,100.5,101.5\n108年2月,100.75,102.5\n108年3月,101.25,103.5\n".encode("big5"), [("","2019-01",100.5),("","2019-02",100.75),("","2019-03",101.25),("","2019-01",101.5),("","2019-02",102.5),("","2019-03",103.5)])
case("nso_th.csv", "จังหวัด,2561,2562,2563\nกระบี่,469769,474155,477103\nพังงา,268240,268788,267982\n".encode(), [("กระบี่","2018",469769),("กระบี่","2019",474155),("กระบี่","2020",477103),("พังงา","2018",268240),("พังงา","2019",268788),("พังงา","2020",267982)])
case("nso_th_long.csv", "จังหวัด,พ.ศ.,รายได้\nกระบี่,2561,100.5\nกระบี่,2562,101.5\nพังงา,2561,102.5\nพังงา,2562,103.5\n".encode(), [("กระบี่","2018",100.5),("กระบี่","2019",101.5),("พังงา","2018",102.5),("พังงา","2019",103.5)])
case("qwide.csv", "State,Year,Q1,Q2,Q3,Q4\nTexas,2019,1.5,2.5,3.5,4.5\nTexas,2020,5.5,6.5,7.5,8.5\nOhio,2019,1.25,2.25,3.25,4.25\nOhio,2020,,6.25,7.25,8.25\n".encode(), [(e,f"{y}Q{q}",v) for e,y,vs in [("Texas",2019,(1.5,2.5,3.5,4.5)),("Texas",2020,(5.5,6.5,7.5,8.5)),("Ohio",2019,(1.25,2.25,3.25,4.25)),("Ohio",2020,(None,6.25,7.25,8.25))] for q,v in enumerate(vs,1) if v is not None])
def ods(table):
    esc = lambda s: s.replace("&","&amp;").replace("<","&lt;")
    content = '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="Tabelle1">' + table + '</table:table></office:spreadsheet></office:body></office:document-content>'
    o = io.BytesIO()
    with zipfile.ZipFile(o,"w") as z:
        z.writestr(zipfile.ZipInfo("mimetype",(2020,1,1,0,0,0)),"application/vnd.oasis.opendocument.spreadsheet")
        z.writestr(zipfile.ZipInfo("META-INF/manifest.xml",(2020,1,1,0,0,0)),'<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>')
        z.writestr(zipfile.ZipInfo("content.xml",(2020,1,1,0,0,0)),content)
    return o.getvalue()
S = lambda t: f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>'
N = lambda v, k="": f'<table:table-cell {k} office:value-type="float" office:value="{v}"><text:p>{v}</text:p></table:table-cell>'
R = lambda *c, k="": f'<table:table-row {k}>' + "".join(c) + '</table:table-row>'
case("repeated.ods", ods(R(S("Land"),S("Jahr"),S("A"),S("B"))+R(S("AT"),N(2019),N(7,'table:number-columns-repeated="2"'))+R(S("AT"),N(2020),N(8),N(9))+R('<table:table-cell table:number-columns-repeated="4"/>',k='table:number-rows-repeated="3"')+R(S("CH"),N(2019),'<table:table-cell/>',N(5))+R('<table:table-cell table:number-columns-repeated="1024"/>',k='table:number-rows-repeated="1048000"')),
 [("AT","2019",7),("AT","2019",7),("AT","2020",8),("AT","2020",9),("CH","2019",5)])
case("years_across_months_down.csv", "Month,2018,2019,2020\nJan,1.5,2.5,3.5\nFeb,1.6,2.6,3.6\nMar,1.7,2.7,3.7\nApr,1.8,2.8,3.8\nMay,1.9,2.9,3.9\nJun,2.0,3.0,4.0\nJul,2.1,3.1,4.1\nAug,2.2,3.2,4.2\nSep,2.3,3.3,4.3\nOct,2.4,3.4,4.4\nNov,2.5,3.5,4.5\nDec,2.6,3.6,4.6\n".encode(), [("", f"{year}-{month:02}", round(1.5 + 0.1 * (month - 1) + year - 2018, 10)) for month in range(1, 13) for year in (2018, 2019, 2020)])
case("yq.csv", "region,year,quarter,value\nN,2019,1,1.5\nN,2019,2,2.5\nN,2020,1,3.5\nN,2020,2,4.5\nS,2019,1,5.5\nS,2019,2,6.5\nS,2020,1,7.5\nS,2020,2,8.5\n".encode(), [(region, f"{year}Q{quarter}", 1.5 + at) for at, (region, year, quarter) in enumerate((r, y, q) for r in "NS" for y in (2019, 2020) for q in (1, 2))])
# Periods in the words of offices, times in several columns, names filled down
case("sidra_q.csv", '"Tabela 1621";"";"";""\n"Setor";"1º trimestre 2020";"2º trimestre 2020";"3º trimestre 2020"\n"Agropecuária";"98,5";"99,25";"101,75"\n"Indústria";"95,5";"85,25";"97,125"\n"Fonte: IBGE";"";"";""\n'.encode(),
 [("Agropecuária","2020Q1",98.5),("Agropecuária","2020Q2",99.25),("Agropecuária","2020Q3",101.75),("Indústria","2020Q1",95.5),("Indústria","2020Q2",85.25),("Indústria","2020Q3",97.125)])
def abs_data(b, ws):
    rows(ws, [[None,"GDP ;","Terms of trade ;"],["Unit","$ Millions","Index"],["Frequency","Quarter","Quarter"],["Collection Month",3,3],["Series Start",D(2019,3,1),D(2019,3,1)],["Series ID","A2304402X","A2304200A"]]+[[D(2019,m,1),450000.5+i,90.25+i] for i,m in enumerate((3,6,9,12))])
    for r in range(7, 11): ws.cell(r, 1).number_format = "mmm\\-yyyy"
case("abs_data.xlsx", xl(abs_data), [("",f"2019Q{i+1}",v+i) for i in range(4) for v in (450000.5,90.25)])
case("abs_q.csv", "Quarter,Sydney,Perth\nMar-2020,116.6,115.5\nJun-2020,114.4,113.25\nSep-2020,116.2,115\nDec-2020,117.2,116.75\n".encode(),
 [("",f"2020Q{i+1}",v) for i,pair in enumerate([(116.6,115.5),(114.4,113.25),(116.2,115),(117.2,116.75)]) for v in pair])
case("december.csv", "when,v\nDec-2018,1.5\nDec-2019,2.5\nDec-2020,3.5\n".encode(), [("",f"{y}-12",1.5+y-2018) for y in (2018,2019,2020)])
case("genesis_q.csv", "Statistik der VGR;;;;\n;2019;;2020;\n;1. Quartal;2. Quartal;1. Quartal;2. Quartal\nBruttoinlandsprodukt;850,25;860,5;855,75;770,125\nKonsum;440,5;445,25;438,75;400,5\n__________\n".encode(),
 [("Bruttoinlandsprodukt","2019Q1",850.25),("Bruttoinlandsprodukt","2019Q2",860.5),("Bruttoinlandsprodukt","2020Q1",855.75),("Bruttoinlandsprodukt","2020Q2",770.125),("Konsum","2019Q1",440.5),("Konsum","2019Q2",445.25),("Konsum","2020Q1",438.75),("Konsum","2020Q2",400.5)])
case("genesis_m.csv", ("Monat;2019;2020\n"+"".join(f"{m};{100+i/4:.2f};{'' if i>7 else f'{105+i/4:.2f}'}\n".replace('.',',') for i,m in enumerate("Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()))).encode(),
 [("",f"2019-{i+1:02}",100+i/4) for i in range(12)]+[("",f"2020-{i+1:02}",105+i/4) for i in range(8)])
def tuik(b, ws): rows(ws, [["Ay",2019,2020]]+[[m,100.5+i,(200.5+i if i<3 else None)] for i,m in enumerate("Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık".split())])
case("tuik_down.xlsx", xl(tuik), [("",f"2019-{i+1:02}",100.5+i) for i in range(12)]+[("",f"2020-{i+1:02}",200.5+i) for i in range(3)])
case("trimestres.csv", "Trimestre;2019;2020\nT1;1,5;5,5\nT2;2,5;6,5\nT3;3,5;7,5\nT4;4,5;8,5\nTotal;12,0;28,0\n".encode(), [("",f"2019Q{i+1}",1.5+i) for i in range(4)]+[("",f"2020Q{i+1}",5.5+i) for i in range(4)])
case("rosstat_rom.csv", "Квартал;2019;2020\nI;100,5;101,25\nII;102,5;95,75\nIII;103,25;99,5\nIV;104,75;100,25\n".encode(),
 [("",f"2019Q{i+1}",v) for i,v in enumerate((100.5,102.5,103.25,104.75))]+[("",f"2020Q{i+1}",v) for i,v in enumerate((101.25,95.75,99.5,100.25))])
case("kosis_fill.csv", "시도별,시점,취업자\n서울,2020.1/4,5000.5\n,2020.2/4,4990.25\n부산,2020.1/4,1600.5\n,2020.2/4,1590.25\n".encode("cp949"), [("서울","2020Q1",5000.5),("서울","2020Q2",4990.25),("부산","2020Q1",1600.5),("부산","2020Q2",1590.25)])
case("esri.csv", "期,実質GDP\n2019年1～3月期,535.25\n2019年4～6月期,537.5\n2019年7～9月期,538.75\n2019年10～12月期,530.125\n".encode(), [("",f"2019Q{i+1}",v) for i,v in enumerate((535.25,537.5,538.75,530.125))])
case("ssb.csv", "region;kvartal;sysselsatte\n0301 Oslo;2020K1;400.5\n0301 Oslo;2020K2;401.5\n1103 Stavanger;2020K1;70.5\n1103 Stavanger;2020K2;71.5\n".encode(), [("0301Oslo","2020Q1",400.5),("0301Oslo","2020Q2",401.5),("1103Stavanger","2020Q1",70.5),("1103Stavanger","2020Q2",71.5)])
case("weather.csv", "station,year,month,day,tmax\nX1,2020,2,28,10.5\nX1,2020,2,29,11.25\nX1,2020,3,1,12\nX2,2020,2,28,8.5\nX2,2020,2,29,9.25\nX2,2020,3,1,10\n".encode(),
 [(s,d,v) for s,vs in (("X1",(10.5,11.25,12)),("X2",(8.5,9.25,10))) for d,v in zip(("2020-02-28","2020-02-29","2020-03-01"),vs)])
case("weeks.csv", "country,year,week,deaths\nAT,2020,1,100\nAT,2020,2,101\nAT,2020,53,120\nBE,2020,1,200\nBE,2020,2,201\nBE,2020,53,220\n".encode(),
 [(c,w,v+b) for c,b in (("AT",0),("BE",100)) for w,v in (("2020-W01",100),("2020-W02",101),("2020-W53",120))])
case("quarter_and_month.csv", "year,quarter,month,v\n2019,1,1,1.5\n2019,1,2,2.5\n2019,1,3,3.5\n2019,2,4,4.5\n2020,1,1,5.5\n2020,1,2,6.5\n2020,1,3,7.5\n2020,2,4,8.5\n".encode(),
 [("",f"{y}-{m:02}",v) for y in (2019,2020) for m in (1,2,3,4) for v in (1.5+(m-1)+4*(y-2019), 1 if m<4 else 2)])
case("interviews.csv", "pid,year,month,inc\n1,2019,3,10.5\n1,2020,4,11.5\n2,2019,5,20.5\n2,2020,6,21.5\n".encode(), [("1","2019",10.5),("1","2020",11.5),("2","2019",20.5),("2","2020",21.5),("1","2019",3),("1","2020",4),("2","2019",5),("2","2020",6)])
def fill_years(b, ws): rows(ws, [["Country","Year","Exports","Imports"],["Austria",2018,1.5,2.5],[None,2019,1.6,2.6],[None,2020,1.7,2.7],["Belgium",2018,3.5,4.5],[None,2019,3.6,4.6],[None,2020,3.7,4.7]])
case("fill_years.xlsx", xl(fill_years), [(c,str(y),v) for c,e,i in (("Austria",1.5,2.5),("Belgium",3.5,4.5)) for k,y in enumerate((2018,2019,2020)) for v in (round(e+k/10,1),round(i+k/10,1))])
def fill_months(b, ws): rows(ws, [["Year","Month","CPI","PPI"],[2019,"Jan",100.5,90.5],[None,"Feb",101.5,91.5],[None,"Mar",102.5,92.5],[2020,"Jan",103.5,93.5],[None,"Feb",104.5,94.5],[None,"Mar",105.5,95.5]])
case("fill_year_months.xlsx", xl(fill_months), [("",f"{y}-{m:02}",b+3*(y-2019)+m-1) for y in (2019,2020) for m in (1,2,3) for b in (100.5,90.5)])
case("fill_three.csv", "Region,Sector,Year,v\nN,Agri,2019,1.5\n,,2020,2.5\n,Ind,2019,3.5\n,,2020,4.5\nS,Agri,2019,5.5\n,,2020,6.5\n,Ind,2019,7.5\n,,2020,8.5\n".encode(),
 [(f"{r}:{('Agri', 'Ind')[k // 2]}",str(2019+k%2),1.5+k+4*at) for at,r in enumerate("NS") for k in range(4)])
case("sparse_codes.csv", "Code,Country,2019,2020\nA1,Austria,1.5,2.5\n,Belgium,3.5,4.5\n,Chile,5.5,6.5\nD4,Denmark,7.5,8.5\n,Egypt,9.5,10.5\n".encode(), [(c,str(y),1.5+2*k+y-2019) for k,c in enumerate(("Austria","Belgium","Chile","Denmark","Egypt")) for y in (2019,2020)])
case("stub.csv", "Item,2019,2020\nExports,,\nGoods,1.5,2.5\nServices,3.5,4.5\nImports,,\nGoods,5.5,6.5\nServices,7.5,8.5\n".encode(),
 [(f"{e}:{s}",y,v) for e,s,vs in (("Goods","Exports",(1.5,2.5)),("Services","Exports",(3.5,4.5)),("Goods","Imports",(5.5,6.5)),("Services","Imports",(7.5,8.5))) for y,v in zip(("2019","2020"),vs)])
case("india_q.csv", "Quarter,GVA\nQ1 2019-20,100.5\nQ2 2019-20,101.5\nQ3 2019-20,102.5\n".encode(), [])
case("nbs_cum.csv", "指标,2020年1-3月,2020年1-6月,2020年1-9月\n工业增加值,8.5,9.25,10.75\n利润,1.5,2.25,3.75\n".encode(), [])
case("ons_lfs.csv", "period,Employment\nJan-Mar 2020,33000.5\nFeb-Apr 2020,33010.5\nMar-May 2020,33005.5\n".encode(), [])
case("indec.csv", "Mes;Valor\nene-20;1,5\nfeb-20;2,5\nmar-20;3,5\n".encode(), [("", f"2020-0{m}", m + .5) for m in (1, 2, 3)])
case("ons.csv", '"Title","GDP"\n"CDID","ABMI"\n"Release date","30-06-2020"\n"2018","2000.5"\n"2019","2010.5"\n"2018 Q1","500.5"\n"2018 Q2","501.5"\n"2019 Q1","502.5"\n"2019 Q2","503.5"\n'.encode(), [("","2018Q1",500.5),("","2018Q2",501.5),("","2019Q1",502.5),("","2019Q2",503.5)])
import pyarrow as pa, pyarrow.parquet as pq
def zoned(zone, times):
    out = io.BytesIO()
    pq.write_table(pa.table({"c": ["a", "b"] * 2, "day": pa.array([t for t in times for _ in "ab"], pa.timestamp("us", zone)), "v": [1.5, 2.5, 3.5, 4.5]}), out)
    return out.getvalue()
case("shanghai.parquet", zoned("Asia/Shanghai", (datetime.datetime(2019,12,31,16), datetime.datetime(2020,1,1,16))), [("a","2020-01-01",1.5),("b","2020-01-01",2.5),("a","2020-01-02",3.5),("b","2020-01-02",4.5)])
def zipped(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for n, b in files: z.writestr(zipfile.ZipInfo(n, (2020,1,1,0,0,0)), b)
    return out.getvalue()
case("API_SP.POP.zip", zipped([("Metadata_Country_API.csv", b'"Country Code","Region"\n"ABW","LAC"\n'),("API_SP.POP.TOTL_DS2.csv", b'"Country Name","2018"\n"Aruba","105962"\n')]), [])

#: By file: `refused`, a part of the first fault; `asked`, parts of the manifest; `more`, that it holds other numbers, too; `left out`,
#: that it is no table.
AWAITED = {
    "oecd.csv": {"more": True, "asked": ["values are in units of 10^6"]},
    "era.csv": {"more": True},
    "vmerge2.xlsx": {"asked": ["merged: fill", "A2:A3 show"]},
    "vmerge3.xlsx": {"refused": "C3 is one of the merged cells C2:C3", "asked": ["cells with values are merged"]},
    "textnum.xlsx": {"refused": "can be read in two ways"},
    "nan.csv": {"refused": "Inf"},
    "lt.csv": {"refused": "<0.1"},
    "fmt.xlsx": {"more": True},
    "french.csv": {"more": True, "asked": ["rows 10 to 11 hold numbers"]},
    "french.txt": {"left out": True},
    "shiller.csv": {"refused": "1871.1"},
    "undata.csv": {"refused": "Footnote"},
    "bls.csv": {"refused": "can be read in two ways"},
    "bea.csv": {"more": True},
    "se_paren.csv": {"asked": ["type: text"]},
    "ranges.csv": {"refused": "10-20"},
    "fractions.csv": {"refused": "1/2"},
    "suffix.csv": {"asked": ["type: text"]},
    "inch.tsv": {"more": True},
    "acs.csv": {"refused": "can be read in two ways"},
    "side.xlsx": {"more": True, "asked": ["column D is empty"]},
    "stack.xlsx": {"asked": ["another table?"]},
    "total.xlsx": {"more": True},
    "imf.csv": {"refused": "2019Q1", "asked": ["hold numbers"]},
    "ddmm.csv": {"refused": "may be the day 2020-02-01 or the day 2020-01-02", "asked": ["nothing in these dates decides what comes first"]},
    "big.csv": {"asked": ["type: text}  # REVIEW: whole numbers that 64 bits don't hold"]},
    "dup.csv": {"refused": "a second value"},
    "ln.data.txt": {"asked": ["not_times: [\"M13\"]  # REVIEW"]},
    "nbs_xubiao.xlsx": {"asked": ["not_entities: [\"续表\"]  # REVIEW"]},
    "estat.csv": {"more": True},
    "india_lakh.csv": {"asked": ["year_span: first  # REVIEW"]},
    "dgbas.csv": {"asked": ["era: minguo  # REVIEW"]},
    "nso_th.csv": {"asked": ["era: buddhist  # REVIEW"]},
    "nso_th_long.csv": {"asked": ["era: buddhist  # REVIEW"]},
    "abs_data.xlsx": {"asked": ["or `month`: only every third month is there"]},
    "abs_q.csv": {"asked": ["or `month`: only every third month is there"]},
    "trimestres.csv": {"asked": ["not_times: [\"Total\"]  # REVIEW"]},
    "fill_years.xlsx": {"asked": ["fill: {\"Country\": down}  # REVIEW"]},
    "kosis_fill.csv": {"asked": ["fill: {\"시도별\": down}  # REVIEW"]},
    "stub.csv": {"asked": ["sections:  # REVIEW"]},
    "india_q.csv": {"more": True, "asked": ["these seem to be times", "counts within a fiscal year"]},
    "nbs_cum.csv": {"more": True, "asked": ["these seem to be times", "from January on"]},
    "ons_lfs.csv": {"more": True, "asked": ["these seem to be times", "that are no quarter"]},
    "indec.csv": {"asked": ["period: {frequency: month, century: 1940}  # REVIEW"]},
    "ons.csv": {"asked": ["not_times: [\"2018\", \"2019\"]  # REVIEW"]},
    "API_SP.POP.zip": {"left out": True},
    "roc.csv": {"more": True, "asked": ["era: minguo  # REVIEW"]},
    "time2.csv": {"more": True, "asked": ["time: \"wave\"  # REVIEW", "\"date\""]},
    "accents.csv": {"more": True, "asked": ["are these one name?"]},
    "mixedyear.csv": {"more": True, "asked": ["year_span: first  # REVIEW"]},
}
(HERE / "files").mkdir(exist_ok=True)
told = []
for name, data, truth in CASES:
    awaited = AWAITED.get(name, {})
    (HERE / "files" / name).write_bytes(data)
    values = [[entity, time, float(value)] for entity, time, value in truth]
    told.append({"file": name, "values": values, **awaited})
(HERE / "cases.json").write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
print(len(told), "files,", sum(len(one["values"]) for one in told), "values; pandas", pd.__version__)
