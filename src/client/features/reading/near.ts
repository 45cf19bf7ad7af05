/** Which parts of a scrolled pane are in view or near it: only these are rendered. */
import { type RefObject, createContext, use, useEffect, useState } from "react";

const MARGIN = "1200px 0px";

export class NearObserver {
  #observer: IntersectionObserver | undefined;
  readonly #listeners = new Map<Element, (isNear: boolean) => void>();

  /** @param element in what the pane scrolls. */
  observe(element: Element, listener: (isNear: boolean) => void): () => void {
    this.#observer ??= this.#create(element.parentElement?.parentElement ?? null);
    this.#listeners.set(element, listener);
    this.#observer.observe(element);
    return () => {
      this.#listeners.delete(element);
      this.#observer?.unobserve(element);
    };
  }

  /** As if all of them were near. */
  showAll(): void {
    for (const listener of this.#listeners.values()) listener(true);
  }

  /** Tells each listener anew how it is. */
  lookAgain(): void {
    for (const element of this.#listeners.keys()) {
      this.#observer?.unobserve(element);
      this.#observer?.observe(element);
    }
  }

  #create(root: Element | null): IntersectionObserver {
    const tell = (entries: readonly IntersectionObserverEntry[]): void => {
      for (const { target, isIntersecting } of entries) {
        this.#listeners.get(target)?.(isIntersecting);
      }
    };
    return new IntersectionObserver(tell, { root, rootMargin: MARGIN });
  }
}

export const NearContext = createContext<NearObserver | undefined>(undefined);

interface Nearness {
  isNear: boolean;
  /** In pixels, as it was rendered last; undefined before. */
  height?: number;
}

export function useNear(ref: RefObject<HTMLElement | null>): Nearness {
  const observer = use(NearContext);
  const [nearness, setNearness] = useState<Nearness>({ isNear: false });
  useEffect(() => {
    const element = ref.current;
    if (!observer || !element) return undefined;
    return observer.observe(element, (isNear) => {
      const height = element.offsetHeight;
      setNearness((before) => (isNear || !before.isNear ? { isNear } : { isNear, height }));
    });
  }, [observer, ref]);
  return nearness;
}
