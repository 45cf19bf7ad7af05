/**
 * Server-sent events: the `data` of each event, decoded as it arrives. Chunks may be cut anywhere,
 * inside characters and line ends included. Source: WHATWG HTML, section 9.2.6.
 */
import { AppError } from "../errors.ts";

/** No sane event is larger; without a bound a hostile server could fill the memory with one line. */
const MAX_EVENT_CHARS = 4 * 1024 * 1024;

/**
 * One stream, pushed in as it comes. No generator: at thousands of chunks a second each layer of
 * those costs as much as the parsing. The other fields (event, id, retry) are left out: nothing here
 * uses them.
 */
export class SseDecoder {
  readonly #decoder = new TextDecoder("utf-8");
  /** The beginning of a line whose end has not come yet. */
  #rest = "";
  #data: string | undefined;
  /** The last chunk ended in CR: an LF that follows belongs to it. */
  #afterCr = false;

  /**
   * The events that the chunk completes. An event is complete at its blank line, not before.
   *
   * @throws AppError engine_protocol for an event without end.
   */
  push(chunk: Uint8Array): string[] {
    const text = this.#decoder.decode(chunk, { stream: true });
    const events: string[] = [];
    let start = this.#afterCr && text.startsWith("\n") ? 1 : 0;
    if (text.length > 0) this.#afterCr = text.endsWith("\r");
    const hasCr = text.includes("\r");
    for (;;) {
      const end = hasCr ? lineEnd(text, start) : text.indexOf("\n", start);
      if (end === -1) break;
      this.#onLine(this.#rest + text.slice(start, end), events);
      this.#rest = "";
      start = text[end] === "\r" && text[end + 1] === "\n" ? end + 2 : end + 1;
    }
    this.#rest += text.slice(start);
    if (this.#rest.length + (this.#data?.length ?? 0) > MAX_EVENT_CHARS) {
      throw new AppError("engine_protocol", "The engine sent an event without end.");
    }
    return events;
  }

  #onLine(line: string, events: string[]): void {
    if (line === "") {
      if (this.#data !== undefined) events.push(this.#data);
      this.#data = undefined;
      return;
    }
    if (!line.startsWith("data")) return;
    const colon = line[4];
    if (colon !== undefined && colon !== ":") return;
    const value = line.slice(line[5] === " " ? 6 : 5);
    this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
  }
}

function lineEnd(text: string, from: number): number {
  const lf = text.indexOf("\n", from);
  const cr = text.indexOf("\r", from);
  if (cr === -1) return lf;
  return lf === -1 ? cr : Math.min(lf, cr);
}
