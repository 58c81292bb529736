// Opens the pages of `vintner audit --html` in a real browser and checks what no text can show.
//
// node pages.mjs MODULES CHROMIUM SITE CHECKS [SHOTS]
//
// MODULES is the folder with node_modules (playwright-core, axe-core), SITE the folder of the pages, CHECKS a list of
// names below, separated by commas. Screenshots go to SHOTS where it is given. Faults are printed, a line each, and
// end the script with 1.

import { readFileSync, readdirSync, statSync, existsSync, mkdtempSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [modules, chromium, folder, wanted, shots] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), "package.json"));
const { chromium: driver } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const site = resolve(folder);
const faults = [];
const fault = (text) => faults.push(text);
const url = (path) => pathToFileURL(join(site, path)).href;

function files(below = "") {
  return readdirSync(join(site, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  }).sort();
}

const all = files();
const pages = all.filter((path) => path.endsWith(".html"));
const profile = mkdtempSync(join(tmpdir(), "vintner-browser-"));
const browser = await driver.launchPersistentContext(profile, {
  executablePath: chromium,
  headless: true,
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
  viewport: { width: 1280, height: 900 },
});

/** A page whose complaints are faults. */
async function open(options = {}) {
  const page = await browser.newPage();
  if (options.width) await page.setViewportSize({ width: options.width, height: options.height ?? 800 });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) fault(`${page.url()}: the console says: ${message.text()}`);
  });
  page.on("pageerror", (error) => fault(`${page.url()}: ${error.message}`));
  page.on("requestfailed", (request) => {
    if (!request.failure()?.errorText.includes("ABORTED")) fault(`${page.url()}: ${request.url()} can't be loaded`);
  });
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) fault(`${page.url()} asks the network for ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    fault(`${page.url()}: a dialog opened: ${dialog.message()}`);
    dialog.dismiss();
  });
  return page;
}

const expect = (is, text) => {
  if (!is) fault(text);
};

/** The first page that has something. */
async function pageWith(page, selector) {
  for (const path of pages) {
    if (!readFileSync(join(site, path), "utf8").includes(selector)) continue;
    await page.goto(url(path));
    return path;
  }
  fault(`no page has ${selector}`);
  return null;
}

const checks = {
  /** No file is above a megabyte. */
  async sizes() {
    for (const path of all) {
      const { size } = statSync(join(site, path));
      expect(size < 1_000_000, `${path} has ${size} bytes`);
    }
  },

  /** Every page opens without a complaint, on a phone without scrolling sideways; every link leads somewhere. */
  async walk() {
    const page = await open({ width: 360 });
    const ids = new Map();
    const links = [];
    for (const path of pages) {
      await page.goto(url(path));
      const found = await page.evaluate(() => ({
        ids: [...document.querySelectorAll("[id]")].map((one) => one.id),
        links: [...document.querySelectorAll("a[href], link[href], script[src], img[src]")].map((one) => {
          const link = one.getAttribute("href") ?? one.getAttribute("src");
          return new URL(link, document.baseURI).href;
        }),
        wide: document.documentElement.scrollWidth - innerWidth,
        title: document.title,
        headings: document.querySelectorAll("h1").length,
      }));
      expect(found.wide <= 0, `${path} is ${found.wide} pixels too wide for a phone`);
      expect(found.title !== "" && found.headings === 1, `${path} has ${found.headings} main headings`);
      expect(new Set(found.ids).size === found.ids.length, `${path} has an id twice: ${found.ids.filter((id, at) => found.ids.indexOf(id) !== at)}`);
      ids.set(join(site, path), new Set(found.ids));
      links.push(...found.links.map((link) => [path, link]));
    }
    const idsOf = (file) => {
      if (!ids.has(file)) {
        const text = readFileSync(file, "utf8");
        ids.set(file, new Set([...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)));
      }
      return ids.get(file);
    };
    for (const [path, link] of links) {
      const target = new URL(link);
      if (target.protocol === "data:") continue;
      if (target.protocol !== "file:") {
        fault(`${path} leads to ${link}`);
        continue;
      }
      const place = decodeURIComponent(target.hash.slice(1));
      target.hash = "";
      target.search = "";
      const file = fileURLToPath(target);
      if (!existsSync(file)) fault(`${path} leads to ${relative(site, file)}, which isn't there`);
      else if (place && !idsOf(file).has(place)) fault(`${path} leads to ${relative(site, file)}#${place}, which isn't there`);
    }
    console.log(`${pages.length} pages, ${links.length} links`);
    await page.close();
  },

  /** Every number of the report that leads to a trace leads to a place that is there. */
  async report() {
    for (const name of ["report.html", "report.zh.html"]) {
      const file = join(dirname(site), name);
      if (!existsSync(file)) {
        fault(`${name} isn't there`);
        continue;
      }
      const addresses = [...readFileSync(file, "utf8").matchAll(/href="(audit\/[^"#]*)#([^"]*)"/g)];
      expect(addresses.length > 100, `${name} has ${addresses.length} links to traces`);
      for (const [, path, place] of addresses) {
        const target = join(dirname(site), path);
        if (!existsSync(target)) fault(`${name} leads to ${path}, which isn't there`);
        else if (!readFileSync(target, "utf8").includes(` id="${place}"`)) fault(`${name} leads to ${path}#${place}, which isn't there`);
      }
      console.log(`${name}: ${addresses.length} numbers lead to their traces`);
    }
    const page = await open();
    await page.goto(pathToFileURL(join(dirname(site), "report.html")).href);
    await page.click('a[href^="audit/trace/1-"]');
    await page.waitForURL(/trace\/1-.*#/);
    expect((await page.locator(":target").count()) === 1, "a number of the report leads to its place");
    await page.close();
  },

  /** Tables sort, filter and turn their pages. */
  async table() {
    const page = await open();
    if (!await pageWith(page, "data-table=")) return;
    // The largest table of the site.
    const largest = { rows: 0, path: "", key: "" };
    for (const path of pages) {
      for (const [, key, total] of readFileSync(join(site, path), "utf8").matchAll(/data-table="([^"]*)"[^>]*data-total="(\d+)"/g)) {
        if (Number(total) > largest.rows) Object.assign(largest, { rows: Number(total), path, key });
      }
    }
    await page.goto(url(largest.path));
    const box = page.locator(`[data-table="${largest.key}"]`);
    const rows = () => box.locator("tbody tr").evaluateAll((lines) => lines.map((line) => [...line.cells].map((cell) => cell.textContent)));
    const said = () => box.locator(".count").textContent();
    const before = await rows();
    expect(before.length === 100, `${largest.path} shows ${before.length} rows`);
    const heads = await box.locator("thead th").evaluateAll((cells) => cells.map((cell) => cell.classList.contains("number")));
    const column = heads.indexOf(true);
    const button = box.locator("thead th").nth(column).locator("button");
    await button.click();
    await box.locator('th[aria-sort="ascending"]').waitFor();
    const numbers = (lines) => lines.map((line) => line[column]).filter((text) => text !== "\u2013").map(Number);
    const rising = numbers(await rows());
    expect(rising.length > 0 && rising.every((value, at) => at === 0 || rising[at - 1] <= value), `${largest.path}: a sorted column rises`);
    await button.click();
    await box.locator('th[aria-sort="descending"]').waitFor();
    const falling = numbers(await rows());
    expect(falling.every((value, at) => at === 0 || falling[at - 1] >= value), `${largest.path}: a column sorted again falls`);
    await button.click();
    await page.waitForFunction((key) => !document.querySelector(`[data-table="${key}"] [aria-sort]`), largest.key);
    expect(JSON.stringify(await rows()) === JSON.stringify(before), `${largest.path}: the third click brings the first order back`);
    // Beyond the first page.
    await box.getByRole("button", { name: "Last" }).click();
    expect((await said()).includes(`${largest.rows}`), `${largest.path} says ${await said()} on its last page`);
    const last = await rows();
    expect(last.length > 0 && JSON.stringify(last[0]) !== JSON.stringify(before[0]), `${largest.path}: the last page shows other rows`);
    await box.getByRole("button", { name: "First" }).click();
    // Words and comparisons.
    const word = before[50].find((text, at) => !heads[at] && text !== "\u2013");
    if (word) {
      await box.getByLabel("Rows with").fill(word);
      await page.waitForFunction((key) => document.querySelector(`[data-table="${key}"] .count`).textContent.includes("fit"), largest.key);
      const fitting = await rows();
      expect(fitting.length > 0 && fitting.every((line) => line.join("\n").toLowerCase().includes(word.split(/\s/)[0].toLowerCase())), `${largest.path}: the rows with ${word} have it`);
    }
    const bound = falling[Math.floor(falling.length / 2)];
    await box.getByLabel("Rows with").fill(`>=${bound}`);
    await box.getByLabel("in", { exact: true }).selectOption(String(column));
    await page.waitForTimeout(400);
    const above = numbers(await rows());
    expect(above.length > 0 && above.every((value) => value >= bound * (bound < 0 ? 1.00001 : 0.99999)), `${largest.path}: the rows with >=${bound} are`);
    await box.getByLabel("Rows with").fill("nothing has this");
    await page.waitForFunction((key) => document.querySelector(`[data-table="${key}"] .count`).textContent.startsWith("None"), largest.key);
    await page.close();
  },

  /** Ten thousand rows sort and filter at once. */
  async smooth() {
    const page = await open();
    let tried = 0;
    for (const path of pages) {
      for (const [, key, total] of readFileSync(join(site, path), "utf8").matchAll(/data-table="([^"]*)"[^>]*data-total="(\d+)"/g)) {
        if (Number(total) < 10_000) continue;
        tried += 1;
        await page.goto(url(path));
        const box = page.locator(`[data-table="${key}"]`);
        await box.getByLabel("all digits").check();
        for (let column = 0; column < await box.locator("thead th").count(); column += 1) {
          await box.evaluate((one) => delete one.dataset.took);
          await box.locator("thead th").nth(column).locator("button").click();
          await page.waitForFunction((key) => document.querySelector(`[data-table="${key}"]`).dataset.took, key);
          const took = Number(await box.getAttribute("data-took"));
          console.log(`${path}: ${total} rows sorted by column ${column} in ${took} ms`);
          expect(took < 400, `${path}: sorting ${total} rows takes ${took} ms`);
        }
        await box.evaluate((one) => delete one.dataset.took);
        await box.getByLabel("Rows with").fill("7");
        await page.waitForFunction((key) => document.querySelector(`[data-table="${key}"]`).dataset.took, key);
        const took = Number(await box.getAttribute("data-took"));
        console.log(`${path}: ${total} rows filtered in ${took} ms`);
        expect(took < 400, `${path}: filtering ${total} rows takes ${took} ms`);
      }
    }
    expect(tried > 0, "no table has 10,000 rows");
    await page.close();
  },

  /** The search finds from every page. */
  async search() {
    const page = await open();
    const stage = pages.find((path) => path.startsWith("stages/"));
    await page.goto(url(stage));
    const name = (await page.locator("h1").evaluate((heading) => heading.firstChild.textContent)).trim();
    await page.locator("#search-text").fill(name);
    await page.keyboard.press("Enter");
    await page.waitForURL(/search\.html\?q=/);
    await page.locator(".found a").first().waitFor();
    const first = await page.locator(".found a").first().textContent();
    expect(first.includes(name), `the search for ${name} finds ${first}`);
    await page.locator(".found a").first().click();
    await page.waitForURL(/stages\//);
    await page.goto(url("search.html"));
    await page.locator("#search-text").fill("surely nowhere");
    await page.getByText("Nothing has").waitFor();
    await page.close();
  },

  /** The keyboard alone leads from the picture to a stage, and into a table. */
  async keyboard() {
    const page = await open();
    await page.goto(url("index.html"));
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement.className) === "skip", "the first stop skips to the text");
    let found = false;
    for (let step = 0; step < 60 && !found; step += 1) {
      await page.keyboard.press("Tab");
      found = await page.evaluate(() => document.activeElement.closest("svg a")?.getAttribute("href")?.startsWith("stages/") ?? false);
    }
    expect(found, "no stage of the picture is reached by Tab");
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement.querySelector(".box")).strokeWidth);
    expect(ring === "4px", `the stage with the focus is outlined by ${ring}`);
    await page.keyboard.press("Enter");
    await page.waitForURL(/stages\//);
    await pageWith(page, "data-table=");
    await page.locator(".sort").first().focus();
    await page.keyboard.press("Enter");
    await page.locator('th[aria-sort="ascending"]').first().waitFor();
    await page.close();
  },

  /** Without scripts the pages say the same. */
  async plain() {
    const page = await open();
    const session = await browser.newCDPSession(page);
    await session.send("Emulation.setScriptExecutionDisabled", { value: true });
    const path = pages.find((path) => readFileSync(join(site, path), "utf8").includes("data-table="));
    await page.goto(url(path));
    expect((await page.locator(".rows tbody tr").count()) > 0, `${path} shows no rows without scripts`);
    expect((await page.locator(".tools").count()) === 0, `${path} shows tools that do nothing without scripts`);
    await page.goto(url("search.html"));
    expect(await page.locator("noscript").count() === 1, "the search says what to do without scripts");
    await page.close();
  },

  /** No serious fault of accessibility, in light and dark. */
  async axe() {
    const page = await open();
    // One page of each kind, and the first of those made from data.
    const kinds = new Map();
    for (const path of pages) {
      const text = readFileSync(join(site, path), "utf8");
      const kind = dirname(path) === "." ? path
        : `${dirname(path)}:${["data-table=", "<pre", 'id="branches"', "<details"].map((mark) => text.includes(mark)).join()}`;
      if (!kinds.has(kind)) kinds.set(kind, path);
    }
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      for (const path of kinds.values()) {
        await page.goto(url(path));
        await page.evaluate(() => document.querySelectorAll("details").forEach((one) => one.setAttribute("open", "")));
        await page.evaluate(`{ ${axe} }`);
        const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"], preload: false }));
        for (const one of found.violations.filter((one) => ["serious", "critical"].includes(one.impact))) {
          fault(`${path} (${scheme}): ${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`);
        }
        const less = found.violations.filter((one) => !["serious", "critical"].includes(one.impact));
        if (less.length > 0) console.log(`${path} (${scheme}): ${less.map((one) => `${one.id} (${one.impact}): ${one.nodes[0].html.slice(0, 160)}`).join(", ")}`);
      }
    }
    console.log(`axe looked at ${kinds.size} kinds of pages in light and dark`);
    await page.close();
  },

  /** Names that are scripts stay names. */
  async hostile() {
    const page = await open();
    let seen = 0;
    for (const path of pages) {
      await page.goto(url(path));
      for (const sort of await page.locator("thead th:first-child .sort").all()) {
        await sort.click();
      }
      const found = await page.evaluate(() => ({
        hacked: globalThis.hacked ?? null,
        scripts: document.querySelectorAll("script:not([src])").length,
        handlers: [...document.querySelectorAll("*")].filter((one) => [...one.attributes].some((attribute) => attribute.name.startsWith("on"))).length,
        images: document.querySelectorAll("img, iframe, object, embed").length,
        seen: document.body.textContent.includes("<script>"),
      }));
      expect(found.hacked === null && found.scripts + found.handlers + found.images === 0, `${path}: ${JSON.stringify(found)}`);
      seen += found.seen ? 1 : 0;
    }
    await page.goto(`${url("search.html")}?q=%3Cscript%3E`);
    await page.locator(".found li").first().waitFor();
    expect(await page.evaluate(() => globalThis.hacked ?? null) === null, "the search runs what it finds");
    expect(seen >= 3, `${seen} pages show the hostile name`);
    await page.close();
  },

  /** Pictures of each kind of page. */
  async shots() {
    if (!shots) return;
    mkdirSync(shots, { recursive: true });
    const page = await open();
    const wantedPages = process.env.SHOTS_OF ? process.env.SHOTS_OF.split(",") : pages.filter((path) => dirname(path) === ".");
    for (const [scheme, width] of [["light", 1280], ["dark", 1280], ["light", 360]]) {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 900 });
      for (const path of wantedPages) {
        await page.goto(url(path));
        await page.screenshot({ path: join(shots, `${path.replace(/[/#?.=]/g, "-")}-${scheme}-${width}.png`), fullPage: process.env.SHOTS_FULL === "1" });
      }
    }
    await page.close();
  },
};

try {
  for (const name of wanted.split(",")) {
    const began = performance.now();
    await checks[name]();
    console.log(`${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  }
} finally {
  await browser.close();
  rmSync(profile, { recursive: true, force: true });
}
for (const text of faults.slice(0, 60)) console.error(text);
if (faults.length > 60) console.error(`and ${faults.length - 60} more`);
process.exitCode = faults.length > 0 ? 1 : 0;
