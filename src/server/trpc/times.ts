/** A time of the database, in Unix milliseconds, as it travels: ISO 8601 in UTC. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
