/**
 * `bun run docs:screenshots`: the README's pictures, taken of the real server while it reads a
 * document drawn here.
 */
import { join } from "node:path";
import { startSite } from "../e2e/browser.ts";
import { scanPdf } from "../tests/fixtures/pdf.ts";
import { root, say } from "./terminal.ts";

const invoice = [
  "Northwind Supplies Ltd",
  "Invoice 2041, 3 March 2026",
  "",
  "12 x Paper A4, 80 g: 48.00 EUR",
  "2 x Toner cartridge, black: 139.80 EUR",
  "Total, due within 30 days: 187.80 EUR",
];
const terms = ["Terms of delivery", "Goods remain ours until they are paid in full."];

const pictures = [
  { name: "page-light", width: 1280, height: 860, colorScheme: "light" },
  { name: "page-dark", width: 1280, height: 860, colorScheme: "dark" },
  { name: "page-phone", width: 390, height: 844, colorScheme: "light" },
] as const;

// The address that people will see, too.
await using site = await startSite({ PORT: "3000" });
const buffer = Buffer.from(await scanPdf([invoice, terms], { dpi: 200 }));
for (const { name, width, height, colorScheme } of pictures) {
  const viewport = { width, height };
  const { page } = await site.open({ viewport, colorScheme, deviceScaleFactor: 1 });
  const file = { name: "invoice.pdf", mimeType: "application/pdf", buffer };
  await page.locator("input[type=file]").setInputFiles(file);
  await page.locator("[data-phase=done]").waitFor();
  const path = join(root, `docs/images/${name}.png`);
  await page.screenshot({ path });
  say(path);
}
