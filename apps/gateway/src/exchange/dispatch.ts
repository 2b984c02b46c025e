/** Sends a try on its way, as soon as there is a credential for its backend. */
import type { AuthHeader } from '../credential/credential.ts';
import { type ClientRequest, upstreamRequest } from '../forward/request.ts';
import type { Attempt } from './attempt.ts';
import type { Context } from './context.ts';

/** @param request asked for when it is sent, which a credential may delay; null: nobody wants the try any more. */
export function dispatch(
  { credential, upstream, tracing }: Context,
  attempt: Attempt,
  nowMs: number,
  request: () => ClientRequest | null,
): void {
  const send = (auth: AuthHeader) => {
    const asked = request();
    if (asked === null) return;
    const plain = upstreamRequest(asked, attempt.deployment, auth);
    attempt.sent(upstream.send(tracing === null ? plain : tracing.marked(plain, attempt.record), attempt));
  };
  const source = credential(attempt.deployment.backend);
  const auth = source.current(nowMs);
  if (auth !== null) return send(auth);
  source.ready().then(send, () => attempt.onNoCredential());
}
