/** Headers of an answer and of a refusal. */
import { type Check, type CheckGroup, chat, classic, MESSAGES, type Subject, unserved } from '../check.ts';
import { judged, text, unless } from '../finding.ts';
import type { Came } from '../session.ts';

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CLIENT_REQUEST_ID = 'spillway-self-test';

/** A check of the headers of a plain answer, which other checks ask for too. */
function ofAnswer(
  name: string,
  expected: string,
  source: string,
  problem: (header: Came['header']) => string | null,
  shownHeader: string,
): Check {
  return {
    name,
    expected,
    source,
    run: async (subject) => {
      const came = await chat(subject, {});
      return unserved(came) ?? judged([problem(came.header)], text(came.header(shownHeader)));
    },
  };
}

function guid(name: string): Check {
  return ofAnswer(
    name,
    'a GUID',
    'wire §4.1',
    (header) => unless(GUID.test(header(name) ?? ''), `${name} is ${text(header(name))}`),
    name,
  );
}

/** Standard deployments tell what remains, provisioned ones how full they are. */
const quota: Check = ofAnswer(
  'the quota is told',
  'x-ratelimit-remaining-requests and -tokens as whole numbers, or azure-openai-deployment-utilization in %',
  'wire §4.1',
  (header) => {
    if (/^\d+(\.\d+)?%$/.test(header('azure-openai-deployment-utilization') ?? '')) return null;
    const left = ['requests', 'tokens'].map((of) => header(`x-ratelimit-remaining-${of}`));
    return unless(
      left.every((value) => /^-?\d+$/.test(value ?? '')),
      `remaining requests ${text(left[0])}, tokens ${text(left[1])}; no utilization`,
    );
  },
  'x-ratelimit-remaining-tokens',
);

const clientRequestId: Check = {
  name: 'x-ms-client-request-id',
  expected: 'what the client sent',
  source: 'wire §4.1',
  run: async (subject) => {
    const came = await refused(subject);
    const value = came.header('x-ms-client-request-id');
    return judged([unless(value === CLIENT_REQUEST_ID, `it is ${text(value)}`)], text(value));
  },
};

const onRefusals: Check = {
  name: 'apim-request-id on a refusal',
  expected: 'a GUID',
  source: 'wire §4.1',
  run: async (subject) => {
    const value = (await refused(subject)).header('apim-request-id');
    return judged([unless(GUID.test(value ?? ''), `it is ${text(value)}`)], text(value));
  },
};

/** A refusal that costs nothing. */
function refused(subject: Subject): Promise<Came> {
  return subject.session.send({
    path: classic(subject, 'chat/completions', 'spillway-self-test-absent'),
    body: { messages: MESSAGES, max_tokens: 1 },
    headers: { 'x-ms-client-request-id': CLIENT_REQUEST_ID },
  });
}

const region: Check = ofAnswer(
  'x-ms-region',
  'a region as Azure shows it: East US',
  'wire §4.1',
  (header) => unless(/^[A-Z]/.test(header('x-ms-region') ?? ''), `it is ${text(header('x-ms-region'))}`),
  'x-ms-region',
);

export const HEADERS: CheckGroup = {
  name: 'headers',
  checks: [guid('apim-request-id'), guid('x-request-id'), region, quota, clientRequestId, onRefusals],
};
