/** A sheet between crop marks, of which one line is lit. */
export function Logo({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden>
      <rect width="32" height="32" rx="7" className="fill-accent" />
      <g className="stroke-accent-ink" fill="none" strokeWidth="2" strokeLinecap="round">
        <path d="M9.500 7.500h8.500l4.500 4.500v12.500h-13z" strokeLinejoin="round" />
        <path d="M13 19h6M13 15.500h3.500" strokeWidth="1.700" />
      </g>
    </svg>
  );
}
