/** What this browser keeps for the page: preferences, drafts, the conversations of whoever is not signed in. */

/** Nothing is kept where storage is switched off or full; the page works without. */
export function keep(storage: Storage, key: string, value: unknown): void {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  } catch {
    // Full, or forbidden: there is nothing to be done about it.
  }
}

export function kept(storage: Storage, key: string): unknown {
  try {
    return JSON.parse(storage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
}
