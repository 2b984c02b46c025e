/**
 * What the admin port answers: health, metrics, the fleet's state, the configuration, and an operator's actions.
 * Who may ask is the guard's to say, before anything else is looked at. Errors have Azure's shape, as on the other port.
 */
import { type Config, describeConfig } from '@spillway/config';
import { advice, type Estimator } from '@spillway/policy';
import { type AdviceReport, azureError } from '@spillway/protocol';
import type { SpanCounts } from '@spillway/tracing';
import { type Context, Hono } from 'hono';
import { decisionList, recordOfKept } from '../explain/decisions.ts';
import { filterOf, notKept } from '../explain/filter.ts';
import type { DecisionRing } from '../explain/ring.ts';
import type { Emit } from '../observe/events.ts';
import { METRICS_TYPE, metricsText } from '../observe/metrics-text.ts';
import type { ProcessWatch } from '../observe/process-readings.ts';
import { printable } from '../printable.ts';
import { Actions, type Done } from './actions.ts';
import { type FleetSource, fleetReport, toldApart } from './fleet-report.ts';
import { Guard, type GuardSettings, OPEN_PATHS } from './guard.ts';

export interface AdminSettings extends FleetSource, GuardSettings {
  readonly config: () => Config;
  readonly decisions: DecisionRing;
  /** What callers ask for, and what they use of it. */
  readonly estimator: Estimator;
  readonly process: ProcessWatch;
  /** Of traces; null: there are none. */
  readonly spans: () => SpanCounts | null;
  /** Told what an operator did, and what failed here. */
  readonly emit: Emit;
}

const DEPLOYMENTS = '/admin/deployments/';
const BACKENDS = '/admin/backends/';
const DECISIONS = '/admin/decisions';
const ANSWERS =
  'The admin port answers GET /metrics, /admin/fleet, /admin/config, /admin/advice, /admin/decisions?limit&deployment&status&client, ' +
  '/admin/decisions/{requestId}, /livez, /readyz; POST /admin/deployments/{backend}/{deployment}/pause, …/resume, …/clear; and POST /admin/backends/{name}/clear.';

export function adminApp(settings: AdminSettings): Hono {
  const app = new Hono();
  const guard = new Guard(settings);
  const actions = new Actions(settings);
  app.use('*', async (c, proceed) => {
    const { method, path } = c.req;
    const no = guard.refusal({ method, path, header: (name) => c.req.header(name) });
    if (no !== null) return error(c, no.status, no.code, no.message);
    await proceed();
    c.header('cache-control', 'no-store');
    return undefined;
  });
  for (const path of OPEN_PATHS) app.get(path, (c) => healthAnswer(c, settings));
  app.get('/metrics', (c) => c.body(metrics(settings), 200, { 'content-type': METRICS_TYPE }));
  app.get('/admin/fleet', (c) => c.json(fleetReport(settings)));
  app.get(DECISIONS, (c) => decisionsAnswer(c, settings));
  app.get(`${DECISIONS}/:requestId`, (c) => decisionAnswer(c, settings));
  app.get('/admin/advice', (c) => c.json(adviceReport(settings)));
  app.get('/admin/config', (c) => c.text(describeConfig(settings.config())));
  app.post(`${DEPLOYMENTS}*`, (c) => outcome(c, actions.onDeployment(restOf(c, DEPLOYMENTS))));
  app.post(`${BACKENDS}*`, (c) => outcome(c, actions.onBackend(restOf(c, BACKENDS))));
  app.notFound((c) => error(c, 404, '404', `Resource not found: ${c.req.method} ${printable(c.req.path)}. ${ANSWERS}`));
  app.onError((failure, c) => {
    const asked = `${c.req.method} ${printable(c.req.path)}`;
    settings.emit({ kind: 'operatorProblem', subject: 'admin port', message: `${asked} failed: ${failure.message}` });
    return error(c, 500, 'InternalServerError', 'The admin port failed at this request; the log says why.');
  });
  return app;
}

function metrics(settings: AdminSettings): string {
  const { counters, process, estimator, spans } = settings;
  const fleet = toldApart(fleetReport(settings), settings);
  return metricsText({ counters, fleet, process: process.read(), callers: estimator.callers(), spans: spans() });
}

function adviceReport({ estimator, nowMs }: AdminSettings): AdviceReport {
  return { nowMs: nowMs(), callers: advice(estimator) };
}

/** Alive as long as it answers; ready while new requests are taken on the other port. */
function healthAnswer(c: Context, { phase }: AdminSettings): Response {
  const now = phase();
  const well = c.req.path !== '/readyz' || now === 'ready';
  return c.json({ status: well ? 'ok' : now }, well ? 200 : 503);
}

function decisionsAnswer(c: Context, { decisions, nowMs }: AdminSettings): Response {
  const asked = filterOf(c.req.query());
  if (asked.kind === 'refused') return error(c, 400, 'BadRequest', asked.message);
  return c.json(decisionList(decisions, asked.filter, nowMs()));
}

function decisionAnswer(c: Context, { decisions }: AdminSettings): Response {
  const requestId = c.req.param('requestId') ?? '';
  const kept = decisions.find(requestId);
  if (kept !== null) return c.json(recordOfKept(kept));
  return error(c, 404, 'DecisionNotFound', notKept(requestId, decisions));
}

function outcome(c: Context, done: Done): Response {
  return done.kind === 'done' ? c.json(done.report) : error(c, done.status, done.code, done.message);
}

/** What the path holds after a prefix, still encoded as it was written. */
function restOf(c: Context, prefix: string): string {
  return new URL(c.req.url).pathname.slice(prefix.length);
}

function error(c: Context, status: 400 | 401 | 403 | 404 | 500, code: string, message: string): Response {
  if (status === 401) c.header('www-authenticate', 'Bearer');
  return c.json(azureError(code, message), status);
}
