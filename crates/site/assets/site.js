// What pages do beyond being read: tables sort, filter and turn their pages, and the search finds.
// Pages say everything that matters without this script. Rows come from scripts beside the pages, since a
// page that was opened from disk may load nothing else; each hands its rows to `vintner`.
"use strict";

const vintner = { tables: new Map(), index: [] };
vintner.rows = (key, rows) => {
  const known = vintner.tables.get(key) ?? [];
  for (const row of rows) known.push(row);
  vintner.tables.set(key, known);
};
vintner.names = (names) => {
  for (const name of names) vintner.index.push(name);
};
globalThis.vintner = vintner;

const root = document.body.dataset.root ?? "";

/** Runs scripts of data one after the other. */
function load(scripts) {
  const paths = scripts.split(" ").filter(Boolean);
  return Promise.all(paths.map((path) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.async = false;
    script.src = root + path;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`${path} can't be read`));
    document.head.append(script);
  })));
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Characters that reorder or hide text are named, as they are in the pages themselves. */
function seen(text) {
  return text.replace(/[\n\r\t\u0085\u2028\u2029]/g, " ").replace(
    /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
    (sign) => `<U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}

/** Six significant digits, as the pages have them. */
function sixDigits(number) {
  if (number === 0) return "0";
  const size = Math.floor(Math.log10(Math.abs(number)));
  if (size < -5 || size >= 15) return number.toExponential(5).replace("e+", "e");
  const text = number.toFixed(Math.min(Math.max(5 - size, 0), 10));
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

const LONGEST = 160;

function shown(value, allDigits) {
  if (value === null) return "\u2013";
  if (typeof value === "number") return allDigits ? String(value) : sixDigits(value);
  const text = seen(String(value));
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\u2026` : text;
}

const collator = new Intl.Collator(undefined, { numeric: true });

/** A value's place among all of a column, so that each is compared once. Missing ones come last. */
function ranks(rows, column) {
  const values = [...new Set(rows.map((row) => row[column]))];
  const kind = (value) => (value === null ? 2 : typeof value === "number" ? 0 : 1);
  values.sort((one, other) => kind(one) - kind(other)
    || (kind(one) === 0 ? one - other : kind(one) === 1 ? collator.compare(String(one), String(other)) : 0));
  const places = new Map(values.map((value, place) => [value, value === null ? -1 : place]));
  return Float64Array.from(rows, (row) => places.get(row[column]));
}

/** A test of a row for what was typed: words, or comparisons such as >2.5 and =2008. */
function filterOf(text, column, lowered) {
  const tests = text.toLowerCase().split(/\s+/).filter(Boolean).map((word) => {
    const compared = /^(<=|>=|!=|=|<|>)(.+)$/.exec(word);
    const bound = compared ? Number(compared[2]) : NaN;
    if (compared && !Number.isNaN(bound)) {
      const compare = {
        "<": (value) => value < bound, "<=": (value) => value <= bound, ">": (value) => value > bound,
        ">=": (value) => value >= bound, "=": (value) => value === bound, "!=": (value) => value !== bound,
      }[compared[1]];
      const fits = (value) => typeof value === "number" && compare(value);
      return column === null ? (row) => row.some(fits) : (row) => fits(row[column]);
    }
    if (column !== null) {
      return (row) => row[column] !== null && String(row[column]).toLowerCase().includes(word);
    }
    return (row, at) => lowered(at).includes(word);
  });
  return (row, at) => tests.every((test) => test(row, at));
}

/** A table of an output: what is shown of it is a page of the rows that fit, in some order. */
function enhance(box) {
  const { table: key, scripts } = box.dataset;
  const atOnce = Number(box.dataset.atOnce);
  const [kept, total] = [Number(box.dataset.kept), Number(box.dataset.total)];
  const table = box.querySelector("table");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const numeric = heads.map((head) => head.classList.contains("number"));
  const scroller = box.querySelector(".rows");
  const said = box.querySelector(".count");
  const name = scroller.getAttribute("aria-labelledby");
  const state = { page: 0, sort: null, descending: false, allDigits: false, order: null, rows: null, lowered: [] };
  if (!scripts.trim() || kept === 0) return;

  const filter = element("input", { type: "search", id: `${name}-filter`, autocomplete: "off", placeholder: "words, or >2.5" });
  const columns = element("select", { id: `${name}-column` }, element("option", { value: "" }, "any column"));
  heads.forEach((head, at) => columns.append(element("option", { value: at }, head.textContent)));
  const digits = element("input", { type: "checkbox", id: `${name}-digits` });
  const tools = element("div", { class: "tools" },
    element("label", { for: filter.id }, "Rows with"), filter,
    element("label", { for: columns.id }, "in"), columns,
    element("span", { class: "check" }, digits, element("label", { for: digits.id }, "all digits")));
  box.insertBefore(tools, scroller);

  const turn = (label, to) => {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => ready(() => {
      state.page = to();
      draw();
      scroller.scrollTop = 0;
    }));
    return button;
  };
  const pages = () => Math.max(1, Math.ceil((state.order?.length ?? kept) / atOnce));
  const first = turn("First", () => 0);
  const before = turn("Previous", () => Math.max(0, state.page - 1));
  const next = turn("Next", () => Math.min(pages() - 1, state.page + 1));
  const last = turn("Last", () => pages() - 1);
  const turning = element("div", { class: "turning", role: "group", "aria-label": "Pages of rows" }, first, before, next, last);
  said.before(turning);
  said.setAttribute("role", "status");

  heads.forEach((head, at) => {
    const button = element("button", { type: "button", class: "sort" }, ...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => ready(() => {
      if (state.sort !== at) [state.sort, state.descending] = [at, false];
      else if (!state.descending) state.descending = true;
      else state.sort = null;
      state.page = 0;
      arrange();
    }));
  });
  let waiting = 0;
  filter.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => ready(() => {
      state.page = 0;
      arrange();
    }), 120);
  });
  columns.addEventListener("change", () => ready(() => {
    state.page = 0;
    arrange();
  }));
  digits.addEventListener("change", () => ready(() => {
    state.allDigits = digits.checked;
    draw();
  }));

  /** Does something once the rows are there. */
  let loading = null;
  function ready(then) {
    loading ??= load(scripts).then(() => {
      state.rows = vintner.tables.get(key) ?? [];
      state.order = state.rows.map((_, at) => at);
    });
    loading.then(then, (error) => {
      said.textContent = `The rows can't be shown: ${error.message}.`;
    });
  }

  function lowered(at) {
    state.lowered[at] ??= state.rows[at].map((value) => (value === null ? "" : String(value))).join("\n").toLowerCase();
    return state.lowered[at];
  }

  function arrange() {
    const began = performance.now();
    const column = columns.value === "" ? null : Number(columns.value);
    const fits = filterOf(filter.value, column, lowered);
    const order = [];
    state.rows.forEach((row, at) => {
      if (fits(row, at)) order.push(at);
    });
    heads.forEach((head, at) => {
      if (state.sort === at) head.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    if (state.sort !== null) {
      const places = ranks(state.rows, state.sort);
      const way = state.descending ? -1 : 1;
      order.sort((one, other) => {
        const [a, b] = [places[one], places[other]];
        if (a === b) return one - other;
        if (a < 0) return 1;
        if (b < 0) return -1;
        return way * (a - b);
      });
    }
    state.order = order;
    draw();
    // How long it took, for whoever measures it.
    box.dataset.took = String(Math.round(performance.now() - began));
  }

  function draw() {
    state.page = Math.min(state.page, pages() - 1);
    const from = state.page * atOnce;
    const part = state.order.slice(from, from + atOnce);
    const lines = part.map((at) => {
      const line = document.createElement("tr");
      state.rows[at].forEach((value, column) => {
        const cell = document.createElement("td");
        if (numeric[column]) cell.className = "number";
        cell.textContent = shown(value, state.allDigits);
        line.append(cell);
      });
      return line;
    });
    body.replaceChildren(...lines);
    const of = kept < total ? `the first ${kept} of ${total} rows` : `${total} rows`;
    const fitting = state.order.length;
    const range = fitting === 0 ? "none is shown" : `${from + 1}\u2013${from + part.length} are shown`;
    const found = filter.value.trim() === "" ? `Of ${of}` : `${fitting} of ${of} fit; of these`;
    said.textContent = fitting === 0 ? `None of ${of} fits.` : `${found} ${range}.`;
    enable();
  }

  function enable() {
    // A button that goes away under a finger or the keyboard's focus would lose it.
    for (const [button, off] of [[first, state.page === 0], [before, state.page === 0],
      [next, state.page >= pages() - 1], [last, state.page >= pages() - 1]]) {
      button.setAttribute("aria-disabled", String(off));
    }
    turning.hidden = kept <= atOnce;
  }
  enable();
}

/** The page of search: names that have all words, best first. */
function search(results) {
  const field = document.getElementById("search-text");
  const MOST = 200;
  const kinds = ["stage", "variable", "number", "claim", "source", "file", "output", "branch", "difference"];
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  load(results.dataset.scripts).then(() => {
    const entries = vintner.index.map(([kind, name, more, href]) => ({
      kind, name, more, href, plain: name.toLowerCase(), all: `${kind} ${name} ${more}`.toLowerCase(),
    }));
    const find = () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length === 0) {
        results.replaceChildren();
        return;
      }
      const score = (entry) => words.reduce((sum, word) => sum
        + (entry.plain === word ? 0 : entry.plain.startsWith(word) ? 1 : entry.plain.includes(word) ? 2 : 4), 0);
      const found = entries.filter((entry) => words.every((word) => entry.all.includes(word)))
        .map((entry) => [score(entry), kinds.indexOf(entry.kind), entry]);
      found.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
      const list = element("ul", { class: "found" });
      for (const [, , { kind, name, more, href }] of found.slice(0, MOST)) {
        const item = element("li", {}, element("span", { class: "kind" }, kind), " ",
          element("a", { href: root + href }, seen(name)));
        if (more) item.append(" ", element("span", { class: "note" }, seen(more)));
        list.append(item);
      }
      const said = found.length === 0 ? `Nothing has ${words.join(" and ")}.`
        : found.length > MOST ? `${found.length} found, the first ${MOST} shown.` : `${found.length} found.`;
      results.replaceChildren(element("p", { class: "hint" }, said), list);
    };
    field.addEventListener("input", find);
    field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      find();
    });
    find();
  }, (error) => {
    results.replaceChildren(element("p", { class: "notice" }, `The search can't be used: ${error.message}.`));
  });
}

for (const box of document.querySelectorAll("[data-table]")) enhance(box);
const results = document.getElementById("results");
if (results) search(results);

// A link to what lies within a closed part opens it.
function open() {
  const id = decodeURIComponent(location.hash.slice(1));
  document.getElementById(id)?.closest("details")?.setAttribute("open", "");
}
addEventListener("hashchange", open);
open();
