/**
 * Fine-tuning jobs, which move through their states on the clock and train nothing. What a job has come to follows from its time.
 * Source: OpenAI API reference, fine-tuning; Azure's v1 specification, the same paths. `graders/run` is left out.
 */
import { isRecord } from '@spillway/protocol';
import type { Premises, Service } from '../service.ts';
import { Collection, type CollectionSpec, type Fields, requiredText, type Thing } from './collection.ts';
import { secondsAt } from './expiry.ts';
import { FileShelf } from './files.ts';
import { pageOf } from './listing.ts';
import { metadataOf } from './metadata.ts';
import { fieldsOf, pathService } from './paths.ts';
import { isRefusal, missing, type Refusal, refusalOf } from './refusals.ts';

/** From the creation, pauses left out. Azure takes minutes to hours. Milliseconds. */
const QUEUED_AT_MS = 1000;
const RUNNING_AT_MS = 2000;
const SUCCEEDED_AT_MS = 12_000;
const EPOCHS = 3;
/** What is said to be trained of a file of any size. */
const BYTES_PER_TOKEN = 4;

export function fineTuningService(premises: Premises): Service {
  const files = new FileShelf(premises);
  const jobs = new Collection(premises, jobsSpec(files));
  const withJob = (id: string, nowMs: number, then: (job: Thing) => object): object => {
    const job = jobs.found(id, null, nowMs);
    return isRefusal(job) ? job : then(job);
  };
  const steer = (id: string, nowMs: number, from: readonly string[], hidden: (job: Thing) => Fields): object =>
    withJob(id, nowMs, (job) => {
      const { status } = stateOf(job, nowMs);
      if (!from.includes(status)) return wrongStatus(status);
      const steered = { ...job, hidden: { ...job.hidden, ...hidden(job) } };
      return jobs.shown(jobs.replace(steered, nowMs), nowMs);
    });
  const { 'POST fine_tuning/jobs/{}': _change, ...table } = jobs.table('fine_tuning/jobs');
  return pathService({
    ...table,
    'POST fine_tuning/jobs/{}/cancel': ({ nowMs }, id) =>
      steer(id, nowMs, [...UNDER_WAY, 'paused'], () => ({ cancelledMs: nowMs })),
    'POST fine_tuning/jobs/{}/pause': ({ nowMs }, id) => steer(id, nowMs, ['running'], () => ({ pausedMs: nowMs })),
    'POST fine_tuning/jobs/{}/resume': ({ nowMs }, id) =>
      steer(id, nowMs, ['paused'], ({ hidden }) => ({
        pausedMs: null,
        lostMs: Number(hidden.lostMs ?? 0) + nowMs - Number(hidden.pausedMs),
      })),
    'GET fine_tuning/jobs/{}/events': ({ query, nowMs }, id) =>
      withJob(id, nowMs, (job) => pageOf(eventsOf(job, nowMs), query)),
    'GET fine_tuning/jobs/{}/checkpoints': ({ query, nowMs }, id) =>
      withJob(id, nowMs, (job) => pageOf(checkpointsOf(job, nowMs), query)),
    'POST fine_tuning/alpha/graders/validate': (call) => {
      const fields = fieldsOf(call);
      if (isRefusal(fields)) return fields;
      return isRecord(fields.grader) ? { grader: fields.grader } : missing('grader');
    },
  });
}

const UNDER_WAY = ['validating_files', 'queued', 'running'] as const;

function wrongStatus(status: string): Refusal {
  return refusalOf(400, `The job is ${status}, which does not allow that.`, { code: 'invalid_status' });
}

function jobsSpec(files: FileShelf): CollectionSpec {
  return {
    object: 'fine_tuning.job',
    what: 'fine-tuning job',
    idOf: (ids) => ids.file('ftjob-'),
    derive: stateOf,
    read(fields, call) {
      const model = requiredText(fields, 'model');
      if (model === null) return missing('model');
      const training = requiredText(fields, 'training_file');
      if (training === null) return missing('training_file');
      for (const name of ['training_file', 'validation_file']) {
        const id = requiredText(fields, name);
        if (id === null || files.get(id, call.nowMs) !== null) continue;
        return refusalOf(400, `invalid ${name}: ${id}`, { param: name, code: 'file_not_found' });
      }
      const metadata = metadataOf(fields.metadata);
      if (metadata !== null && isRefusal(metadata)) return metadata;
      const { hyperparameters, method, seed = 0, validation_file = null, suffix = null } = fields;
      const bytes = files.get(training, call.nowMs)?.bytes ?? 0;
      const usual = { n_epochs: EPOCHS, batch_size: 1, learning_rate_multiplier: 1 };
      const shown = {
        model,
        training_file: training,
        validation_file,
        seed,
        metadata,
        hyperparameters: { ...usual, ...(isRecord(hyperparameters) ? hyperparameters : {}) },
        method: isRecord(method) ? method : { type: 'supervised' },
        organization_id: '',
        integrations: [],
        result_files: [],
      };
      return { fields: shown, hidden: { suffix, tokens: Math.ceil(bytes / BYTES_PER_TOKEN) * EPOCHS } };
    },
  };
}

/** Milliseconds of work by then: pauses and what came after a cancellation do not count. */
function workedMs({ createdMs, hidden }: Thing, nowMs: number): number {
  const { pausedMs, cancelledMs, lostMs } = hidden;
  const paused = typeof pausedMs === 'number' ? pausedMs : Number.POSITIVE_INFINITY;
  const cancelled = typeof cancelledMs === 'number' ? cancelledMs : Number.POSITIVE_INFINITY;
  return Math.min(nowMs, paused, cancelled) - createdMs - Number(lostMs ?? 0);
}

function stateOf(job: Thing, nowMs: number): Fields & { readonly status: string } {
  const { createdMs, hidden, fields, id } = job;
  const worked = workedMs(job, nowMs);
  const status = statusOf(hidden, worked);
  const succeeded = status === 'succeeded';
  const endMs = createdMs + Number(hidden.lostMs ?? 0) + SUCCEEDED_AT_MS;
  const finished = succeeded ? endMs : status === 'cancelled' ? Number(hidden.cancelledMs) : null;
  return {
    status,
    error: null,
    finished_at: finished === null ? null : secondsAt(finished),
    estimated_finish: UNDER_WAY.some((each) => each === status) ? secondsAt(endMs) : null,
    trained_tokens: succeeded ? hidden.tokens : null,
    fine_tuned_model: succeeded ? tunedName(fields, hidden, id) : null,
  };
}

function statusOf({ cancelledMs, pausedMs }: Fields, worked: number): string {
  if (typeof cancelledMs === 'number') return 'cancelled';
  if (worked >= SUCCEEDED_AT_MS) return 'succeeded';
  if (typeof pausedMs === 'number') return 'paused';
  if (worked >= RUNNING_AT_MS) return 'running';
  return worked >= QUEUED_AT_MS ? 'queued' : 'validating_files';
}

/** As on Azure: `gpt-4o-2024-08-06.ft-` and the job, with the client's suffix at the end. */
function tunedName({ model }: Fields, { suffix }: Fields, id: string): string {
  const name = `${String(model)}.ft-${id.slice('ftjob-'.length)}`;
  return typeof suffix === 'string' && suffix !== '' ? `${name}-${suffix}` : name;
}

type Listed = Fields & { readonly id: string };

/** Oldest first. */
function eventsOf(job: Thing, nowMs: number): readonly Listed[] {
  const { hidden } = job;
  const worked = workedMs(job, nowMs);
  const steps: (readonly [atMs: number, message: string])[] = [
    [0, 'Job created; its files are being validated.'],
    [QUEUED_AT_MS, 'The job is in the queue.'],
    [RUNNING_AT_MS, 'Training has started.'],
    ...epochs().map(({ atMs, epoch }) => [atMs, `Epoch ${epoch} of ${EPOCHS} is done.`] as const),
    [SUCCEEDED_AT_MS, 'The job is completed.'],
  ];
  const past = steps.filter(([atMs]) => atMs <= worked);
  const events = past.map(([atMs, message], i) => eventOf(job, i, job.createdMs + atMs, message));
  if (typeof hidden.cancelledMs !== 'number') return events;
  return [...events, eventOf(job, events.length, hidden.cancelledMs, 'The job was cancelled.')];
}

function eventOf({ id }: Thing, index: number, atMs: number, message: string): Listed {
  const eventId = `ftevent-${id.slice('ftjob-'.length)}-${index}`;
  const head = { id: eventId, object: 'fine_tuning.job.event', created_at: secondsAt(atMs) };
  return { ...head, level: 'info', type: 'message', message, data: null };
}

function epochs(): readonly { readonly atMs: number; readonly epoch: number }[] {
  const each = (SUCCEEDED_AT_MS - RUNNING_AT_MS) / EPOCHS;
  return Array.from({ length: EPOCHS }, (_, i) => ({ atMs: RUNNING_AT_MS + each * (i + 1), epoch: i + 1 }));
}

/** One for each epoch that is done, oldest first. */
function checkpointsOf(job: Thing, nowMs: number): readonly Listed[] {
  const { id, createdMs, fields, hidden } = job;
  const worked = workedMs(job, nowMs);
  return epochs()
    .filter(({ atMs }) => atMs <= worked)
    .map(({ atMs, epoch }) => ({
      id: `ftchkpt-${id.slice('ftjob-'.length)}-${epoch}`,
      object: 'fine_tuning.job.checkpoint',
      created_at: secondsAt(createdMs + atMs),
      fine_tuned_model_checkpoint: `${tunedName(fields, hidden, id)}:ckpt-step-${epoch}`,
      fine_tuning_job_id: id,
      metrics: { step: epoch, train_loss: 1 / (epoch + 1) },
      step_number: epoch,
    }));
}
