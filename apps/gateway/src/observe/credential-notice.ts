/** What the gateway's own sign-in tells, as events of the gateway. */
import type { CredentialEvent } from '../credential/credential.ts';
import type { GatewayEvent } from './events.ts';

export function credentialNotice(event: CredentialEvent): GatewayEvent {
  switch (event.kind) {
    case 'tokenObtained': {
      const until = new Date(event.expiresAtMs).toISOString();
      return {
        kind: 'notice',
        message: `Signed in for ${event.scope} by ${event.method}; the token serves until ${until}`,
      };
    }
    case 'tokenFailed':
      return { kind: 'operatorProblem', subject: 'Entra ID', message: `${event.error.message} ${prospects(event)}` };
    case 'tokenRefused':
      return {
        kind: 'operatorProblem',
        subject: event.scope,
        message:
          'a backend refused the token; another is fetched. If it goes on, check the role assignment and the scope',
      };
  }
}

function prospects(event: Extract<CredentialEvent, { kind: 'tokenFailed' }>): string {
  const next = `Next try in ${Math.ceil(event.retryInMs / 1000)} s`;
  if (event.servesUntilMs === null) return `${next}; until then there is no token.`;
  return `${next}; the token at hand serves until ${new Date(event.servesUntilMs).toISOString()}.`;
}
