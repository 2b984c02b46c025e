/** The rows of the fault matrix, and what each cell must end as. */
import type { EarlyEnd } from './early-end.ts';
import type { Endpoint } from './endpoints.ts';

/** connect: nothing was sent. head: instead of an answer. before and after: of the commit point (design §4.6). end: of a stream, all but its last event. */
export type Moment = 'connect' | 'head' | 'before' | 'after' | 'end';

export interface Fault {
  readonly name: string;
  readonly moment: Moment;
  /** As `POST /admin/faults` takes it; stop: the resource is not there. Beside an `early` one empty. */
  readonly spec: Readonly<Record<string, unknown>> | 'stop';
  /** Where the resource is another one, whose streams end before they have begun. */
  readonly early?: EarlyEnd;
  /** Whether it proves that nothing was begun. */
  readonly proof: boolean;
  /** nothing: it answers, with bytes that are the client's to read. quiet: it never answers, and a deadline ends that. */
  readonly shows?: 'nothing' | 'quiet';
  /** streams: only there can it happen. answers: only elsewhere. */
  readonly only?: 'streams' | 'answers';
  /** Default first: of three resources, the one that is preferred. */
  readonly where?: 'first' | 'all';
}

function status(code: number, proof: boolean, more: object = {}): Fault {
  return { name: String(code), moment: 'head', proof, spec: { kind: 'status', status: code, ...more } };
}

const NOT_DEPLOYED = JSON.stringify({
  error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' },
});

function inner(code: string): object {
  return { headers: { 'ms-azureml-model-error-statuscode': code } };
}

function inStream(error: string, proof: boolean, moment: Moment, afterEvents: number): Fault {
  const spec = { kind: 'in-stream-error', error, afterEvents };
  return { name: `${error} in a stream`, moment, proof, spec, only: 'streams' };
}

function early(name: string, end: EarlyEnd, proof: boolean): Fault {
  return { name, moment: 'before', proof, spec: {}, early: end, only: 'streams' };
}

/** So many content events have the streams of the matrix at least before they end. */
const LATE = 8;

export const FAULTS: readonly Fault[] = [
  { name: 'not there', moment: 'connect', proof: true, spec: 'stop' },
  status(429, true, { headers: { 'retry-after': '7' } }),
  { ...status(429, true), name: 'no capacity', spec: { kind: 'capacity' } },
  status(401, true),
  status(403, true),
  { ...status(404, true, { body: NOT_DEPLOYED }), name: '404 DeploymentNotFound' },
  { ...status(424, true, inner('429')), name: '424 of a 429' },
  { ...status(424, false, inner('500')), name: '424 of a 500' },
  status(408, false),
  status(500, false),
  status(502, false, { body: '' }),
  status(503, false),
  {
    name: '502 as a page',
    moment: 'head',
    proof: false,
    spec: { kind: 'garbage', variant: 'html', status: 502 },
  },
  { name: 'reset', moment: 'head', proof: false, spec: { kind: 'reset' } },
  { name: 'never answers', moment: 'head', proof: false, spec: { kind: 'hang' }, shows: 'quiet' },
  { name: 'cut before the body', moment: 'before', proof: false, spec: { kind: 'cut-before-body' } },
  { name: 'cut in the body', moment: 'before', proof: false, spec: { kind: 'cut' }, only: 'answers' },
  early('cut after what is held back', 'cut', false),
  early('no_capacity in a stream', 'no_capacity', true),
  early('server_error in a stream', 'server_error', false),
  early('overloaded in a stream', 'overloaded', false),
  {
    name: '200 as a page',
    moment: 'before',
    proof: false,
    spec: { kind: 'garbage', variant: 'html' },
    shows: 'nothing',
    only: 'answers',
  },
  {
    name: 'half of the JSON',
    moment: 'before',
    proof: false,
    spec: { kind: 'garbage', variant: 'truncated-json' },
    shows: 'nothing',
    only: 'answers',
  },
  { name: 'cut after the role', moment: 'after', proof: false, spec: { kind: 'cut', afterEvents: 0 }, only: 'streams' },
  { ...inStream('overloaded', false, 'after', 0), name: 'overloaded after the role' },
  inStream('no_capacity', true, 'after', 2),
  inStream('server_error', false, 'after', 2),
  { name: 'cut', moment: 'after', proof: false, spec: { kind: 'cut', afterEvents: 2 }, only: 'streams' },
  {
    name: 'no chunk of HTTP',
    moment: 'after',
    proof: false,
    spec: { kind: 'garbage', variant: 'invalid-chunk', afterEvents: 2 },
    only: 'streams',
  },
  { name: 'cut at the end', moment: 'end', proof: false, spec: { kind: 'cut', afterEvents: LATE }, only: 'streams' },
  inStream('server_error', false, 'end', LATE),
  { ...status(429, true), name: '429 everywhere', where: 'all' },
  { ...status(503, false), name: '503 everywhere', where: 'all' },
  { name: 'reset everywhere', moment: 'head', proof: false, spec: { kind: 'reset' }, where: 'all' },
];

/**
 * elsewhere: another resource served it, and the client saw nothing. told: an error, at once and whole. ended: the stream ends with an
 * error event and nothing is replayed. passed: the answer as the resource sent it. without: a list that leaves the resource out.
 * broken: the connection breaks, so that half an answer is not taken for a whole one. none: cannot happen to this endpoint.
 */
export type Ending = 'elsewhere' | 'told' | 'ended' | 'passed' | 'without' | 'broken' | 'none';

export interface Wanted {
  readonly ending: Ending;
  readonly why: string;
}

export function wanted(fault: Fault, { kind, streams, bytes = false }: Endpoint): Wanted {
  if (fault.only === (streams ? 'answers' : 'streams')) {
    return { ending: 'none', why: streams ? 'a stream has no body to be read whole' : 'there is no stream' };
  }
  if (fault.where === 'all') return { ending: 'told', why: 'nobody is left' };
  if (fault.shows === 'nothing') return shownAsItIs(kind);
  if (fault.name === 'cut in the body' && bytes)
    return { ending: 'broken', why: 'bytes that are no JSON go out as they come' };
  if (fault.moment === 'after' || fault.moment === 'end') return { ending: 'ended', why: 'the client has seen a part' };
  switch (kind) {
    case 'owner':
      return { ending: 'told', why: 'only its owner has it' };
    case 'list':
      return { ending: 'told', why: 'without one owner the list would be wrong' };
    case 'models':
      return { ending: 'without', why: 'what the others have is true all the same' };
    case 'repeatable':
      return { ending: 'elsewhere', why: 'nothing is left behind' };
    case 'once':
      if (fault.proof) return { ending: 'elsewhere', why: 'it proves that nothing was begun' };
      if (fault.early !== undefined && fault.early !== 'cut')
        return { ending: 'elsewhere', why: 'by its own word it failed before anything was made' };
      return { ending: 'told', why: 'it may have been done' };
  }
}

function shownAsItIs(kind: Endpoint['kind']): Wanted {
  if (kind === 'list' || kind === 'models') return { ending: 'passed', why: 'no list that could be put together' };
  return { ending: 'passed', why: 'answers are never parsed: bytes pass through' };
}
