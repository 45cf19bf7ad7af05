/** Which My OCR somebody runs, in words. */

/** For people: `0.1.0 (1a2b3c4)`, without the commit where it is not known. */
export function releaseOf({
  version,
  commit,
}: {
  version: string;
  commit?: string | undefined;
}): string {
  return commit === undefined ? version : `${version} (${commit.slice(0, 7)})`;
}
