/** What this browser remembers of its reader's choices. Nothing secret: anybody at it can read it. */

const PREFIX = "my-ocr.";

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Storage that is full or forbidden only means that the choice is asked for again.
  }
}

export function recall(name: string): string | undefined {
  try {
    return localStorage.getItem(PREFIX + name) ?? undefined;
  } catch {
    return undefined;
  }
}

/** One of the allowed values, or the first of them. */
export function recallOneOf<T extends string>(name: string, allowed: readonly [T, ...T[]]): T {
  const value = recall(name);
  return allowed.find((one) => one === value) ?? allowed[0];
}
