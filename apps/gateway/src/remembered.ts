/** What is found out of a text once, and not on each request: for the few texts that come again and again. */

/** @param textsMax texts remembered; beyond, `find` is asked each time. */
export function remembered<T>(textsMax: number, find: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const found = find(text);
    if (known.size < textsMax) known.set(text, found);
    return found;
  };
}
