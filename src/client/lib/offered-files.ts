/** Files on their way in: offered anywhere on the page, taken by the intake. */

type Take = (files: readonly File[]) => void;

let take: Take | undefined;

export function offerFiles(files: readonly File[]): void {
  if (files.length > 0) take?.(files);
}

/** For the intake alone. */
export function takeOfferedFiles(taker: Take): () => void {
  take = taker;
  return () => {
    take = undefined;
  };
}
