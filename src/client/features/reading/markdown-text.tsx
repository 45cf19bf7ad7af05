/**
 * A page's Markdown, rendered. The text is hostile: HTML in it is shown as text, nothing is fetched
 * for it, and its links lead only where their reader can see. Loaded when it is first needed.
 */
import type { ReactNode } from "react";
import { type Components, Streamdown, type StreamdownProps } from "streamdown";
import { withMarkdownTables } from "./html-tables.ts";
import { linkTarget } from "./links.ts";

/** Headings of a page stand below those of the room. */
const components: Components = {
  a: ({ href, children }) => <TextLink href={href}>{children}</TextLink>,
  img: ({ alt }) => <PictureName alt={alt} />,
  h1: ({ children }) => <h3 className="level-1">{children}</h3>,
  h2: ({ children }) => <h4 className="level-2">{children}</h4>,
  h3: ({ children }) => <h5 className="level-3">{children}</h5>,
  h4: ({ children }) => <h6 className="level-3">{children}</h6>,
  h5: ({ children }) => <h6 className="level-3">{children}</h6>,
  h6: ({ children }) => <h6 className="level-3">{children}</h6>,
  table: ({ children }) => (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex: wide tables scroll by keys, too
    <div className="table-frame" tabIndex={0}>
      <table>{children}</table>
    </div>
  ),
  thead: "thead",
  tbody: "tbody",
  tr: "tr",
  th: "th",
  td: "td",
  p: "p",
  ul: "ul",
  ol: "ol",
  li: "li",
  strong: "strong",
  em: "em",
  blockquote: "blockquote",
  hr: "hr",
  sup: "sup",
  sub: "sub",
  section: "section",
  code: ({ children }) => <code>{children}</code>,
  inlineCode: ({ children }) => <code>{children}</code>,
  pre: ({ children }) => <pre>{children}</pre>,
  input: ({ checked }) => (checked === true ? "☑ " : "☐ "),
};

interface MarkdownTextProps {
  text: string;
  /** Only what has changed is rendered again, and marks that are not closed yet are. */
  isStreaming: boolean;
  /** Such as that for formulas. */
  plugins?: StreamdownProps["plugins"];
}

export function MarkdownText({ text, isStreaming, plugins }: MarkdownTextProps) {
  return (
    <Streamdown
      mode={isStreaming ? "streaming" : "static"}
      parseIncompleteMarkdown={isStreaming}
      components={components}
      // None: not even the one that parses HTML.
      rehypePlugins={[]}
      urlTransform={(url) => linkTarget(url) ?? ""}
      linkSafety={{ enabled: false }}
      controls={false}
      {...(plugins && { plugins })}
      className={isStreaming ? "blocks is-streaming" : "blocks"}
      dir="auto"
    >
      {withMarkdownTables(text)}
    </Streamdown>
  );
}

function TextLink({ href, children }: { href?: string | undefined; children?: ReactNode }) {
  const target = href === undefined ? undefined : linkTarget(href);
  if (target === undefined) return <span>{children}</span>;
  return (
    <a href={target} title={target} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  );
}

/** Of a picture there is only its name: fetching it would tell others that somebody reads this. */
function PictureName({ alt }: { alt?: string | undefined }) {
  return alt === undefined || alt === "" ? null : <em className="picture-name">[{alt}]</em>;
}
