/**
 * `bun scripts/draw-samples.ts`: draws the documents that the dashboard offers to whoever has none at
 * hand, into `src/client/public/samples`. All that stands in them is made up.
 */
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { findChromium } from "./chromium.ts";
import { root, say } from "./terminal.ts";

const folder = join(root, "src/client/public/samples");
/** A4 at 150 dpi. */
const SHEET = { width: 620, height: 877 };
const SCALE = 2;

const page = (style: string, body: string, lang = "en"): string => `<!doctype html>
<html lang="${lang}"><meta charset="utf-8"><style>
  @page { size: A4; margin: 0 }
  * { box-sizing: border-box; margin: 0 }
  body { width: 620px; min-height: 877px; padding: 62px 58px; background: #fff; color: #1c1a17;
    font: 13px/1.55 Georgia, "Noto Serif CJK SC", "DejaVu Serif", serif }
  table { width: 100%; border-collapse: collapse; margin: 18px 0 }
  th, td { padding: 7px 8px; border-bottom: 1px solid #999; text-align: left }
  th { border-bottom: 2px solid #333 }
  td:last-child, th:last-child { text-align: right }
  ${style}
</style>${body}</html>`;

const invoice = page(
  "h1 { font-size: 27px } p { margin-top: 12px }",
  `<h1>Northwind Paper Ltd</h1>
  <p>14 Harbour Street, Bristol BS1 4RW</p>
  <p style="margin-top:26px">To: Lighthouse Books, 3 Quay Road, Falmouth</p>
  <h2 style="margin-top:22px;font-size:19px">Invoice 2041</h2>
  <p>Date: 3 March 2026. Please pay within 30 days.</p>
  <table><tr><th>Item</th><th>Quantity</th><th>Price</th><th>Amount</th></tr>
  <tr><td>Paper A4, 80 g, box</td><td>12</td><td>4.00</td><td>48.00</td></tr>
  <tr><td>Toner cartridge, black</td><td>2</td><td>69.90</td><td>139.80</td></tr>
  <tr><td>Archive folder, grey</td><td>25</td><td>1.20</td><td>30.00</td></tr>
  <tr><td>Delivery</td><td>1</td><td>7.50</td><td>7.50</td></tr></table>
  <p style="text-align:right;font-size:16px"><b>Total: 225.30 GBP</b></p>
  <p style="margin-top:40px">Goods remain ours until they are paid in full. Thank you for your order.</p>`,
);

const article = page(
  `h1 { font-size: 25px; text-align: center; margin-bottom: 6px } .by { text-align: center; font-style: italic }
  .columns { column-count: 2; column-gap: 30px; margin-top: 26px; text-align: justify } p { margin-bottom: 10px }
  h2 { font-size: 16px; margin: 12px 0 6px }`,
  `<h1>The Keepers of Paper</h1><p class="by">From the bulletin of a small archive</p>
  <div class="columns">
  <p>Every archive begins with a box that nobody wanted to throw away. Ours began in 1911, when the harbour office moved and left its ledgers in the cellar of the school.</p>
  <p>For sixty years they stayed there. The children learned to read upstairs while, below them, the names of ships and the weights of cargoes slowly faded in the dark.</p>
  <h2>What the damp left</h2>
  <p>When the cellar was opened again, two ledgers in three could still be read. The others had grown together into blocks, which we keep as they are, because opening them would be the end of them.</p>
  <p>The rest we have copied by hand, then by typewriter, and now by machine. Each copy found mistakes in the one before it, and made a few of its own.</p>
  <h2>Reading by machine</h2>
  <p>A machine does not tire of columns of figures. It reads the four hundredth page as carefully as the first, and it says how sure it was of every word.</p>
  <p>What it cannot do is wonder. Why does the same captain sign with two different hands? Why is there no entry for the winter of 1923? Those questions are still ours.</p>
  <h2>An invitation</h2>
  <p>The reading room is open on Tuesdays and Thursdays. Bring a pencil, never a pen, and ask for the blue ledger first. It has the best stories and the worst handwriting.</p>
  </div>`,
);

const notice = page(
  `h1 { font-size: 28px; text-align: center; letter-spacing: 4px; margin-bottom: 30px } p { font-size: 16px; line-height: 2; text-indent: 2em }
  .sign { text-align: right; margin-top: 40px; text-indent: 0 }`,
  `<h1>阅览室开放通知</h1>
  <p>各位读者：海港档案馆阅览室将于2026年3月9日起恢复开放，开放时间为每周二、周四上午9时至下午5时。</p>
  <p>请携带有效证件办理登记。阅览时请使用铅笔，不要使用钢笔或圆珠笔，也请勿携带饮料入内。</p>
  <p>馆藏的旧账册已完成扫描，可在阅览室的电脑上查询全文。如需复印，请提前一天预约，每页收费0.5元。</p>
  <p>联系电话：0750-8620153。欢迎光临！</p>
  <p class="sign">海港档案馆</p><p class="sign" style="margin-top:6px">2026年3月2日</p>`,
  "zh-Hans",
);

async function drawPicture(browser: Browser, html: string, name: string): Promise<void> {
  const context = await browser.newContext({ viewport: SHEET, deviceScaleFactor: SCALE });
  const sheet = await context.newPage();
  await sheet.setContent(html);
  await sheet.screenshot({ path: join(folder, name), clip: { x: 0, y: 0, ...SHEET } });
  await context.close();
  say(name);
}

const { path, args } = await findChromium();
const browser = await chromium.launch({ executablePath: path, args });
await drawPicture(browser, invoice, "invoice.png");
await drawPicture(browser, notice, "notice-zh.png");
await drawPicture(browser, article, "two-columns.png");
const sheet = await browser.newPage();
await sheet.setContent(article);
await sheet.pdf({
  path: join(folder, "two-columns.pdf"),
  format: "A4",
  printBackground: true,
  scale: 1.28,
});
await browser.close();
