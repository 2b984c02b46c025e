/** Refusals: status, envelope, code. Nothing here is generated, so nothing is billed. */
import { errorFactsOf } from '@spillway/protocol';
import { type Check, type CheckGroup, classic, MESSAGES, type Subject } from '../check.ts';
import { at, judged, text, textAt, unless } from '../finding.ts';
import type { Ask } from '../session.ts';

const ABSENT_DEPLOYMENT = 'spillway-self-test-absent';
const V1_CHAT = '/openai/v1/chat/completions';
const BODY = { messages: MESSAGES, max_tokens: 1 };

interface Wanted {
  readonly statuses: readonly number[];
  /** One of them; null: any. */
  readonly codes: readonly string[] | null;
  /** In the message, in any case. */
  readonly says?: string;
  /** Envelope 3 of wire §3.1 is flat. Default: an `error` object. */
  readonly flat?: boolean;
}

function refusal(name: string, source: string, wanted: Wanted, ask: (subject: Subject) => Ask): Check {
  const { statuses, codes, says = '', flat = false } = wanted;
  const code = codes === null ? '' : `, code ${codes.join(' or ')}`;
  const saying = says === '' ? '' : `, a message with "${says}"`;
  return {
    name,
    source,
    expected: `${statuses.join(' or ')} as JSON${code}${saying}`,
    run: async (subject) => {
      const came = await subject.session.send(ask(subject));
      const facts = errorFactsOf(came.json);
      const message = flat ? textAt(came.json, 'message') : textAt(came.json, 'error', 'message');
      return judged(
        [
          unless(statuses.includes(came.status), `status ${came.status}: ${came.text || '(empty body)'}`),
          unless(came.contentType.startsWith('application/json'), `content-type is ${text(came.contentType)}`),
          unless(message !== '', `the body is no error object: ${came.text || '(empty)'}`),
          unless(codes === null || codes.includes(facts.code ?? ''), `code is ${text(at(came.json, 'error', 'code'))}`),
          unless(message.toLowerCase().includes(says.toLowerCase()), `message is ${text(message)}`),
        ],
        `${came.status} ${came.text}`,
      );
    },
  };
}

const DEPLOYMENT_NOT_FOUND: Wanted = { statuses: [404], codes: ['DeploymentNotFound'], says: 'does not exist' };
const WRONG_KEY: Wanted = { statuses: [401], codes: ['401', 'Unauthorized'], says: 'invalid subscription key' };
const NOT_FOUND: Wanted = { statuses: [404], codes: ['404'], says: 'Resource not found' };
const INVALID: Wanted = { statuses: [400], codes: null };

export const ERRORS: CheckGroup = {
  name: 'errors',
  checks: [
    refusal('unknown deployment', 'wire §3.2', DEPLOYMENT_NOT_FOUND, (subject) => ({
      path: classic(subject, 'chat/completions', ABSENT_DEPLOYMENT),
      body: BODY,
    })),
    refusal('unknown deployment, v1', 'wire §3.2', DEPLOYMENT_NOT_FOUND, () => ({
      path: V1_CHAT,
      body: { ...BODY, model: ABSENT_DEPLOYMENT },
    })),
    refusal('wrong key', 'wire §2.1', WRONG_KEY, (subject) => ({
      path: classic(subject, 'chat/completions'),
      body: BODY,
      credential: 'wrong',
    })),
    refusal('no key', 'wire §2.1', { statuses: [401], codes: null }, (subject) => ({
      path: classic(subject, 'chat/completions'),
      body: BODY,
      credential: 'none',
    })),
    refusal(
      'a token of nobody',
      'wire §2.1',
      { statuses: [401], codes: null, says: 'access token is missing, invalid', flat: true },
      (subject) => ({
        path: classic(subject, 'chat/completions'),
        body: BODY,
        credential: 'none',
        headers: { authorization: 'Bearer e30.e30.not-signed' },
      }),
    ),
    refusal('classic without api-version', 'wire §3.2', NOT_FOUND, ({ deployment }) => ({
      path: `/openai/deployments/${encodeURIComponent(deployment)}/chat/completions`,
      body: BODY,
    })),
    refusal('api-version that is none', 'wire §3.2', { statuses: [400, 404], codes: null }, ({ deployment }) => ({
      path: `/openai/deployments/${encodeURIComponent(deployment)}/chat/completions?api-version=spillway`,
      body: BODY,
    })),
    refusal(
      'v1 with a dated api-version',
      'wire §1.4',
      { statuses: [400], codes: ['BadRequest'], says: 'api-version query parameter is not allowed' },
      ({ deployment }) => ({ path: `${V1_CHAT}?api-version=2024-10-21`, body: { ...BODY, model: deployment } }),
    ),
    refusal('unknown path', 'wire §3.2', NOT_FOUND, ({ apiVersion }) => ({
      path: `/openai/spillway-self-test?api-version=${encodeURIComponent(apiVersion)}`,
      body: BODY,
    })),
    refusal('a body that is no JSON', 'wire §3.1', INVALID, (subject) => ({
      path: classic(subject, 'chat/completions'),
      body: '{"messages": [',
    })),
    refusal('messages missing', 'wire §3.1', INVALID, (subject) => ({
      path: classic(subject, 'chat/completions'),
      body: { max_tokens: 1 },
    })),
    refusal(
      'embeddings of a chat model',
      'wire §3.2',
      { statuses: [400], codes: ['OperationNotSupported'] },
      (subject) => ({ path: classic(subject, 'embeddings'), body: { input: 'x' } }),
    ),
  ],
};
