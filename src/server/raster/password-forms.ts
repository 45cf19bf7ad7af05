/** Code points that SASLprep maps to nothing. Source: RFC 3454, table B.1. */
const MAPPED_TO_NOTHING =
  /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/gu;
/** Spaces other than the ASCII one. Source: RFC 3454, table C.1.2. */
const OTHER_SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;

/**
 * The forms of a password that may be the one a PDF was encrypted with: as typed, composed,
 * decomposed, and prepared by SASLprep (RFC 4013), which AES-256 asks for and not every writer
 * applies. mupdf itself turns them into PDFDocEncoding for the older methods.
 */
export function passwordForms(password: string): string[] {
  const prepared = password
    .replaceAll(OTHER_SPACES, " ")
    .replaceAll(MAPPED_TO_NOTHING, "")
    .normalize("NFKC");
  return [...new Set([password, prepared, password.normalize("NFC"), password.normalize("NFD")])];
}
