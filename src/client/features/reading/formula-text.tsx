/**
 * Markdown with formulas, which browsers set themselves (MathML): no fonts, no styles. KaTeX runs
 * without trust: its commands for links, pictures and HTML do nothing. Loaded with the first formula.
 */
import rehypeKatex, { type Options } from "rehype-katex";
import remarkMath from "remark-math";
import type { StreamdownProps } from "streamdown";
import { MarkdownText } from "./markdown-text.tsx";

const options: Options = {
  output: "mathml",
  trust: false,
  strict: "ignore",
  maxSize: 20,
  maxExpand: 200,
  errorColor: "inherit",
};

const plugins: StreamdownProps["plugins"] = {
  math: {
    name: "katex",
    type: "math",
    remarkPlugin: [remarkMath, { singleDollarTextMath: false }],
    rehypePlugin: [rehypeKatex, options],
  },
};

export function FormulaText({ text, isStreaming }: { text: string; isStreaming: boolean }) {
  return <MarkdownText text={text} isStreaming={isStreaming} plugins={plugins} />;
}
