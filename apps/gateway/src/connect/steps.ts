/** Steps that went well, as more than one judgement tells them. */
import type { ConnectAsk } from './ask.ts';
import type { ConnectStep } from './finding.ts';

export function accepted({ backend }: ConnectAsk): ConnectStep {
  const what = backend.credential.kind === 'key' ? 'key' : 'token';
  return { name: 'accepted', verdict: 'ok', text: `the ${what} is accepted` };
}

export const DEPLOYMENT_KNOWN: ConnectStep = {
  name: 'deployment',
  verdict: 'ok',
  text: 'the resource knows the deployment',
};
