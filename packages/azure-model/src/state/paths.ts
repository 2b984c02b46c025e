/** A service as a table of its paths: `GET files/{}/content`, each with what answers it. */
import { isRecord } from '@spillway/protocol';
import { type Answer, answerOf, refused } from '../reply.ts';
import type { Service, ServiceCall } from '../service.ts';
import { NOT_JSON } from '../wire/refusals.ts';
import { isRefusal, type Refusal } from './refusals.ts';

/** What a path does: the object to show, a refusal, or a whole answer. The ids of the path come in its order, '' where it has fewer. */
export type Handler = (call: ServiceCall, first: string, second: string, third: string) => object;

/** Handlers by method and path; `{}` stands for an id. */
export type PathTable = Readonly<Record<string, Handler>>;

interface Entry {
  readonly method: string;
  readonly segments: readonly string[];
  readonly handler: Handler;
}

/** What a deployment in the path has nothing to do with (wire §1.3, §1.4). */
const OF_THE_RESOURCE: readonly ServiceCall['dialect'][] = ['resource', 'v1'];

/** @param dialects that know these paths. */
export function pathService(table: PathTable, dialects = OF_THE_RESOURCE): Service {
  const entries = Object.entries(table).map(([path, handler]): Entry => {
    const [method = '', pattern = ''] = path.split(' ');
    return { method, segments: pattern.split('/'), handler };
  });
  return {
    answer(call) {
      if (!dialects.includes(call.dialect)) return null;
      for (const { method, segments, handler } of entries) {
        const ids = method === call.method ? idsIn(call.segments, segments) : null;
        if (ids !== null) return shown(call, handler(call, ids[0] ?? '', ids[1] ?? '', ids[2] ?? ''));
      }
      return null;
    },
  };
}

/** The segments that stand where the pattern has `{}`; null where the path is another one. */
function idsIn(segments: readonly string[], pattern: readonly string[]): readonly string[] | null {
  if (segments.length !== pattern.length) return null;
  const ids: string[] = [];
  for (const [i, segment] of segments.entries()) {
    if (pattern[i] === '{}') ids.push(segment);
    else if (pattern[i] !== segment) return null;
  }
  return ids;
}

function shown(call: ServiceCall, what: object): Answer {
  if (isAnswer(what)) return what;
  if (isRefusal(what)) return refused(what, call.headers, call.deployment);
  return answerOf(JSON.stringify(what), call.headers, call.deployment, 0);
}

function isAnswer(what: object): what is Answer {
  return 'kind' in what && what.kind === 'answer' && 'headers' in what;
}

/** The body of a call as fields: of JSON, or the texts of a form; a refusal where it is neither. None at all counts as empty. */
export function fieldsOf({ body, form }: ServiceCall): Readonly<Record<string, unknown>> | Refusal {
  if (form !== null) {
    const texts = form.filter(({ filename }) => filename === null).map((part) => [part.name, part.text()] as const);
    return Object.fromEntries(texts);
  }
  if (body === undefined) return {};
  return isRecord(body) ? body : NOT_JSON;
}
