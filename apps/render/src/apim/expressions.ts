/**
 * The expressions of our policies: C#, single, without statements, in the subset that test/deploy/apim interprets.
 * Source: Microsoft Learn, "API Management policy expressions", read 2026-11-21.
 */

/** As an attribute or a text has it. */
export const at = (expression: string): string => `@(${expression})`;

/** A variable that is a text. */
export const textOf = (variable: string): string => `(string)context.Variables["${variable}"]`;

const STATUS = 'context.Response.StatusCode';

/** Throttled, or failed: another backend may serve. Not 401, 403, 404: those say the set-up is wrong, and would on each. */
const IS_FAILURE = `(${STATUS} == 429 || ${STATUS} >= 500)`;

/**
 * No breaker of the pool is closed: API Management answers 503 by itself and says so in the reason alone. (Reasons as they are tested for in
 * the repository Azure-Samples/AI-Gateway, labs/backend-pool-load-balancing/policy.xml.)
 */
export const POOL_IS_CLOSED = [
  'context.Response != null',
  `${STATUS} == 503`,
  'context.Response.StatusReason != null',
  '(context.Response.StatusReason.Contains("Backend pool") || context.Response.StatusReason.Contains("is temporarily unavailable"))',
].join(' && ');

const SAYS_CLOSED = 'context.Variables.GetValueOrDefault<bool>("pool-closed", false)';
export const TRY_AGAIN = `!${SAYS_CLOSED} && ${IS_FAILURE}`;
export const TOLD_CLOSED = SAYS_CLOSED;

const NOW = 'DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()';
const RETRY_AFTER = 'context.Response.Headers.GetValueOrDefault("Retry-After", "")';

/** When the breaker that this answer trips closes again; what is no whole number is not read, as breakers do not read it either. */
const opensAtMs = (tripMs: number): string =>
  `(${NOW} + (Regex.IsMatch(${RETRY_AFTER}, "^[0-9]{1,6}$") ? 1000L * int.Parse(${RETRY_AFTER}) : ${tripMs}L))`;

/** Breakers of a pool that are open at a time, and a few of the past. */
const OPENINGS_MAX = 40;

/** The list with one more in front: `T` (throttled) or `F` (failed), and the time in milliseconds since 1970, 13 digits. */
export const openingsWith = (tripMs: number): string =>
  `string.Join(" ", ((${STATUS} == 429 ? "T" : "F") + ${opensAtMs(tripMs)}.ToString() + " " + ${textOf('openings')}).Split(' ').Take(${OPENINGS_MAX}))`;

/** Of each entry of the list that is still to come: how long it takes. */
const WAITS = `(${textOf('openings')}).Split(' ').Where(t => t.Length == 14).Select(t => long.Parse(t.Substring(1)) - ${NOW}).Where(w => w > 0)`;

/** Until the earliest of them; a second where nothing is known. Milliseconds. */
export const EARLIEST_MS = `${WAITS}.DefaultIfEmpty(1000L).Min()`;

export const IS_THROTTLED = `(${textOf('openings')}).Split(' ').Where(t => t.Length == 14 && t.StartsWith("T")).Any(t => long.Parse(t.Substring(1)) > ${NOW})`;

const WAIT_MS = '(long)context.Variables["wait-ms"]';
export const WAIT_MS_TEXT = `(${WAIT_MS}).ToString()`;
/** Rounded up: a client that comes a moment too early is refused again. */
export const WAIT_SECONDS_TEXT = `((${WAIT_MS} + 999L) / 1000L).ToString()`;

/** The list of openings is of a pool, and of what the gateway's own cache holds. */
export const OPENINGS_KEY = at(
  '"spillway-openings-" + context.Variables.GetValueOrDefault<string>("backend-id", "none")',
);

/** Whether a text is one of a few. */
export function isOneOf(text: string, values: readonly string[]): string {
  return values.length === 0
    ? 'false'
    : values.map((value) => `${text} == "${value.replace(/["\\]/g, '\\$&')}"`).join(' || ');
}
