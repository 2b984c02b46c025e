/** What the headers of an answer say of the quota, in words. Source: wire reference §4.1. */
import type { RawHeaders } from '../listen/inbound.ts';

export function quotaText(headers: RawHeaders): string {
  const parts = [
    left('tokens', headers),
    left('requests', headers),
    utilization(headerIn(headers, 'azure-openai-deployment-utilization')),
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'the answer says nothing of its quota' : parts.join(', ');
}

function left(what: 'tokens' | 'requests', headers: RawHeaders): string | null {
  const remaining = figure(headerIn(headers, `x-ratelimit-remaining-${what}`));
  const limit = figure(headerIn(headers, `x-ratelimit-limit-${what}`));
  if (remaining === null) return null;
  return `${remaining}${limit === null ? '' : ` of ${limit}`} ${what} left`;
}

function utilization(value: string | null): string | null {
  return value !== null && /^[\d.]{1,8}%$/.test(value) ? `${value} of provisioned capacity in use` : null;
}

/** Azure writes -1 for "unknown". */
function figure(value: string | null): string | null {
  return value !== null && /^\d{1,15}$/.test(value) ? value : null;
}

function headerIn(headers: RawHeaders, lowerName: string): string | null {
  const at = headers.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === lowerName);
  return at < 0 ? null : (headers[at + 1] ?? null);
}
