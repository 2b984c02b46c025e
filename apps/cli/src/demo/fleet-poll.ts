/** Asks the gateway's admin port, as a console would. */
import { type FleetReport, isRecord } from '@spillway/protocol';

/** The port is on this machine. Milliseconds. */
const ANSWER_MS_MAX = 2_000;

/** @returns null where no report came: the view keeps the last one. */
export async function pollFleet(adminUrl: string): Promise<FleetReport | null> {
  try {
    const response = await fetch(`${adminUrl}/admin/fleet`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const report: unknown = await response.json();
    return isFleetReport(report) ? report : null;
  } catch {
    return null;
  }
}

/** It comes from this very program, so a look at its outline will do. */
function isFleetReport(value: unknown): value is FleetReport {
  return (
    isRecord(value) && typeof value.nowMs === 'number' && Array.isArray(value.deployments) && isRecord(value.gateway)
  );
}
