/** Ways in which people bring files to the page. */
import type { Page } from "playwright-core";

export interface BroughtFile {
  name: string;
  type: string;
  bytes: Uint8Array;
}

/** By the button. */
export async function chooseFiles(page: Page, ...files: BroughtFile[]): Promise<void> {
  await page
    .getByLabel("Choose files")
    .and(page.locator("input"))
    .setInputFiles(
      files.map(({ name, type, bytes }) => ({
        name,
        mimeType: type,
        buffer: Buffer.from(bytes),
      })),
    );
}

/** From a folder of the desktop onto any place of the page. */
export async function dropFiles(page: Page, ...files: BroughtFile[]): Promise<void> {
  await dispatch(page, "drop", files);
}

/** From the clipboard. */
export async function pasteFiles(page: Page, ...files: BroughtFile[]): Promise<void> {
  await dispatch(page, "paste", files);
}

async function dispatch(page: Page, how: "drop" | "paste", files: BroughtFile[]): Promise<void> {
  const plain = files.map(({ name, type, bytes }) => ({ name, type, numbers: [...bytes] }));
  await page.evaluate(
    ({ event, brought }) => {
      const data = new DataTransfer();
      for (const { name, type, numbers } of brought) {
        data.items.add(new File([new Uint8Array(numbers)], name, { type }));
      }
      const options = { bubbles: true, cancelable: true };
      if (event === "paste") {
        document.body.dispatchEvent(
          new ClipboardEvent("paste", { ...options, clipboardData: data }),
        );
      } else {
        for (const name of ["dragenter", "dragover", "drop"]) {
          document.body.dispatchEvent(new DragEvent(name, { ...options, dataTransfer: data }));
        }
      }
    },
    { event: how, brought: plain },
  );
}
