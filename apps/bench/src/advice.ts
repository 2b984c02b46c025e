/** What to do about calls that failed: in words, for each way of failing, the most frequent first. */
import type { CallResult } from './drive/call.ts';
import type { Target } from './spec.ts';
import { RESPONSES_SINCE } from './targets.ts';

type Failure = Pick<CallResult, 'target' | 'class' | 'status' | 'errorCode'>;

/** Ways of failing that are told apart; what comes beyond is left out, since the first of them matter. */
export const FAILURES_MAX = 50;
/** Lines at most. */
export const ADVICE_MAX = 5;

/** Fed with each result of a run; holds counts alone. */
export class Failures {
  readonly #targets: readonly Target[];
  readonly #ways = new Map<string, { readonly failure: Failure; count: number }>();

  constructor(targets: readonly Target[]) {
    this.#targets = targets;
  }

  add({ target, class: of, status, errorCode }: Failure): void {
    if (of === 'ok' || of === 'length' || of === 'cancelled') return;
    const key = `${target} ${of} ${status} ${errorCode ?? ''}`;
    const way = this.#ways.get(key);
    if (way !== undefined) way.count++;
    else if (this.#ways.size < FAILURES_MAX)
      this.#ways.set(key, { failure: { target, class: of, status, errorCode }, count: 1 });
  }

  /** `12 calls: 401 from 127.0.0.1:9001: the key is refused; …` */
  lines(): readonly string[] {
    const ways = [...this.#ways.values()].sort((a, b) => b.count - a.count).slice(0, ADVICE_MAX);
    return ways.flatMap(({ failure, count }) => {
      const target = this.#targets[failure.target];
      if (target === undefined) return [];
      return [
        `${count} ${count === 1 ? 'call' : 'calls'} to ${target.name}: ${told(failure)}: ${adviceFor(failure, target)}`,
      ];
    });
  }
}

function told({ class: of, status, errorCode }: Failure): string {
  const code = errorCode === null || errorCode === String(status) ? '' : errorCode;
  return [status === 0 ? '' : String(status), code].filter((part) => part !== '').join(' ') || of;
}

/** The way out. */
export function adviceFor(failure: Failure, target: Target): string {
  const { class: of, errorCode } = failure;
  if (of === 'throttled')
    return 'more was asked than the quota gives; ask less, find the limit by --arrivals sweep, or wait as told by --retry retry-after';
  if (of === 'timeout') return 'no answer in time; give it more by --timeout, or ask for fewer tokens';
  if (of === 'filtered') return 'the content filter cut it; look at what is replayed';
  if (of === 'serverError') return 'the server failed; its own log says why, and --retry exponential tries again';
  if (of === 'reset') return withoutAnswer(errorCode ?? '', target);
  if (of === 'broken') return 'the stream ended before its end; what is between here and the server may cut it';
  return refused(failure, target);
}

function refused({ target, status, errorCode }: Failure, of: Target): string {
  const { deployment, api, apiVersion, dialect, credential } = of;
  const code = errorCode ?? '';
  const flag = target === 0 ? '--' : '--against-';
  const version = dialect === 'classic' ? `, or --api-version ${apiVersion} is none that is served` : '';
  if (status === 401 || status === 403) {
    if (credential.kind === 'none') return `no key was sent; leave ${flag}no-key out, or use ${flag}entra`;
    if (credential.kind === 'entra')
      return 'who is signed in may not use it: see whom az account show tells, and its roles';
    return `the key in ${credential.variable} is not one that is let in there; for a gateway it is a client's, not a resource's`;
  }
  if (code === 'DeploymentNotFound')
    return `there is no deployment ${deployment}; see what there is by spillway deployments list, and name it by ${flag}deployment`;
  if (status === 404 && api === 'responses' && dialect === 'classic' && apiVersion < RESPONSES_SINCE)
    return `Responses are there in v1 alone, or from --api-version ${RESPONSES_SINCE} on; leave --api-version ${apiVersion} out`;
  if (status === 404) return `nothing is at that address: --dialect v1 or classic may be the other one${version}`;
  if (status === 400 && code === 'unsupported_parameter')
    return 'the model takes not all of what was sent: reasoning models want --max-completion-tokens and no --temperature';
  if (status === 400)
    return 'the request is not one that the model takes: check --api, --deployment and the tokens asked for';
  return 'the server refused it; the same request by hand shows its words';
}

const TLS_TRUST = /^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|CERT_|ERR_TLS_CERT)/;

function withoutAnswer(code: string, { endpoint }: Target): string {
  if (code === 'ECONNREFUSED') return `nobody listens at ${endpoint}; start it, or mend the address`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `no machine of that name is known; mend ${endpoint}`;
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO') return `${endpoint} speaks no https; try http://`;
  if (TLS_TRUST.test(code))
    return 'its certificate is not trusted here; name the file of its authority in NODE_EXTRA_CA_CERTS';
  return 'the connection was cut; what is between here and the server may do so under load';
}
