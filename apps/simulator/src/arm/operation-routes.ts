/**
 * Long-running operations as clients follow them: `Azure-AsyncOperation` tells a status, `Location` answers 202 until it is over.
 * The paths behind both are a guess; clients take them as they come.
 */
import { ArmError, PROVIDER } from './arm-error.ts';
import { type ArmAnswer, type ArmCall, type ArmRoute, timeText } from './call.ts';
import { isOver, type Operation } from './operations.ts';

const LOCATION = `/subscriptions/{sub}/providers/${PROVIDER}/locations/{location}`;

export const operationRoutes: readonly ArmRoute[] = [
  { method: 'GET', path: `${LOCATION}/operations/{operation}`, act: status },
  { method: 'GET', path: `${LOCATION}/operationResults/{operation}`, act: result },
];

/** null where everything is there at once. */
export function begun({ simulation, nowMs }: ArmCall): Operation | null {
  const { control } = simulation;
  return control.provisioningMs === 0 ? null : control.operations.begin(nowMs, nowMs + control.provisioningMs);
}

/** What has been begun to be made. */
export function answerAsMade(call: ArmCall, answer: ArmAnswer, region: string, operation = begun(call)): ArmAnswer {
  if (operation === null) return answer;
  const { 'azure-asyncoperation': status, 'retry-after': wait } = linksTo(call, region, operation);
  return { ...answer, headers: { 'azure-asyncoperation': status, 'retry-after': wait } };
}

/** What is gone: clients wait until its operation is over. */
export function answerAsGone(call: ArmCall, region: string): ArmAnswer {
  const operation = begun(call);
  return operation === null ? { status: 200 } : { status: 202, headers: linksTo(call, region, operation) };
}

function linksTo({ names, origin, apiVersion, nowMs }: ArmCall, region: string, { id, doneMs }: Operation) {
  // As they came, decoded, they need not be fit for a header.
  const [subscription, location] = [names[0] ?? '', region].map(encodeURIComponent);
  const base = `${origin}/subscriptions/${subscription}/providers/${PROVIDER}/locations/${location}`;
  const query = `api-version=${apiVersion}`;
  return {
    'azure-asyncoperation': `${base}/operations/${id}?${query}`,
    location: `${base}/operationResults/${id}?${query}`,
    'retry-after': secondsUntil(doneMs, nowMs),
  };
}

/** Whole seconds, at least one: a client that asked at once again would only ask more often. */
function secondsUntil(doneMs: number, nowMs: number): string {
  return String(Math.max(1, Math.ceil((doneMs - nowMs) / 1000)));
}

function found({ simulation, names }: ArmCall): Operation {
  const operation = simulation.control.operations.get(names[2] ?? '');
  if (operation !== null) return operation;
  throw new ArmError(404, 'OperationNotFound', `The operation '${names[2]}' was not found.`);
}

function status(call: ArmCall): ArmAnswer {
  const operation = found(call);
  const { id, startedMs, doneMs, failure } = operation;
  const name = { id: `/subscriptions/${call.names[0]}/providers/${PROVIDER}/operations/${id}`, name: id };
  const startTime = timeText(startedMs);
  if (!isOver(operation, call.nowMs)) {
    const headers = { 'retry-after': secondsUntil(doneMs, call.nowMs) };
    return { status: 200, body: { ...name, status: 'InProgress', startTime }, headers };
  }
  const times = { startTime, endTime: timeText(doneMs) };
  if (failure === null) return { status: 200, body: { ...name, status: 'Succeeded', ...times } };
  const { code, message } = failure;
  return { status: 200, body: { ...name, status: 'Failed', ...times, error: { code, message } } };
}

function result(call: ArmCall): ArmAnswer {
  const operation = found(call);
  const ended = isOver(operation, call.nowMs);
  if (ended && operation.failure !== null) throw operation.failure;
  return ended ? { status: 204 } : { status: 202, headers: linksTo(call, call.names[1] ?? '', operation) };
}
