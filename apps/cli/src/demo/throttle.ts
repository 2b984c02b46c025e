/** Has simulated deployments refuse everything for a while, as a quota does that others of the team have spent. */

/** Longer than users ask, so that a visitor's first question still meets it. Seconds. */
export const THROTTLE_SECONDS = 120;

/** The port is on this machine. Milliseconds. */
const ANSWER_MS_MAX = 2_000;

export interface Throttling {
  /** Admin port of the simulator. */
  readonly simulatorUrl: string;
  readonly resources: readonly string[];
  readonly deployments: readonly string[];
}

/** @throws Error where the simulator does not do it. */
export async function throttle({ simulatorUrl, resources, deployments }: Throttling): Promise<void> {
  const all = resources.flatMap((resource) => deployments.map((name) => `${resource}/deployments/${name}`));
  await Promise.all(all.map((path) => throttleOne(`${simulatorUrl}/admin/resources/${path}/throttle`)));
}

async function throttleOne(url: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seconds: THROTTLE_SECONDS }),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  const told = await response.text();
  if (!response.ok) throw new Error(`the simulator does not throttle: POST ${url}: ${response.status} ${told}`);
}
