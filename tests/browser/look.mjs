// Opens a page in a real browser as its readers do, and prints what is wrong with it, one finding a line:
// nothing printed is nothing found.
//
//     node look.mjs CHROMIUM PAGE [PICTURES]
//
// The modules puppeteer-core and axe-core are taken from the folder of this variable, outside of the tree:
// DOORSTEP_BROWSER_MODULES. With a folder for PICTURES, what was seen is kept there.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [chromium, file, pictures] = process.argv.slice(2);
const require = createRequire(path.join(process.env.DOORSTEP_BROWSER_MODULES, "node_modules", "here.js"));
const puppeteer = require("puppeteer-core");
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
const address = pathToFileURL(path.resolve(file)).href;
const WIDTHS = [360, 768, 1280];

const browser = await puppeteer.launch({ executablePath: chromium, headless: true, args: ["--no-sandbox", "--disable-gpu"], protocolTimeout: 600_000 });
const found = new Set();
try {
  for (const scheme of ["light", "dark"]) {
    for (const width of WIDTHS) {
      const where = `${scheme}, ${width} px`;
      const page = await browser.newPage();
      page.on("console", (message) => ["error", "warn"].includes(message.type()) && found.add(`console: ${message.text()}`));
      page.on("pageerror", (error) => found.add(`script: ${error.message}`));
      page.on("request", (request) => request.url() !== address && found.add(`asks for ${request.url()}`));
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      await page.setViewport({ width, height: 900 });
      await page.goto(address, { waitUntil: "load", timeout: 120_000 });
      // Folded parts are read as well.
      await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.add(`${where}: ${wide} px wider than the window`);
      // What cannot be scrolled must not stick out of its box either.
      const cut = await page.evaluate(() =>
        [...document.querySelectorAll("h1, h2, h3, p, li, dt, dd, th, td, .label, .figure, summary")]
          .filter((e) => !e.closest(".scroll") && e.getBoundingClientRect().width > 0)
          .filter((e) => { const b = e.getBoundingClientRect(); return b.right > innerWidth + 1 || b.left < -1; })
          .slice(0, 3)
          .map((e) => `${e.className || e.tagName}: ${e.textContent.trim().slice(0, 60)}`));
      cut.forEach((what) => found.add(`${where}: sticks out: ${what}`));
      // A wide light page and a narrow dark one between them show every part in every colour.
      if (scheme === "light" ? width === 1280 : width === 360) {
        const { violations } = await page.evaluate(`${axe}; axe.run(document, { resultTypes: ["violations"] })`);
        for (const { id, impact, help, nodes } of violations) {
          if (["serious", "critical"].includes(impact)) {
            found.add(`${where}: ${id} (${impact}): ${help}: ${nodes.length} times, first ${nodes[0].html.slice(0, 160)}`);
          }
        }
      }
      if (pictures) {
        await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = false)));
        await page.screenshot({ path: path.join(pictures, `${scheme}-${width}.png`) });
        if (scheme === "light") await page.screenshot({ path: path.join(pictures, `whole-${width}.png`), fullPage: true });
      }
      await page.close();
    }
  }
  if (pictures) {
    const page = await browser.newPage();
    await page.goto(address, { waitUntil: "load", timeout: 120_000 });
    await page.pdf({ path: path.join(pictures, "print.pdf"), preferCSSPageSize: true, printBackground: true, timeout: 600_000 });
  }
} finally {
  await browser.close();
}
found.forEach((finding) => console.log(finding));
