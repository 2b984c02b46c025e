/** Errors in Azure's shape, written by us, and the parts of Azure's errors that decide something. Source: wire reference §3. */

export interface AzureError {
  readonly error: {
    readonly code: string | null;
    readonly message: string;
    readonly type?: string | null;
    readonly param?: string | null;
  };
}

export function azureError(code: string, message: string): AzureError {
  return { error: { code, message } };
}

/** Facts of an error body, whichever of the envelopes of wire §3.1 it came in; null where a field is absent or the body is no JSON. */
export interface ErrorFacts {
  readonly code: string | null;
  readonly message: string | null;
  readonly type: string | null;
}

const NO_FACTS: ErrorFacts = { code: null, message: null, type: null };

/** @param text an error body; any text is accepted, and what is not an Azure error yields nulls. */
export function errorFacts(text: string): ErrorFacts {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return NO_FACTS;
  }
  return errorFactsOf(body);
}

export function errorFactsOf(body: unknown): ErrorFacts {
  if (!isRecord(body)) return NO_FACTS;
  if (typeof body.error === 'string') return { ...NO_FACTS, message: body.error };
  const inner = isRecord(body.error) ? body.error : body;
  return { code: codeOf(inner.code), message: stringOf(inner.message), type: stringOf(inner.type) };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Azure's codes are strings (`"429"`); proxies in front of it write numbers. */
function codeOf(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : stringOf(value);
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
