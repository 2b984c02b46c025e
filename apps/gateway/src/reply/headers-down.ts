/** The head of an answer as the client gets it: the backend's headers as they are, without hop-by-hop ones, and ours behind them. */
import { goesDown } from '@spillway/protocol';
import { connectionOptions, type RawHeaders } from '../listen/inbound.ts';

/** Names as written by backends, and whether they go down; looked up once, not on each answer. */
const shown = new Map<string, boolean>();
const hidden = new Map<string, boolean>();
const VERDICTS_MAX = 1_000;

function passesDown(name: string, hideUpstreamHeaders: boolean): boolean {
  const verdicts = hideUpstreamHeaders ? hidden : shown;
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const verdict = goesDown(name.toLowerCase(), hideUpstreamHeaders);
  if (verdicts.size < VERDICTS_MAX) verdicts.set(name, verdict);
  return verdict;
}

export function headersDown(raw: RawHeaders, hideUpstreamHeaders: boolean): string[] {
  const headers: string[] = [];
  const named = connectionOptions(raw);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i];
    const value = raw[i + 1];
    if (name === undefined || value === undefined) continue;
    if (!passesDown(name, hideUpstreamHeaders)) continue;
    if (named === null || !named.includes(name.toLowerCase())) headers.push(name, value);
  }
  return headers;
}
