/** The dots that lead the eye from an entry to its number, in tables of contents and on menus. */

/** The recogniser passes over most of the dots: two are enough. */
const AT_END = /(?:\s?[.·…]){2,}$/;
/** One alone may be the decimal point of a number: .75 */
const AT_START = /^(?:(?:[.·…]\s?){2,}|[.·…]\s)/;
const NUMBER = /^[$€£]?\s?\d[\d.,]*$/;

/** The cells of a table's row without the leaders between them: where they lead, the table shows. */
export function withoutLeaders(cells: readonly string[]): string[] {
  const numbers = cells.map((cell) => {
    const rest = cell.replace(AT_START, "");
    return NUMBER.test(rest) ? rest : undefined;
  });
  return cells.map((cell, index) => {
    const number = numbers[index];
    if (number !== undefined) return number;
    return numbers[index + 1] === undefined ? cell : cell.replace(AT_END, "");
  });
}
