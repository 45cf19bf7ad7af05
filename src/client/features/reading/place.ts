/**
 * Where in the document its reader is, and whether the page goes along with what is being read.
 * Apart from React: it changes while one scrolls, and few components care.
 */
import { useSyncExternalStore } from "react";

type Go = (page: number) => void;

export class Place {
  page: number;
  isFollowing: boolean;
  readonly #listeners = new Set<() => void>();
  #go: Go | undefined;
  #onScrolled: (() => void) | undefined;

  constructor(page: number, isFollowing: boolean) {
    this.page = page;
    this.isFollowing = isFollowing;
  }

  readonly listen = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Somebody wants to see the page, and to stay there. */
  goTo(page: number): void {
    this.isFollowing = false;
    this.page = page;
    this.#tell();
    this.#go?.(page);
  }

  /** The page has come into view by scrolling. */
  report(page: number): void {
    if (page === this.page) return;
    this.page = page;
    this.#tell();
  }

  follow(isFollowing: boolean): void {
    if (isFollowing === this.isFollowing) return;
    this.isFollowing = isFollowing;
    this.#tell();
  }

  /** For the texts, which scroll. */
  onGo(go: Go): () => void {
    this.#go = go;
    return () => {
      this.#go = undefined;
    };
  }

  /** The page itself has scrolled the texts, to where its reader wanted to be: there they stay. */
  scrolled(): void {
    this.#onScrolled?.();
  }

  /** For what keeps the texts in their place. */
  onScrolled(listener: () => void): () => void {
    this.#onScrolled = listener;
    return () => {
      this.#onScrolled = undefined;
    };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

export function usePage(place: Place): number {
  return useSyncExternalStore(place.listen, () => place.page);
}

export function useIsPage(place: Place, page: number): boolean {
  return useSyncExternalStore(place.listen, () => place.page === page);
}

export function useIsFollowing(place: Place): boolean {
  return useSyncExternalStore(place.listen, () => place.isFollowing);
}
