/** Why there is no token: for an operator, at night. Holds no secret, and no cause that might. */
import type { MethodName } from './method.ts';

/** One way to a token and what came of it. */
export interface Tried {
  readonly method: MethodName;
  readonly outcome: string;
}

export class CredentialError extends Error {
  override readonly name = 'CredentialError';
  readonly scope: string;
  readonly tried: readonly Tried[];
  readonly wayOut: string;

  constructor(scope: string, rule: string, tried: readonly Tried[], wayOut: string) {
    const outcomes = tried.map(({ method, outcome }) => `${method}: ${outcome.replace(/\.+$/, '')}`).join('; ');
    super(`No token for ${scope}: ${rule}.${outcomes === '' ? '' : ` Tried: ${outcomes}.`} Way out: ${wayOut}.`);
    this.scope = scope;
    this.tried = tried;
    this.wayOut = wayOut;
  }
}
