/** What an operator may do to a deployment or a backend. It changes the ledger's state; the next decision sees it. */
import { type Backend, closedBreaker, type Deployment, NEVER_THROTTLED } from '@spillway/policy';
import type { BackendReport, DeploymentReport } from '@spillway/protocol';
import type { Emit } from '../observe/events.ts';
import { printable } from '../printable.ts';
import { backendReport, deploymentReport, type FleetSource, presentDeployments } from './fleet-report.ts';

export type Done =
  /** The thing as it is now. */
  | { readonly kind: 'done'; readonly report: DeploymentReport | BackendReport }
  | { readonly kind: 'refused'; readonly status: 400 | 404; readonly code: string; readonly message: string };

/** Known names that a refusal lists. */
export const LISTED_NAMES_MAX = 50;

const DEPLOYMENT_ACTIONS: readonly string[] = ['pause', 'resume', 'clear'];

export class Actions {
  readonly #source: FleetSource;
  readonly #emit: Emit;

  constructor(source: FleetSource & { readonly emit: Emit }) {
    this.#source = source;
    this.#emit = source.emit;
  }

  /**
   * @param rest `{backend}/{deployment}/{action}`, percent-encoded. The deployment may hold any letters; that it, or the whole id, is
   * encoded as one segment makes no difference.
   */
  onDeployment(rest: string): Done {
    const { target, action } = split(rest);
    if (target === null) return BAD_ENCODING;
    if (!DEPLOYMENT_ACTIONS.includes(action)) return unknownAction(action, DEPLOYMENT_ACTIONS);
    const known = presentDeployments(this.#source);
    const deployment = known.get(target);
    if (deployment === undefined) return unknownName('deployment', target, [...known.keys()]);
    this.#act(deployment, action);
    return { kind: 'done', report: deploymentReport(deployment, this.#source) };
  }

  /** @param rest `{backend}/clear`, percent-encoded. */
  onBackend(rest: string): Done {
    const { target, action } = split(rest);
    if (target === null) return BAD_ENCODING;
    if (action !== 'clear') return unknownAction(action, ['clear']);
    const { backends } = this.#source.ledger.fleet;
    const backend = backends.find(({ name }) => name === target);
    if (backend === undefined)
      return unknownName(
        'backend',
        target,
        backends.map(({ name }) => name),
      );
    this.#clearBackend(backend);
    return { kind: 'done', report: backendReport(backend, this.#source) };
  }

  #act(deployment: Deployment, action: string): void {
    const state = this.#source.ledger.deployment(deployment);
    if (action === 'clear') {
      state.throttle = NEVER_THROTTLED;
      state.breaker = closedBreaker();
      this.#tell(`An operator cleared throttle and breaker of ${deployment.id}`);
    } else {
      state.paused = action === 'pause';
      this.#tell(`An operator ${state.paused ? 'paused' : 'resumed'} ${deployment.id}`);
    }
  }

  #clearBackend(backend: Backend): void {
    this.#source.ledger.backend(backend).breaker = closedBreaker();
    this.#tell(`An operator cleared the breaker of backend ${backend.name}`);
  }

  #tell(message: string): void {
    this.#emit({ kind: 'notice', message });
  }
}

const BAD_ENCODING: Done = {
  kind: 'refused',
  status: 400,
  code: 'BadRequest',
  message: 'The path is not percent-encoded UTF-8; encode the name with encodeURIComponent or its like.',
};

/** The last segment is the action; everything before it the name, whatever slashes that holds. */
function split(rest: string): { readonly target: string | null; readonly action: string } {
  const slash = rest.lastIndexOf('/');
  const encoded = rest.slice(0, Math.max(0, slash));
  try {
    return { target: decodeURIComponent(encoded), action: rest.slice(slash + 1) };
  } catch {
    return { target: null, action: '' };
  }
}

function unknownAction(action: string, actions: readonly string[]): Done {
  const message = `'${printable(action)}' is no action here; there are: ${actions.join(', ')}.`;
  return { kind: 'refused', status: 404, code: '404', message };
}

function unknownName(what: 'deployment' | 'backend', name: string, known: readonly string[]): Done {
  const listed = known.slice(0, LISTED_NAMES_MAX).map(printable).join(', ');
  const more =
    known.length > LISTED_NAMES_MAX ? `, and ${known.length - LISTED_NAMES_MAX} more (GET /admin/fleet)` : '';
  const message = `There is no ${what} '${printable(name)}'; known: ${listed}${more}.`;
  return {
    kind: 'refused',
    status: 404,
    code: what === 'deployment' ? 'DeploymentNotFound' : 'BackendNotFound',
    message,
  };
}
