/**
 * What a gateway must know of a query string: the API version, and credentials a client put there. The rest passes byte for byte.
 * Names are compared decoded and without case, as Azure's front reads them. Source: wire reference §1.4, §1.5.
 */

/** Wire §1.5 (`api-key` of realtime in browsers); `subscription-key` is API Management's. */
const CREDENTIALS: ReadonlySet<string> = new Set(['api-key', 'subscription-key']);
const API_VERSION: ReadonlySet<string> = new Set(['api-version']);

/**
 * The value of `api-version`, as written, the first where it is repeated; '' where it is named without a value.
 * @param query without `?`.
 * @returns null where it is not named.
 */
export function apiVersionOf(query: string): string | null {
  if (query === '') return null;
  for (const pair of query.split('&')) {
    if (nameOf(pair) !== 'api-version') continue;
    const equals = pair.indexOf('=');
    return equals < 0 ? '' : pair.slice(equals + 1);
  }
  return null;
}

/**
 * The value of a name, decoded, the first where it is repeated.
 * @param query without `?`.
 * @returns null where it is not named.
 */
export function queryValue(query: string, name: string): string | null {
  if (query === '') return null;
  for (const pair of query.split('&')) {
    if (nameOf(pair) !== name.toLowerCase()) continue;
    const equals = pair.indexOf('=');
    return equals < 0 ? '' : decoded(pair.slice(equals + 1).replaceAll('+', ' '));
  }
  return null;
}

/** The query without its `api-version`: v1 answers 400 to a dated one (wire §1.4). */
export function withoutApiVersion(query: string): string {
  return without(query, API_VERSION);
}

/** The query without `api-key` and its like: a client's credential ends at the gateway wherever it was written. */
export function withoutCredentials(query: string): string {
  return without(query, CREDENTIALS);
}

function without(query: string, names: ReadonlySet<string>): string {
  if (query === '') return query;
  return query
    .split('&')
    .filter((pair) => !names.has(nameOf(pair)))
    .join('&');
}

function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  const name = equals < 0 ? pair : pair.slice(0, equals);
  return (name.includes('%') ? decoded(name) : name).toLowerCase();
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
