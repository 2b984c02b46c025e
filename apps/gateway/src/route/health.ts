/** Health of the process, for platforms: alive, and ready for requests. Source: design §9. */

export interface Health {
  readonly status: 200 | 503;
  readonly body: Buffer;
}

const WELL: Health = { status: 200, body: Buffer.from('{"status":"ok"}') };
const DRAINING: Health = { status: 503, body: Buffer.from('{"status":"draining"}') };

/** @returns null where the path is none of the health paths. */
export function health(target: string, draining: boolean): Health | null {
  switch (target) {
    case '/healthz':
    case '/livez':
      return WELL;
    case '/readyz':
      return draining ? DRAINING : WELL;
    default:
      return null;
  }
}
