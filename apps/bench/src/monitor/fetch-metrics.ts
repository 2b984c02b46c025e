/** Asks Azure Monitor over HTTP: with a token of Entra ID where it is Azure, and never elsewhere. */
import { isRecord } from '@spillway/protocol';
import { request } from 'undici';
import type { MonitorAnswer } from './monitor.ts';

/** To the head, and to the end of the body. Milliseconds. */
const ANSWER_MS_MAX = 10_000;
/** A day of minutes of four metrics is a tenth of it. Bytes. */
export const ANSWER_BYTES_MAX = 8 * 1024 * 1024;
const AZURE = /^https:\/\/management\.(?:azure\.com|usgovcloudapi\.net|chinacloudapi\.cn)\/?$/i;

export function isAzure(url: string): boolean {
  return AZURE.test(url);
}

/** Header `authorization`. A simulator looks at the token only where it has a key, and that is the token then. */
export async function authorizationOf(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
  tokenFor: (scope: string) => Promise<string | null> = tokenOfIdentity,
): Promise<string> {
  if (!isAzure(url)) return `Bearer ${env.SPILLWAY_ADMIN_KEY?.trim() || 'simulated'}`;
  return `Bearer ${(await tokenFor(`${url.replace(/\/$/, '')}/.default`)) ?? ''}`;
}

async function tokenOfIdentity(scope: string): Promise<string | null> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return (await new DefaultAzureCredential().getToken(scope)).token;
}

export async function fetchMetrics(url: string, authorization: () => Promise<string>): Promise<MonitorAnswer> {
  try {
    const { statusCode, body } = await request(url, {
      headers: { authorization: await authorization(), accept: 'application/json' },
      headersTimeout: ANSWER_MS_MAX,
      bodyTimeout: ANSWER_MS_MAX,
    });
    const text = await textOf(body);
    const json = text === null ? null : jsonOf(text);
    return {
      status: text === null ? 0 : statusCode,
      body: json,
      code: text === null ? 'answer too long' : codeOf(json),
    };
  } catch (error) {
    return { status: 0, body: null, code: error instanceof Error ? codeIn(error) : null };
  }
}

/** The system's code, else the kind of error: its text could hold what was sent. */
function codeIn(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** null: too long. */
async function textOf(body: AsyncIterable<Uint8Array>): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function codeOf(json: unknown): string | null {
  if (!isRecord(json)) return null;
  const of = isRecord(json.error) ? json.error.code : json.code;
  return typeof of === 'string' ? of.slice(0, 80) : null;
}
