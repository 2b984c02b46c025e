/**
 * Evaluations and their runs, as objects: a run ends by itself, but nothing is graded, and it has no output items.
 * Source: OpenAI API reference, evals; Azure's v1 specification, the same paths.
 */
import { isRecord } from '@spillway/protocol';
import type { Premises, Service } from '../service.ts';
import { Collection, type CollectionSpec, type Fields, requiredText, type Thing } from './collection.ts';
import type { ListingRules } from './listing.ts';
import { metadataOf } from './metadata.ts';
import { pathService } from './paths.ts';
import { isRefusal, missing, notFoundWithId, refusalOf } from './refusals.ts';

/** Until a run is over. Milliseconds. */
const RUN_MS = 2000;
const QUEUED_MS = 500;

const LISTING: ListingRules = { limit: 20, limitMax: 100, order: 'asc' };

const EVALS: CollectionSpec = {
  object: 'eval',
  what: 'eval',
  idOf: (ids) => ids.file('eval_'),
  listing: LISTING,
  changeable: ['name', 'metadata'],
  deletedId: 'eval_id',
  read(fields) {
    const { data_source_config, testing_criteria } = fields;
    if (!isRecord(data_source_config)) return missing('data_source_config');
    if (!Array.isArray(testing_criteria)) return missing('testing_criteria');
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    const config = shownConfig(data_source_config);
    return {
      fields: { name: requiredText(fields, 'name') ?? '', data_source_config: config, testing_criteria, metadata },
    };
  },
};

/** What is asked for as the schema of an item comes back as the schema of a whole row. */
function shownConfig({ item_schema, include_sample_schema, ...config }: Fields): Fields {
  if (config.type !== 'custom') return { schema: {}, ...config };
  const sample = include_sample_schema === true ? { sample: { type: 'object' } } : {};
  const properties = { item: item_schema ?? {}, ...sample };
  return { ...config, schema: { type: 'object', properties, required: Object.keys(properties) } };
}

const RUNS: CollectionSpec = {
  object: 'eval.run',
  what: 'run',
  idOf: (ids) => ids.file('evalrun_'),
  listing: LISTING,
  deletedId: 'run_id',
  derive: (thing, nowMs) => ({ status: runStatus(thing, nowMs) }),
  read(fields, _call, evalId) {
    const { data_source } = fields;
    if (!isRecord(data_source)) return missing('data_source');
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    const counts = { total: 0, errored: 0, failed: 0, passed: 0 };
    const empty = { error: null, report_url: null, per_model_usage: [], per_testing_criteria_results: [] };
    const name = requiredText(fields, 'name') ?? '';
    const model = data_source.model ?? null;
    return { fields: { eval_id: evalId, name, model, data_source, result_counts: counts, metadata, ...empty } };
  },
};

function runStatus({ createdMs, hidden }: Thing, nowMs: number): string {
  if (hidden.canceled === true) return 'canceled';
  if (nowMs >= createdMs + RUN_MS) return 'completed';
  return nowMs >= createdMs + QUEUED_MS ? 'in_progress' : 'queued';
}

export function evalsService(premises: Premises): Service {
  const evals = new Collection(premises, EVALS);
  const runs = new Collection(premises, RUNS, evals);
  const cancel = (run: Thing, nowMs: number): Fields | ReturnType<typeof refusalOf> => {
    const status = runStatus(run, nowMs);
    if (status === 'completed' || status === 'canceled')
      return refusalOf(400, `Cannot cancel a run with status '${status}'.`);
    return runs.shown(runs.replace({ ...run, hidden: { canceled: true } }, nowMs), nowMs);
  };
  return pathService({
    ...evals.table('evals'),
    ...runs.table('evals/{}/runs'),
    // OpenAI cancels a run by a POST to the run itself, Azure's specification by one to `cancel` below it; its clients send the latter.
    'POST evals/{}/runs/{}': ({ nowMs }, evalId, id) => {
      const run = runs.found(id, evalId, nowMs);
      return isRefusal(run) ? run : cancel(run, nowMs);
    },
    'POST evals/{}/runs/{}/cancel': ({ nowMs }, evalId, id) => {
      const run = runs.found(id, evalId, nowMs);
      return isRefusal(run) ? run : cancel(run, nowMs);
    },
    'GET evals/{}/runs/{}/output_items': ({ nowMs }, evalId, id) => {
      const run = runs.found(id, evalId, nowMs);
      return isRefusal(run) ? run : { object: 'list', data: [], first_id: null, last_id: null, has_more: false };
    },
    'GET evals/{}/runs/{}/output_items/{}': (_call, _evalId, _run, item) => notFoundWithId('output item', item),
  });
}
