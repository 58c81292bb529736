"""Reading raw files and laying them out as a panel. The same for every paper: what is read, and how, stands in 1_data.py."""
import csv
import gzip
import io
import re
import unicodedata
import warnings

import numpy as np
import pandas as pd

# ---- texts ----


def fold(text):
    """Full-width forms as ASCII, every run of white space as one space."""
    text = "".join(chr(ord(one) - 0xFEE0) if 0xFF01 <= ord(one) <= 0xFF5E else one for one in text)
    text = text.replace(chr(0x2212), "-").replace(chr(0x200B), "").replace(chr(0xFEFF), "")
    return " ".join(text.split())


def fold_header(text):
    return unicodedata.normalize("NFC", fold(text).replace(" ", ""))


# By the numbers of characters; names in wide scripts have no spaces.
APOSTROPHES = dict.fromkeys((0x60, 0x2018, 0x2019, 0x2BC), "'")
HYPHENS = dict.fromkeys(range(0x2010, 0x2014), "-")
WIDE = ((0x2E80, 0x9FFF), (0xAC00, 0xD7AF), (0xF900, 0xFAFF))


def fold_name(text):
    text = unicodedata.normalize("NFC", fold(text))
    text = text.translate(APOSTROPHES | HYPHENS)
    if any(low <= ord(one) <= high for one in text for low, high in WIDE):
        return text.replace(" ", "")
    return re.sub(r"^(-?[0-9]+)\.0+$", r"\1", text)


# ---- cells, all of them as text; numbers with every digit ----


def cell_text(cell):
    if cell is None or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NaT or cell is pd.NA:
        return ""
    if isinstance(cell, (bool, np.bool_)):
        return str(bool(cell))
    if isinstance(cell, (int, np.integer)):
        return str(int(cell))
    if isinstance(cell, (float, np.floating)):
        return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(float(cell))
    return str(cell)


def cell_number(text, missing, place):
    """A number as it stands in a cell; a code for missing or nothing is NaN, anything else that isn't a number stops."""
    plain = fold(text).replace(" ", "")
    if plain == "" or plain in missing:
        return np.nan
    percent = plain.endswith("%")
    plain = plain.removesuffix("%") if percent else plain
    if re.fullmatch(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", plain):
        plain = plain.replace(",", "")
    try:
        value = float(plain)
    except ValueError:
        raise SystemExit(f"{place}: `{text}` is no number") from None
    return value / 100 if percent else value


def cell_year(text):
    """The year that a cell names: 2008, 2008.0, 2008年, FY2008."""
    found = re.search("[12][0-9]{3}", text)
    return int(found.group()) if found else None


# ---- tables as they lie in files: headers, rows of cells, each row's number in the file ----


def read_text_table(path, encoding, delimiter, comment, header_row, skip_rows, last_row):
    packed = path.read_bytes()
    packed = gzip.decompress(packed) if packed[:2] == bytes((0x1F, 0x8B)) else packed
    text = packed.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    lines = text.splitlines()
    used = [(number, line) for number, line in enumerate(lines, 1)
            if header_row <= number <= last_row and line.strip() and not (comment and line.startswith(comment))]
    cells = list(csv.reader(io.StringIO("\n".join(line for _, line in used)), delimiter=delimiter))
    numbers = [number for number, _ in used][1 + skip_rows:]
    return cells[0], cells[1 + skip_rows:], numbers


def read_workbook_table(path, format, sheet, header_row, skip_rows, last_row):
    if format == "xls":
        import xlrd
        book = xlrd.open_workbook(path)
        table = book.sheet_by_name(sheet) if sheet else book.sheet_by_index(0)
        rows = [[None if cell.ctype in (0, 6) else cell.value for cell in table.row(at)] for at in range(table.nrows)]
    else:
        import openpyxl
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            table = book[sheet] if sheet else book.worksheets[0]
            table.reset_dimensions()
            rows = [list(row) for row in table.iter_rows(values_only=True)]
    width = max((len(row) for row in rows), default=0)
    header = [cell_text(cell) for cell in rows[header_row - 1]]
    header += [""] * (width - len(header))
    kept = [at for at in range(header_row + skip_rows, len(rows)) if at + 1 <= last_row and any(cell is not None for cell in rows[at])]
    return header, [rows[at] for at in kept], [at + 1 for at in kept]


def repeats_header(header, row):
    """Whether a row says the header again, as after a page break: all that is filled in it, which isn't digits alone."""
    headed = [(name, cell_text(cell)) for name, cell in zip(header, row) if name]
    filled = 0
    words = False
    for name, text in headed:
        text = fold(text)
        if text and text != name:
            return False
        filled += bool(text)
        words = words or bool(text and re.search("[^0-9. ]", name))
    return words and filled > 1 and filled * 2 >= sum(1 for name in header if name)


def read_columnar_table(path, format, labelled):
    if format == "dta":
        with pd.io.stata.StataReader(path, convert_categoricals=False) as reader:
            frame = reader.read()
            labels = reader.value_labels()
            names = dict(zip(reader._varlist, reader._lbllist)) if hasattr(reader, "_lbllist") else {}
        for name in labelled:
            own = labels.get(names.get(name, name), {})
            if own and name in frame:
                frame[name] = frame[name].map(lambda code: own.get(code, code))
    else:
        frame = pd.read_parquet(path)
    return [str(name) for name in frame.columns], frame.astype(object).values.tolist(), list(range(1, len(frame) + 1))


# ---- the crosswalk: from the names that files give an entity to its id ----


def read_crosswalk(path):
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip() and not line.startswith("#")]
    names, ids, prefixes, suffixes = {}, [], set(), set()

    def several(text):
        return [one for one in map(fold_name, (text or "").split("|")) if one]

    for row in csv.DictReader(lines):
        ids.append(fold(row["id"]))
        stems = [one for one in [fold_name(row.get("zh") or "")] if one] + several(row.get("aliases"))
        before, after = [""] + several(row.get("prefixes")), [""] + several(row.get("suffixes"))
        prefixes.update(before[1:])
        suffixes.update(after[1:])
        for name in [row["id"], row.get("en") or row["id"]] + [a + stem + z for stem in stems for a in before for z in after]:
            names[fold_name(name)] = ids[-1]

    def longest(affixes):
        return sorted(affixes, key=lambda one: (-len(one), one))

    return {"ids": ids, "names": names, "prefixes": longest(prefixes), "suffixes": longest(suffixes)}


def stripped(name, crosswalk):
    """A name less the longest prefix and the longest suffix that any entity has, as long as something is left."""
    for prefix in crosswalk["prefixes"]:
        if name.startswith(prefix) and name != prefix:
            name = name[len(prefix):]
            break
    for suffix in crosswalk["suffixes"]:
        if name.endswith(suffix) and name != suffix:
            return name[:-len(suffix)]
    return name


def entity_id(name, crosswalk, outside, ignore_case, place):
    """The id of a name; one that the crosswalk doesn't know is left out (None), kept under its own name, or stops."""
    name = fold_name(name)
    if crosswalk is None:
        return name or None
    known = {one.lower(): id for one, id in crosswalk["names"].items()} if ignore_case else crosswalk["names"]
    found = known.get(name.lower() if ignore_case else name)
    if found is None and name and outside == "keep":
        return stripped(name, crosswalk)
    if found is None and name and outside == "error":
        raise SystemExit(f"{place}: `{name}` is no entity of the crosswalk")
    return found


# ---- a source: a file and how to read it -> entity, time, category, and a column a variable ----


def column(header, variable, scale=1.0, missing=(), text=False):
    return {"header": header, "variable": variable, "scale": scale, "missing": missing, "text": text}


KEYS = ["entity", "time", "category"]


def read_source(path, format, columns, entity=None, time=None, category=None, layout="long", encoding="utf-8", delimiter=None,
                comment=None, sheet=None, header_row=1, skip_rows=0, last_row=np.inf, missing=(), where=None, year=None,
                first_year=-np.inf, last_year=np.inf, covers=(1000, 2999), crosswalk=None, outside="drop", not_entities=(),
                ignore_case=False, duplicates="error", variable_column=None, copy=None):
    if format in ("csv", "tsv"):
        delimiter = delimiter or ("\t" if format == "tsv" else ",")
        table = read_text_table(path, encoding, delimiter, comment, header_row, skip_rows, last_row)
    elif format in ("xlsx", "xls"):
        table = read_workbook_table(path, format, sheet, header_row, skip_rows, last_row)
    else:
        table = read_columnar_table(path, format, [entity, category] + [one["header"] for one in columns if one["text"]])
    header, rows, numbers = table
    plain = [fold(name) for name in header]
    again = [repeats_header(plain, row) for row in rows]
    if any(again):
        print(f"{path.name:<24} {sum(again):6d} rows repeat the header and are left out")
        rows = [row for row, repeats in zip(rows, again) if not repeats]
        numbers = [number for number, repeats in zip(numbers, again) if not repeats]
    folded = [fold_header(name) for name in header]

    def at(name):
        if fold_header(name) not in folded:
            raise SystemExit(f"{path.name}: no column `{name}`")
        return folded.index(fold_header(name))

    def text_of(row, place):
        return cell_text(row[place]) if place < len(row) else ""

    def value_of(row, place, one):
        codes = {fold(code).replace(" ", "") for code in [*missing, *one["missing"]]}
        text = text_of(row, place)
        if not one["text"]:
            return cell_number(text, codes, f"{path.name}, {one['variable']}") * one["scale"]
        return None if fold(text) in {"", *(fold(code) for code in [*missing, *one["missing"]])} else fold(text)

    used = [(row, number) for row, number in zip(rows, numbers)
            if all(fold(text_of(row, at(name))) == fold(text) for name, text in (where or {}).items())]
    excluded = {fold_name(name) for name in not_entities}
    by_entity = entity is not None or layout == "entities_across"
    made = []

    def add(name, when, row, variable, value):
        if by_entity:
            if fold_name(name) in excluded:
                return
            who = entity_id(name, crosswalk, outside if layout != "entities_across" else "drop", ignore_case, path.name)
            if who is None:
                return
        else:
            who = name
        if when is not None and not first_year <= when <= last_year:
            return
        kind = fold(text_of(row, at(category))) if category else ""
        made.append((who, when, kind, variable, value))

    if layout == "long":
        places = [(at(one["header"]), one) for one in columns]
        for row, number in used:
            when = cell_year(text_of(row, at(time))) if time else year
            if time and when is None:
                continue
            # Without an entity and a time each row is an observation of somebody new.
            name = text_of(row, at(entity)) if entity else (str(number) if when is None else None)
            for place, one in places:
                add(name, when, row, one["variable"], value_of(row, place, one))
    elif layout == "wide":
        patterns = any("{time}" in (one["header"] or "") for one in columns)
        keys = {fold_header(name) for name in (entity, variable_column, category) if name}
        for one in columns:
            years = {}
            for place, name in enumerate(folded):
                if patterns:
                    before, after = (fold_header(one["header"]).split("{time}") + [""])[:2]
                    inside = name[len(before):len(name) - len(after)] if name.startswith(before) and name.endswith(after) else ""
                    when = cell_year(inside)
                else:
                    when = None if name in keys else cell_year(name)
                if when is not None and covers[0] <= when <= covers[1]:
                    years[place] = when
            for row, number in used:
                if variable_column and fold(text_of(row, at(variable_column))) != fold(one["header"]):
                    continue
                for place, when in years.items():
                    add(text_of(row, at(entity)) if entity else None, when, row, one["variable"], value_of(row, place, one))
    else:
        one = columns[0]
        for place, name in enumerate(header):
            if place == at(time) or entity_id(name, crosswalk, "drop", ignore_case, path.name) is None:
                continue
            for row, number in used:
                when = cell_year(text_of(row, at(time)))
                if when is not None:
                    add(name, when, row, one["variable"], value_of(row, place, one))

    values = {}
    for who, when, kind, variable, value in made:
        key = (who, when, kind)
        own = values.setdefault(key, {})
        if variable in own:
            if duplicates == "error":
                raise SystemExit(f"{path.name}: two rows for {who} {when} {kind}")
            continue
        own[variable] = value
    names = list(dict.fromkeys(one["variable"] for one in columns))
    tidy = pd.DataFrame([(*key, *(own.get(name) for name in names)) for key, own in values.items()], columns=KEYS + names)
    for one in columns:
        if not one["text"]:
            tidy[one["variable"]] = tidy[one["variable"]].astype(float)
    print(f"{path.name:<24} {len(tidy):6d} rows used")
    return tidy


def read_every_digit(path, types):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer versions of pandas have every digit anyway
        return pd.read_csv(path, dtype=types, float_precision="round_trip")


def read_tidy(path, text=()):
    """Tidy values that the pipeline read and these scripts don't read again."""
    tidy = read_every_digit(path, {"entity": str, "category": str, **{name: str for name in text}})
    for name in KEYS:
        if name not in tidy:
            tidy[name] = "" if name == "category" else None
    tidy["category"] = tidy["category"].fillna("")
    return tidy


def read_frame(path, text=()):
    """A frame that a script of the author's own made, or a stage that these scripts don't repeat."""
    frame = read_every_digit(path, {"entity": str, **{name: str for name in text}})
    for key, alone in (("entity", "(all)"), ("time", 0)):
        if key not in frame:
            frame[key] = alone
    return frame


sources = {}


def sources_of(sources, names):
    return {name: sources[name] for name in names}


def entities_of(crosswalk):
    return crosswalk["ids"]


def columns_of(data, names):
    return data[list(dict.fromkeys(["entity", "time", *names]))]


# ---- panels: a row for each entity and year, sorted by both ----


def holding(sources, variable):
    """The values of a variable, of all sources that have it."""
    held = [one[KEYS + [variable]] for one in sources.values() if variable in one]
    if not held:
        raise SystemExit(f"no source has `{variable}`")
    return held[0] if len(held) == 1 else pd.concat(held, ignore_index=True)


def assemble(sources, variables=None, entities=None, first_year=None, last_year=None, rows="full", aggregate=None):
    """`sources` laid out as a panel. Series without entities are given to all of them; nothing is filled in."""
    if variables is None:
        variables = list(dict.fromkeys(name for one in sources.values() for name in one if name not in KEYS))
    held = {}
    for variable in variables:
        own = holding(sources, variable)
        how = (aggregate or {}).get(variable)
        if how:
            own = own.groupby(["entity", "time"], dropna=False, sort=False)[variable].agg(lambda x: getattr(x, how)(skipna=False)).reset_index()
        elif (own["category"] != "").any():
            raise SystemExit(f"`{variable}` comes by category; say how it is aggregated")
        held[variable] = own
    if entities is None:
        entities = sorted({name for own in held.values() for name in own["entity"].dropna()})
    entities = sorted(entities) or ["(all)"]
    years = [year for own in held.values() for year in own["time"].dropna()]
    first = first_year if first_year is not None else (int(min(years)) if years else 0)
    last = last_year if last_year is not None else (int(max(years)) if years else 0)
    keys = [(entity, time) for entity in entities for time in range(int(first), int(last) + 1)]
    panel = pd.DataFrame(keys, columns=["entity", "time"])
    there = np.zeros(len(panel), dtype=bool)
    for variable, own in held.items():
        no_entity, no_time = own["entity"].isna().all(), own["time"].isna().all()
        known = {(None if no_entity else entity, None if no_time else int(time)): value
                 for entity, time, value in zip(own["entity"], own["time"], own[variable])}
        wanted = [(None if no_entity else entity, None if no_time else time) for entity, time in keys]
        values = [known.get(key) for key in wanted]
        panel[variable] = values if is_text(own[variable]) else np.array([np.nan if one is None else one for one in values], dtype=float)
        if not no_entity:
            there |= np.array([key in known for key in wanted])
    if rows == "observed":
        panel = panel[there].reset_index(drop=True)
    return panel.sort_values(["entity", "time"], kind="stable").reset_index(drop=True)


def exposure(panel, sources, shift, share, base, into, exclude=()):
    """A national series given to entities by what each had of the whole in a base year: the sum over categories j of
    shift_jt * share_ij / (sum over entities of share_j)."""
    shifts, shares = holding(sources, shift), holding(sources, share)
    shares = shares[(shares["time"] == base) & ~shares["category"].isin(exclude)]
    total = np.zeros(len(panel))
    for category, own in shares.groupby("category", sort=True):
        weight = (own.set_index("entity")[share] / own[share].sum()).to_dict()
        national = shifts[shifts["category"] == category].set_index("time")[shift].to_dict()
        total = total + np.array([national.get(time, np.nan) * weight.get(entity, np.nan) for entity, time in zip(panel["entity"], panel["time"])])
    made = panel[["entity", "time"]].copy()
    made[into] = total
    return made


def deflate(panel, nominal, deflator, base, into):
    """nominal / (deflator / deflator in the base year), entity by entity."""
    prices = panel[deflator].where(panel[deflator] > 0)
    at_base = panel["time"] == base
    of_base = dict(zip(panel["entity"][at_base], prices[at_base]))
    made = panel[["entity", "time"]].copy()
    made[into] = panel[nominal] / (prices / panel["entity"].map(of_base))
    return made


def join(panel, *further):
    """The panel with the columns of further series, by entity and year."""
    for series in further:
        panel = panel.merge(series, on=["entity", "time"], how="left", validate="one_to_one")
    return panel


# ---- expressions: what isn't a number is missing; conditions are 1, 0 or missing ----


def define(data, name, expression):
    value = expression(data)
    data = data.copy()
    if is_text(value):
        data[name] = value
        return data
    value = np.asarray(value, dtype=float) * np.ones(len(data))
    data[name] = np.where(np.isfinite(value), value, np.nan)
    return data


def chosen(data, condition):
    holding_rows = np.asarray(condition(data), dtype=float) * np.ones(len(data))
    return data[np.nan_to_num(holding_rows) != 0].reset_index(drop=True)


def part_of(data, column, value):
    """The rows where a column has a value."""
    return data[[label(one) == value for one in data[column]]].reset_index(drop=True)


def label(value):
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    return str(int(value)) if isinstance(value, (int, float, np.number)) and float(value).is_integer() else str(value)


def numbers_of(x):
    return np.asarray(x, dtype=float)


def ln(x):
    x = numbers_of(x)
    return np.log(np.where(x > 0, x, np.nan))


def log10_of(x):
    x = numbers_of(x)
    return np.log10(np.where(x > 0, x, np.nan))


def log2_of(x):
    x = numbers_of(x)
    return np.log2(np.where(x > 0, x, np.nan))


def root(x):
    x = numbers_of(x)
    return np.sqrt(np.where(x >= 0, x, np.nan))


def nonzero(x):
    x = numbers_of(x)
    return np.where(x == 0, np.nan, x)


def power(base, exponent):
    with np.errstate(all="ignore"):
        value = np.power(numbers_of(base), numbers_of(exponent))
    missing = np.isnan(numbers_of(base)) | np.isnan(numbers_of(exponent))
    return np.where(np.isfinite(value) & ~missing, value, np.nan)


def remainder(x, y):
    return np.fmod(numbers_of(x), nonzero(y))


def round_half_up(x, digits=0):
    x = numbers_of(x)
    return np.sign(x) * np.floor(np.abs(x) * 10.0**digits + 0.5) / 10.0**digits


def least(*all):
    made = numbers_of(all[0])
    for one in all[1:]:
        made = np.minimum(made, numbers_of(one))
    return made


def greatest(*all):
    made = numbers_of(all[0])
    for one in all[1:]:
        made = np.maximum(made, numbers_of(one))
    return made


def coalesce(*all):
    made = numbers_of(all[0])
    for one in all[1:]:
        made = np.where(np.isnan(made), numbers_of(one), made)
    return made


def nullif(x, y):
    x = numbers_of(x)
    return np.where(x == numbers_of(y), np.nan, x)


def is_text(x):
    return isinstance(x, str) or (hasattr(x, "dtype") and x.dtype == object) or (hasattr(x, "dtype") and pd.api.types.is_string_dtype(x))


def is_missing(x):
    return np.asarray(pd.isna(x), dtype=float)


def holds(x, sign, y):
    """Whether a comparison holds; missing where either side is."""
    missing = np.asarray(pd.isna(x), dtype=bool) | np.asarray(pd.isna(y), dtype=bool)
    if is_text(x) or is_text(y):
        size = max(1 if isinstance(one, str) else len(one) for one in (x, y))
        sides = [[one] * size if isinstance(one, str) else ["" if pd.isna(cell) else cell for cell in one] for one in (x, y)]
        compared = {"==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
                    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}[sign]
        made = np.array([compared(a, b) for a, b in zip(*sides)])
    else:
        x, y = numbers_of(x), numbers_of(y)
        made = {"==": np.equal, "!=": np.not_equal, "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}[sign](x, y)
    return np.where(missing, np.nan, made.astype(float))


def is_one_of(x, values):
    made = holds(x, "==", values[0])
    for value in values[1:]:
        made = either(made, holds(x, "==", value))
    return made


def both(x, y):
    x, y = numbers_of(x), numbers_of(y)
    return np.where((x == 0) | (y == 0), 0.0, np.where(np.isnan(x) | np.isnan(y), np.nan, 1.0))


def either(x, y):
    x, y = numbers_of(x), numbers_of(y)
    true = (~np.isnan(x) & (x != 0)) | (~np.isnan(y) & (y != 0))
    return np.where(true, 1.0, np.where(np.isnan(x) | np.isnan(y), np.nan, 0.0))


def negation(x):
    x = numbers_of(x)
    return np.where(np.isnan(x), np.nan, (x == 0).astype(float))


def case(branches, otherwise=np.nan):
    """The result of the first condition that holds. Where a condition is missing, so is the result."""
    conditions = [np.atleast_1d(numbers_of(condition)) for condition, _ in branches]
    results = [result for _, result in branches]
    size = max(len(one) for one in conditions)
    texts = any(is_text(one) for one in [*results, otherwise])

    def spread(one):
        if isinstance(one, str) or np.ndim(one) == 0:
            return np.array([one] * size, dtype=object if texts else float)
        return np.asarray(one, dtype=object if texts else float)

    made = spread(None if texts and not isinstance(otherwise, str) and np.ndim(otherwise) == 0 else otherwise)
    for condition, result in zip(reversed(conditions), reversed(results)):
        condition = condition if len(condition) == size else np.repeat(condition, size)
        made = np.where(np.isnan(condition), None if texts else np.nan, np.where(condition != 0, spread(result), made))
    return made if texts else made.astype(float)


def lag_by_time(x, periods, entity, time):
    """The value of the same entity so many years before; a year that isn't there is missing."""
    x = np.asarray(x, dtype=float) * np.ones(len(entity))
    known = {key: at for at, key in enumerate(zip(entity, time))}
    places = [known.get((who, when - int(periods))) for who, when in zip(entity, time)]
    return np.array([np.nan if place is None else x[place] for place in places])


def over(x, aggregate, d, by=(), where=None, order=None, descending=False):
    """An aggregate of the rows that share the values of `by`; with `order` of those up to the row's own."""
    x = numbers_of(x) * np.ones(len(d))
    if where is not None:
        passes = numbers_of(where) * np.ones(len(d))
        x = np.where(np.isnan(passes) | (passes == 0), np.nan, x)
    parts = [np.asarray(one, dtype=object) if np.ndim(one) else np.repeat(one, len(d)) for one in by]
    order = None if order is None else np.asarray(order)

    def of(values):
        if aggregate == "first_value":
            return values[0]
        there = values[~np.isnan(values)]
        if aggregate == "count":
            return float(len(there))
        if len(there) == 0:
            return np.nan
        if aggregate == "stddev":
            return np.std(there, ddof=1) if len(there) > 1 else np.nan
        return {"avg": np.mean, "sum": np.sum, "min": np.min, "max": np.max, "stddev_pop": np.std}[aggregate](there)

    groups = {}
    for row in range(len(d)):
        key = tuple(part[row] for part in parts)
        if not any(pd.isna(one) for one in key):
            groups.setdefault(key, []).append(row)
    made = np.full(len(d), np.nan)
    for rows in groups.values():
        rows = np.array(rows)
        if order is None:
            made[rows] = of(x[rows])
            continue
        for row in rows:
            reached = rows[order[rows] >= order[row]] if descending else rows[order[rows] <= order[row]]
            reached = reached[np.argsort(-order[reached] if descending else order[reached], kind="stable")]
            made[row] = of(x[reached])
    return made
