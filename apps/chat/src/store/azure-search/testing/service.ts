/** A stand-in for Azure AI Search on this machine: indexes, documents, filters, a plain ranking by words and by vectors. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { filterOf, type Row } from './odata.ts';

export interface TestService {
  endpoint: string;
  readonly key: string;
  /** Requests as `METHOD path`, in their order. */
  readonly requests: string[];
  /** To be set: so many requests from now on are answered 503, each to be tried again when `busyHeaders` say: at once, if not set. */
  busyTimes: number;
  busyHeaders: Readonly<Record<string, string>>;
  /** To be set: each request waits for it. It is given how many are under way. */
  hold: (underWay: number) => Promise<void>;
  /** To be set: what comes of a search that asks for the semantic ranker. `busy`: rows come as they were found. */
  ranker: 'on' | 'off' | 'busy';
  end(): Promise<void>;
}

interface Index {
  readonly definition: Record<string, unknown>;
  readonly rows: Map<string, Row>;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

const KEY = 'search-key-of-a-test';
const RANKER_ON: TestService['ranker'] = 'on';

export interface ServiceOptions {
  /** Served over https with it. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Which tokens of Entra ID are let in; absent: none. */
  readonly acceptsToken?: (token: string) => boolean;
}

export async function startService({ tls, acceptsToken }: ServiceOptions = {}): Promise<TestService> {
  const indexes = new Map<string, Index>();
  const requests: string[] = [];
  let underWay = 0;
  const mayEnter = ({ headers }: IncomingMessage): boolean => {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    return headers['api-key'] === KEY || (token !== undefined && acceptsToken?.(token) === true);
  };
  const listener: RequestListener = (request, response) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
    });
    bodyOf(request).then(async (body) => {
      const path = (request.url ?? '').replace(/\?.*/, '');
      requests.push(`${request.method} ${path}`);
      await service.hold(underWay);
      if (service.busyTimes > 0) {
        service.busyTimes -= 1;
        return response.writeHead(503, service.busyHeaders).end();
      }
      const { status, body: told } = mayEnter(request)
        ? answered(indexes, request.method ?? '', path, body, service.ranker)
        : refused(403, 'Forbidden');
      return response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(told === undefined ? '' : JSON.stringify(told));
    });
  };
  const service: TestService = {
    ...{ endpoint: '', key: KEY, requests, busyTimes: 0, busyHeaders: { 'retry-after-ms': '0' } },
    ...{ hold: (_underWay: number) => Promise.resolve(), ranker: RANKER_ON },
    end: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  service.endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  return service;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

function refused(status: number, message: string): Answer {
  return { status, body: { error: { code: '', message } } };
}

function answered(
  indexes: Map<string, Index>,
  method: string,
  path: string,
  body: Record<string, unknown>,
  ranker: TestService['ranker'],
): Answer {
  if (path === '/indexes') {
    if (method === 'GET')
      return { status: 200, body: { value: [...indexes.values()].map(({ definition }) => definition) } };
    indexes.set(String(body.name), { definition: body, rows: new Map() });
    return { status: 201, body };
  }
  const [, name = '', action = ''] = /^\/indexes\('([^']+)'\)(?:\/docs\/(.+))?$/.exec(decodeURIComponent(path)) ?? [];
  const index = indexes.get(name);
  if (index === undefined) return refused(404, `No index with the name '${name}' was found.`);
  if (action === 'search.index') return written(index, body);
  if (action === 'search.post.search') return searched(index, body, ranker);
  if (method === 'GET') return { status: 200, body: index.definition };
  if (method === 'DELETE') return { status: indexes.delete(name) ? 204 : 404 };
  indexes.set(name, { definition: body, rows: index.rows });
  return { status: 200, body };
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value : [];
}

function written({ definition, rows }: Index, body: Record<string, unknown>): Answer {
  const known = new Set(listOf(definition.fields).map(({ name }) => name));
  const keyField = String(listOf(definition.fields).find((field) => field.key === true)?.name);
  const value = listOf(body.value).map(({ '@search.action': action, ...row }) => {
    const stranger = Object.keys(row).find((field) => !known.has(field));
    if (stranger !== undefined) throw new Error(`the property '${stranger}' does not exist`);
    const key = String(row[keyField]);
    if (action === 'delete') rows.delete(key);
    else rows.set(key, action === 'merge' ? { ...rows.get(key), ...row } : row);
    return { key, status: true, errorMessage: null, statusCode: 200 };
  });
  return { status: 200, body: { value } };
}

function searched({ definition, rows }: Index, body: Record<string, unknown>, ranker: TestService['ranker']): Answer {
  try {
    const figureOf = body.queryType === 'semantic' ? figures(definition, body, ranker) : null;
    const test = typeof body.filter === 'string' ? filterOf(body.filter) : () => true;
    const found = [...rows.values()].filter(test).flatMap((row) => {
      const score = scoreOf(row, body);
      return score === null ? [] : [{ row, score, figure: figureOf?.(row) ?? null }];
    });
    const [orderBy] = String(body.orderby ?? '').split(' ');
    found.sort((a, b) =>
      orderBy ? order(a.row[orderBy], b.row[orderBy]) : (b.figure ?? 0) - (a.figure ?? 0) || b.score - a.score,
    );
    const select = String(body.select ?? '').split(',');
    const fields = listOf(definition.fields)
      .map(({ name }) => String(name))
      .filter((name) => body.select === undefined || select.includes(name));
    const skipped = Number(body.skip ?? 0);
    const value = found.slice(skipped, skipped + Number(body.top ?? 50)).map(({ row, score, figure }) => ({
      '@search.score': score,
      ...(figure === null ? {} : { '@search.rerankerScore': figure }),
      ...Object.fromEntries(fields.map((name) => [name, row[name] ?? null])),
    }));
    const facets = facetsOf(
      found.map(({ row }) => row),
      body,
    );
    const partial = { '@search.semanticPartialResponseReason': 'capacityOverloaded' };
    const isPartial = figureOf !== null && ranker === 'busy';
    const told = { '@odata.count': found.length, ...facets, ...(isPartial ? partial : {}), value };
    return { status: isPartial ? 206 : 200, body: told };
  } catch (error) {
    return refused(400, error instanceof Error ? error.message : String(error));
  }
}

/**
 * What the ranker gives each row: 4 times the share of the question's words, whatever is an ending of three letters aside, that stand in
 * the configuration's fields. Not the service's figures, but they are of the same kind, and have another order than those of words.
 */
function figures(
  definition: Record<string, unknown>,
  { semanticConfiguration, semanticQuery, search, ...body }: Record<string, unknown>,
  ranker: TestService['ranker'],
): (row: Row) => number | null {
  const isBounded = body.semanticErrorHandling === 'partial' && body.semanticMaxWaitInMilliseconds === 3_000;
  if (ranker === 'off') throw new Error('Semantic search is not enabled for this service.');
  const configurations = listOf(objectOf(definition.semantic).configurations);
  const configuration = configurations.find(({ name }) => name === semanticConfiguration);
  if (configuration === undefined) throw new Error(`Unknown semantic configuration '${semanticConfiguration}'.`);
  const { titleField, prioritizedContentFields } = objectOf(configuration.prioritizedFields);
  const fields = [objectOf(titleField), ...listOf(prioritizedContentFields)].map(({ fieldName }) => String(fieldName));
  if (ranker === 'busy') {
    // As whoever sets no bound, or wants all or nothing, would not get them.
    if (!isBounded) throw new Error('The semantic ranker is busy.');
    return () => null;
  }
  const asked = stemsOf(String(semanticQuery ?? search));
  return (row) => {
    const own = new Set(stemsOf(fields.map((field) => row[field] ?? '').join(' ')));
    return (4 * asked.filter((stem) => own.has(stem)).length) / Math.max(1, asked.length);
  };
}

function stemsOf(text: string): readonly string[] {
  return [...new Set((text.toLowerCase().match(/\p{L}+/gu) ?? []).map((word) => word.slice(0, 4)))];
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Of `field,count:n,sort:value` alone. */
function facetsOf(rows: readonly Row[], { facets }: Record<string, unknown>): object {
  if (!Array.isArray(facets) || facets.length === 0) return {};
  const told = facets.map((facet) => {
    const [, field = '', count] = /^(\w+),count:(\d+),sort:value$/.exec(String(facet)) ?? [];
    const values = [...Map.groupBy(rows, (row) => String(row[field]))].map(([value, own]) => ({
      value,
      count: own.length,
    }));
    return [field, values.toSorted((a, b) => order(a.value, b.value)).slice(0, Number(count))];
  });
  return { '@search.facets': Object.fromEntries(told) };
}

function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : 1;
}

/** null: not among the results. Not the service's figures, but its order for plain cases. */
function scoreOf(row: Row, body: Record<string, unknown>): number | null {
  const [vectorQuery] = listOf(body.vectorQueries);
  if (vectorQuery !== undefined && typeof body.search === 'string' && body.search !== '*') {
    const { vectorQueries: _, ...words } = body;
    const scores = [scoreOf(row, words), scoreOf(row, { vectorQueries: [vectorQuery] })].filter(
      (each) => each !== null,
    );
    return scores.length === 0 ? null : scores.reduce((sum, each) => sum + each, 0);
  }
  if (vectorQuery !== undefined) {
    const own = row[String(vectorQuery.fields)];
    return Array.isArray(own) && Array.isArray(vectorQuery.vector) ? cosine(own, vectorQuery.vector) : null;
  }
  if (typeof body.search !== 'string' || body.search === '*') return 1;
  const searched = String(body.searchFields ?? '').split(',');
  const text = searched.map((field) => row[field]).join(' ');
  const words = text.toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? [''];
  const score = body.search.split(' ').filter((word) => words.includes(word)).length / Math.sqrt(words.length + 1);
  return score > 0 ? score : null;
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
