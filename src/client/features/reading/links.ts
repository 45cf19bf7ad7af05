/** Where a link of a hostile text may lead: to the web, or to a letter. */
const ALLOWED = new Set(["http:", "https:", "mailto:"]);

/** The address as the browser would follow it; undefined where it must not. */
export function linkTarget(url: string): string | undefined {
  // Without a base: a path of ours is no link of a document either.
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return ALLOWED.has(protocol) ? href : undefined;
}
