/** What an answer other than 2xx says beyond that somebody answered. Source: wire reference §2.1, §3.2. */
import type { ErrorFacts } from '@spillway/protocol';
import type { ConnectAsk } from './ask.ts';
import type { ConnectStep } from './finding.ts';
import { accepted, DEPLOYMENT_KNOWN } from './steps.ts';

export interface Refused {
  readonly steps: readonly ConnectStep[];
  readonly wayOut: string | null;
}

export function judgeRefusal(ask: ConnectAsk, status: number, facts: ErrorFacts): Refused {
  switch (status) {
    case 401:
      return notAccepted('the resource refuses the credential', credentialWayOut(ask));
    case 403:
      return notAccepted('the resource does not let this machine or identity in', accessWayOut(ask));
    case 404:
      return facts.code === 'DeploymentNotFound' ? deploymentMissing(ask) : notAzure(status);
    case 429:
      return throttledNow(ask);
    case 400:
      return badRequest(ask, facts);
    case 408:
      return failing(status);
    default:
      return status >= 500 ? failing(status) : notAzure(status);
  }
}

function notAccepted(text: string, wayOut: string): Refused {
  return { steps: [{ name: 'accepted', verdict: 'fail', text }], wayOut };
}

function credentialWayOut({ backend: { credential, name } }: ConnectAsk): string {
  if (credential.kind === 'key')
    return `compare the key of ${name} with the two of the resource, and its 'url' with the endpoint`;
  return `check that ${credential.scope} is the scope of this resource, and that its 'url' is its custom domain`;
}

function accessWayOut({ backend: { credential } }: ConnectAsk): string {
  const firewall = "check the resource's firewall and private endpoint";
  if (credential.kind === 'key') return `${firewall}, and whether keys are switched off there (then use Entra ID)`;
  return `${firewall}, and that the identity has the role Cognitive Services OpenAI User`;
}

function notAzure(status: number): Refused {
  const wayOut = "check 'url': scheme, host and base path of the resource, without /openai";
  return notAccepted(`${status} on a path that every resource has`, wayOut);
}

function failing(status: number): Refused {
  return notAccepted(
    `the resource fails with ${status}`,
    'try again in a while; if it goes on, see its health in the portal',
  );
}

function deploymentMissing(ask: ConnectAsk): Refused {
  const wayOut = 'create it, or mend its name; one made in the last 5 minutes may not be there yet';
  const text = 'the resource has no deployment of this name';
  return { steps: [accepted(ask), { name: 'deployment', verdict: 'fail', text }], wayOut };
}

function throttledNow(ask: ConnectAsk): Refused {
  const quota: ConnectStep = { name: 'quota', verdict: 'warn', text: 'its quota is used up at this moment' };
  const wayOut = 'the configuration is well so far; try again in a minute to see the model answer';
  return { steps: [accepted(ask), ...known(ask), quota], wayOut };
}

/** Codes that come from behind the deployment; other 400s may come before anything was looked up (an API version, a host). */
const OF_THE_MODEL = new Set(['content_filter', 'OperationNotSupported', 'unsupported_parameter', 'unsupported_value']);

function badRequest(ask: ConnectAsk, facts: ErrorFacts): Refused {
  if (facts.code === 'content_filter') return { steps: [accepted(ask), ...known(ask)], wayOut: null };
  if (!OF_THE_MODEL.has(facts.code ?? '') && facts.type !== 'invalid_request_error') {
    const text = 'the request itself is refused, so nothing is known of credential and deployment';
    return {
      steps: [{ name: 'accepted', verdict: 'warn', text }],
      wayOut: "see what the answer says, and check 'url'",
    };
  }
  const text = `the model takes no ${ask.kind} request of this kind, so it was not seen to answer`;
  const wayOut =
    ask.model === null
      ? "give its 'model' in the configuration, so that the check can ask rightly"
      : "compare 'model' with what is deployed; only chat and embeddings models can be checked";
  return { steps: [accepted(ask), ...known(ask), { name: 'model', verdict: 'warn', text }], wayOut };
}

function known({ kind }: ConnectAsk): readonly ConnectStep[] {
  return kind === 'models' ? [] : [DEPLOYMENT_KNOWN];
}
