/**
 * What the page reads of GET /admin/state and GET /admin/journal, as JSON brings it: a limit that is infinite there is null here.
 * The page runs in a browser and cannot import the simulator's own types, which lead to Node; a test holds the two together.
 * Moments are milliseconds since 1970, on the simulator's clock.
 */

export interface PageState {
  readonly clock: ClockView;
  readonly resources: readonly ResourceView[];
  /** That several deployments share. */
  readonly quotas: readonly SharedQuotaView[];
  readonly faults: readonly FaultView[];
}

export interface ClockView {
  readonly nowMs: number;
  readonly paused: boolean;
  /** Simulated time by time of the machine. */
  readonly speed: number;
}

export interface ResourceView {
  readonly name: string;
  readonly url: string;
  readonly region: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly running: boolean;
  readonly deployments: readonly DeploymentView[];
}

export interface DeploymentView {
  readonly name: string;
  readonly model: string;
  readonly modelVersion: string | null;
  readonly type: string;
  /** Standard: thousands of tokens per minute, 0 without limit; provisioned: units. */
  readonly capacity: number;
  readonly limits: LimitsView | null;
  readonly window: WindowView | null;
  readonly bucket: BucketView | null;
  readonly minutes: readonly MinuteView[] | null;
  readonly served: number;
  readonly refused: number;
  readonly active: number;
}

/** null: not limited. */
export interface LimitsView {
  readonly tokensPerMinute: number | null;
  readonly requestsPerMinute: number | null;
}

/** Of a Standard deployment: what the present minute has counted. */
export interface WindowView {
  readonly tokens: number;
  readonly requests: number;
  /** null where no minute has begun. */
  readonly endsAtMs: number | null;
  readonly throttledUntilMs: number | null;
  readonly loweredUntilMs: number | null;
}

/** Of a provisioned deployment. Normalised tokens; utilisation 1 is 100 %. */
export interface BucketView {
  readonly level: number;
  readonly bucket: number;
  readonly utilisation: number;
  readonly throttledUntilMs: number | null;
}

export interface MinuteView {
  readonly fromMs: number;
  readonly utilisation: number;
}

export interface SharedQuotaView {
  readonly id: string;
  readonly subscription: string;
  readonly region: string;
  readonly model: string;
  readonly type: string;
  readonly limits: LimitsView;
  readonly window: WindowView;
}

export interface FaultView {
  readonly id: string;
  readonly hits: number;
  readonly spec: {
    readonly kind: string;
    readonly resource: string | null;
    readonly deployment: string | null;
    /** Requests it hits before it is spent; null: no end. */
    readonly times: number | null;
    readonly share: number;
  };
}

export interface RequestView {
  readonly timeMs: number;
  readonly resource: string;
  readonly method: string;
  readonly path: string;
  readonly deployment: string | null;
  /** null: not answered yet, or never. */
  readonly status: number | null;
  readonly fault: string | null;
  /** From its arrival to the end of its answer; null while it is under way, or where the simulator does not tell. Milliseconds. */
  readonly durationMs?: number | null;
}

/** Checked down to the lists: what is within comes from the same version of the same program. */
export function isPageState(value: unknown): value is PageState {
  return (
    isObject(value) &&
    'clock' in value &&
    isObject(value.clock) &&
    ['resources', 'quotas', 'faults'].every((name) => Array.isArray(Reflect.get(value, name)))
  );
}

export function isRequests(value: unknown): value is { readonly requests: readonly RequestView[] } {
  return isObject(value) && 'requests' in value && Array.isArray(value.requests);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
