/** The head of an answer as the client gets it: the backend's headers as they are, without hop-by-hop ones, and ours behind them. */
import { goesDown } from '@spillway/protocol';
import { connectionOptions, type RawHeaders } from '../listen/inbound.ts';
import { remembered } from '../remembered.ts';

const NAMES_MAX = 1_000;
/** By the name as backends write it. */
const isShown = remembered(NAMES_MAX, (name) => goesDown(name.toLowerCase(), false));
const isShownOfPool = remembered(NAMES_MAX, (name) => goesDown(name.toLowerCase(), true));

export function headersDown(raw: RawHeaders, hideUpstreamHeaders: boolean): string[] {
  const headers: string[] = [];
  const passesDown = hideUpstreamHeaders ? isShownOfPool : isShown;
  const named = connectionOptions(raw);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i];
    const value = raw[i + 1];
    if (name === undefined || value === undefined) continue;
    if (!passesDown(name)) continue;
    if (named === null || !named.includes(name.toLowerCase())) headers.push(name, value);
  }
  return headers;
}
