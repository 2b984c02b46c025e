/** Whom a run asks: one target, or two side by side, of which the second may have its own deployment, dialect and credential. */
import { oneOf, type Problems } from './load/words-of.ts';
import type { Api, Credential, Dialect, Target } from './spec.ts';

/** As they stand on the command line. */
export interface TargetFlags {
  readonly endpoint: string;
  readonly deployment?: string;
  readonly api: string;
  readonly dialect?: string;
  /** Absent: that of the API, `API_VERSION` or `RESPONSES_SINCE`. */
  readonly apiVersion?: string;
  readonly apiKeyEnv: string;
  readonly key: boolean;
  readonly entra?: boolean;
  readonly header?: readonly string[];
  readonly against?: string;
  /** Of the second target; absent: as the first has it. */
  readonly againstDeployment?: string;
  readonly againstDialect?: string;
  readonly againstKeyEnv?: string;
  readonly againstNoKey?: boolean;
  readonly againstEntra?: boolean;
}

/** Of classic addresses where none is given: the newest that is no preview (wire reference §1.3). */
const API_VERSION = '2024-10-21';

/** The first classic version that has Responses (wire reference §1.3). */
export const RESPONSES_SINCE = '2025-03-01-preview';

export function targetsOf(flags: TargetFlags, problems: Problems): readonly Target[] {
  const { endpoint, against } = flags;
  const api = oneOf(problems, '--api', flags.api, ['chat', 'responses', 'embeddings']) as Api;
  const headers = headersOf(flags.header ?? [], problems);
  const endpoints = against === undefined ? [endpoint] : [endpoint, against];
  checkAgainst(flags, problems);
  const targets = endpoints.map((each, i): Target => {
    const own = i === 0 ? firstOf(flags) : secondOf(flags);
    if (!/^https?:\/\/[^/]/.test(each))
      problems.add(`endpoint '${each}': is no address; it begins with https:// or http://`);
    return {
      name: nameOf(each, endpoints, i),
      endpoint: each.replace(/\/+$/, ''),
      api,
      dialect: dialectOf(own.dialect, { endpoint: each, api, apiVersion: flags.apiVersion }, problems),
      deployment: own.deployment,
      apiVersion: flags.apiVersion ?? (api === 'responses' ? RESPONSES_SINCE : API_VERSION),
      credential: credentialOf(own.signIn, each),
      headers,
    };
  });
  if (targets[0]?.deployment.trim() === '')
    problems.add('--deployment NAME is missing: the deployment that is asked, or the model where there are none');
  return targets;
}

/** `none` and `entra`, or the variable that holds the key. */
type SignIn = { readonly kind: 'none' } | { readonly kind: 'entra' } | { readonly kind: 'key'; readonly env: string };

interface Own {
  readonly deployment: string;
  readonly dialect: { readonly flag: string; readonly text: string } | null;
  readonly signIn: SignIn;
}

function firstOf({ deployment = '', dialect, apiKeyEnv, key, entra }: TargetFlags): Own {
  const signIn: SignIn = entra === true ? { kind: 'entra' } : key ? { kind: 'key', env: apiKeyEnv } : { kind: 'none' };
  return { deployment, dialect: dialect === undefined ? null : { flag: '--dialect', text: dialect }, signIn };
}

function secondOf(flags: TargetFlags): Own {
  const first = firstOf(flags);
  const { againstDeployment, againstDialect, againstKeyEnv, againstNoKey, againstEntra } = flags;
  return {
    deployment: againstDeployment ?? first.deployment,
    dialect: againstDialect === undefined ? first.dialect : { flag: '--against-dialect', text: againstDialect },
    signIn:
      againstNoKey === true
        ? { kind: 'none' }
        : againstEntra === true
          ? { kind: 'entra' }
          : againstKeyEnv === undefined
            ? first.signIn
            : { kind: 'key', env: againstKeyEnv },
  };
}

function checkAgainst(flags: TargetFlags, problems: Problems): void {
  const { againstDeployment, againstDialect, againstKeyEnv, againstNoKey, againstEntra } = flags;
  const signIns = [
    ...(againstKeyEnv === undefined ? [] : ['--against-key-env']),
    ...(againstNoKey === true ? ['--against-no-key'] : []),
    ...(againstEntra === true ? ['--against-entra'] : []),
  ];
  const own = [
    ...signIns,
    ...(againstDeployment === undefined ? [] : ['--against-deployment']),
    ...(againstDialect === undefined ? [] : ['--against-dialect']),
  ];
  if (flags.against === undefined && own.length > 0)
    problems.add(`${own.join(', ')}: tells of a second target, and there is none; give --against ENDPOINT, too`);
  if (signIns.length > 1) problems.add(`${signIns.join(', ')}: give one of them; a target signs in in one way`);
}

interface Address {
  readonly endpoint: string;
  readonly api: Api;
  readonly apiVersion: string | undefined;
}

/** By the endpoint, where it is not said. Responses are at home in v1; who names a version of classic addresses means those. */
function dialectOf(said: Own['dialect'], { endpoint, api, apiVersion }: Address, problems: Problems): Dialect {
  if (said !== null) return oneOf(problems, said.flag, said.text, ['classic', 'v1', 'exact']) as Dialect;
  if (/\/(?:chat\/completions|responses|embeddings)(?:\?|$)/.test(endpoint)) return 'exact';
  if (api === 'responses' && apiVersion === undefined) return 'v1';
  return /\/v1\/*$/.test(endpoint) ? 'v1' : 'classic';
}

/** Keys of OpenAI's go into another header than Azure's. */
function credentialOf(signIn: SignIn, endpoint: string): Credential {
  if (signIn.kind !== 'key') return signIn;
  const header = /^https?:\/\/[^/]*openai\.com(?:[:/]|$)/.test(endpoint) ? 'authorization' : 'api-key';
  return { kind: 'key', header, variable: signIn.env };
}

function nameOf(endpoint: string, endpoints: readonly string[], i: number): string {
  const host = /^https?:\/\/([^/?#]*)/.exec(endpoint)?.[1]?.replace(/^[^@]*@/, '') ?? endpoint;
  const same = endpoints.filter((other) => other.includes(host)).length > 1;
  return same ? `${host} (${i + 1})` : host;
}

const SECRET_HEADERS = /^(?:api-key|authorization|ocp-apim-subscription-key|x-api-key|cookie)$/i;

function headersOf(lines: readonly string[], problems: Problems): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name = '', value = ''] = /^([A-Za-z0-9-]+)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name === '') problems.add('--header: is no "name: value"; write one such as "x-ms-client-request-id: 1"');
    else if (SECRET_HEADERS.test(name))
      problems.add(
        `--header ${name}: a credential on the command line can be read by others on this machine; use --api-key-env or --entra`,
      );
    else headers[name.toLowerCase()] = value;
  }
  return headers;
}
