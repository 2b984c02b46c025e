/**
 * Batches: a file of requests, run against a deployment by and by. They go on by themselves on the simulated clock, and after a
 * restart with what is left. Unlike OpenAI, Azure does not end a batch that takes longer than its 24 hours.
 * Left out: the quota of enqueued tokens, which only deployments of the batch types have; any type serves a batch here.
 * Source: "Getting started with Azure OpenAI batch deployments", read 2026-11; wire reference §1.2–1.4.
 */
import { CHORES_MAX, type Chore } from '../chores.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { utf8Bytes } from '../utf8.ts';
import { BATCH_BYTES_MAX, BATCH_ENDPOINTS, type BatchInput, plainEndpoint, readBatchInput } from './batch-input.ts';
import { BatchRun } from './batch-run.ts';
import { type Batch, BatchShelf, shownBatch } from './batch-shelf.ts';
import { lifeOf, secondsAt } from './expiry.ts';
import { FileShelf } from './files.ts';
import { pageOf } from './listing.ts';
import { metadataOf } from './metadata.ts';
import { fieldsOf, type PathTable, pathService } from './paths.ts';
import {
  isRefusal,
  missing,
  notAmong,
  notFoundWithId,
  type Refusal,
  refusalOf,
  storeFull,
  wrongField,
} from './refusals.ts';

/** How long a batch is looked at before it runs, written up after it, and cancelled. Azure takes minutes. Milliseconds. */
const VALIDATING_MS = 1000;
const FINALIZING_MS = 1000;
const CANCELLING_MS = 1000;

const WINDOW_SECONDS = 24 * 3600;

export function batchesService(premises: Premises): Service {
  const desk = new BatchDesk(premises);
  const table: PathTable = {
    'POST batches': (call) => desk.create(call),
    'GET batches': ({ query }) => {
      const page = pageOf(desk.list(), query);
      return isRefusal(page) ? page : { ...page, data: page.data.map(shownBatch) };
    },
    'GET batches/{}': (_call, id) => desk.show(id),
    'POST batches/{}/cancel': ({ nowMs }, id) => desk.cancel(id, nowMs),
  };
  // openai-node puts a deployment into the path, where it knows one (wire §1.2).
  return pathService(table, ['classic', 'resource', 'v1']);
}

class BatchDesk {
  readonly #premises: Premises;
  readonly #batches: BatchShelf;
  readonly #files: FileShelf;
  /** Of batches that have lines under way, by id. */
  readonly #runs = new Map<string, BatchRun>();
  readonly #chores = new Map<string, Chore>();

  constructor(premises: Premises) {
    this.#premises = premises;
    this.#batches = new BatchShelf(premises);
    this.#files = new FileShelf(premises);
    for (const { id, dueMs } of this.#batches.list()) if (dueMs !== null) this.#order(id, dueMs);
  }

  list(): readonly Batch[] {
    return this.#batches.list();
  }

  show(id: string): object {
    const batch = this.#batches.get(id);
    return batch === null ? notFoundWithId('batch', id) : shownBatch(batch);
  }

  create(call: ServiceCall): object {
    const { nowMs } = call;
    const asked = this.#asked(call);
    if (isRefusal(asked)) return asked;
    if (this.#premises.chores.full) return tooMuchUnderWay();
    const batch = this.#batches.create({ ...asked, expires_at: secondsAt(nowMs) + WINDOW_SECONDS }, nowMs);
    if (batch === null) return storeFull('batches');
    this.#goOn(batch, nowMs + VALIDATING_MS, nowMs);
    return shownBatch(batch);
  }

  cancel(id: string, nowMs: number): object {
    const batch = this.#batches.get(id);
    if (batch === null) return notFoundWithId('batch', id);
    if (batch.status === 'cancelling') return shownBatch(batch);
    if (batch.dueMs === null) {
      // The text is a guess.
      const message = `Cannot cancel a batch with status '${batch.status}'.`;
      return refusalOf(400, message, { code: 'invalid_status' });
    }
    this.#runs.get(id)?.stop();
    const cancelling: Batch = { ...batch, status: 'cancelling', cancelling_at: secondsAt(nowMs) };
    this.#goOn(cancelling, nowMs + CANCELLING_MS, nowMs);
    return shownBatch(cancelling);
  }

  #asked(call: ServiceCall): AskedBatch | Refusal {
    const fields = fieldsOf(call);
    if (isRefusal(fields)) return fields;
    const { input_file_id, endpoint, completion_window } = fields;
    if (typeof input_file_id !== 'string') return missing('input_file_id');
    if (typeof endpoint !== 'string') return missing('endpoint');
    if (!BATCH_ENDPOINTS.some((each) => each === plainEndpoint(endpoint))) {
      return notAmong('endpoint', endpoint, BATCH_ENDPOINTS);
    }
    if (completion_window !== '24h') return notAmong('completion_window', completion_window, ['24h']);
    const metadata = metadataOf(fields.metadata);
    if (metadata !== null && isRefusal(metadata)) return metadata;
    const life = lifeOf(fields.output_expires_after, 'output_expires_after');
    if (typeof life === 'object' && life !== null) return life;
    const file = this.#files.get(input_file_id, call.nowMs);
    // What Azure says of an unknown file here is not published; the sentence is that of the file's own path.
    if (file === null) return refusalOf(400, `No such File object: ${input_file_id}`, { param: 'input_file_id' });
    if (file.purpose !== 'batch')
      return wrongField('input_file_id', `the file's purpose is '${file.purpose}', not 'batch'`);
    if (file.bytes > BATCH_BYTES_MAX)
      return wrongField('input_file_id', `the file is larger than ${BATCH_BYTES_MAX} bytes`);
    return { input_file_id, endpoint, metadata, outputLife: life };
  }

  /** Keeps a batch, and comes back to it. */
  #goOn(batch: Batch, dueMs: number, nowMs: number): void {
    this.#batches.put({ ...batch, dueMs }, nowMs);
    this.#order(batch.id, dueMs);
  }

  #order(id: string, dueMs: number): void {
    this.#chores.get(id)?.cancel();
    this.#chores.set(
      id,
      this.#premises.chores.at(dueMs, (nowMs) => this.#advance(id, nowMs)),
    );
  }

  #advance(id: string, nowMs: number): void {
    this.#chores.delete(id);
    const batch = this.#batches.get(id);
    if (batch === null) return;
    switch (batch.status) {
      case 'validating':
        this.#validate(batch, nowMs);
        break;
      case 'in_progress':
      case 'cancelling':
        this.#run(batch, nowMs);
        break;
      case 'finalizing':
        this.#close(batch, 'completed', nowMs);
        break;
      default:
    }
  }

  #validate(batch: Batch, nowMs: number): void {
    const input = this.#input(batch);
    if (input.kind === 'problems') {
      this.#fail(batch, input.problems, nowMs);
      return;
    }
    const counts = { total: input.lines.length, completed: 0, failed: 0 };
    this.#run({ ...batch, status: 'in_progress', in_progress_at: secondsAt(nowMs), request_counts: counts }, nowMs);
  }

  #input({ input_file_id, endpoint }: Batch): BatchInput {
    const { deployments } = this.#premises;
    return readBatchInput(this.#files.content(input_file_id), endpoint, (name) => deployments.has(name));
  }

  #fail(batch: Batch, problems: readonly object[], nowMs: number): void {
    const errors = { object: 'list', data: problems } as const;
    this.#batches.put({ ...batch, status: 'failed', failed_at: secondsAt(nowMs), errors, dueMs: null }, nowMs);
    this.#forget(batch.id);
  }

  #run(batch: Batch, nowMs: number): void {
    const { id, status } = batch;
    const run = this.#runs.get(id) ?? this.#begun(batch);
    if (!(run instanceof BatchRun)) {
      if (status === 'cancelling') this.#close(batch, 'cancelled', nowMs);
      else this.#fail(batch, run.problems, nowMs);
      return;
    }
    if (status === 'cancelling') run.stop();
    const nextMs = run.step(nowMs);
    this.#batches.keep(batch, run.results, nowMs, nextMs === null);
    const { total } = batch.request_counts;
    const counts = { total, completed: run.succeeded, failed: run.results.length - run.succeeded };
    const counted: Batch = { ...batch, request_counts: counts };
    if (nextMs !== null) this.#goOn(counted, nextMs, nowMs);
    else if (status === 'cancelling') this.#close(counted, 'cancelled', nowMs);
    else {
      const finalizing: Batch = { ...counted, status: 'finalizing', finalizing_at: secondsAt(nowMs) };
      this.#goOn(finalizing, nowMs + FINALIZING_MS, nowMs);
    }
  }

  /** A run with what is not yet done; the problems where the input cannot be read any more. */
  #begun(batch: Batch): BatchRun | Extract<BatchInput, { kind: 'problems' }> {
    const input = this.#input(batch);
    if (input.kind === 'problems') return input;
    const run = new BatchRun({
      lines: input.lines,
      operation: plainEndpoint(batch.endpoint).slice(1),
      done: this.#batches.results(batch.id),
      serve: (request, nowMs) => this.#premises.serve(request, nowMs),
    });
    this.#runs.set(batch.id, run);
    return run;
  }

  /** Writes the files, also where they are empty, as Azure does. */
  #close(batch: Batch, status: 'completed' | 'cancelled', nowMs: number): void {
    const results = this.#runs.get(batch.id)?.results ?? this.#batches.results(batch.id);
    const write = (name: 'output' | 'error', succeeded: boolean): string | Refusal => {
      const texts = results.filter((result) => result.succeeded === succeeded).map(({ text }) => `${text}\n`);
      const content = utf8Bytes(texts.join(''));
      const filename = `${batch.id}_${name}.jsonl`;
      const file = this.#files.add({ purpose: 'batch_output', filename, content, life: batch.outputLife }, nowMs);
      return isRefusal(file) ? file : file.id;
    };
    const output = write('output', true);
    const error = write('error', false);
    if (typeof output !== 'string' || typeof error !== 'string') {
      const message =
        'The output could not be kept: the resource holds as many files, or bytes, as it may. Delete some.';
      this.#fail(batch, [{ code: 'storage_limit_exceeded', message, line: null, param: null }], nowMs);
      return;
    }
    const ended = { status, output_file_id: output, error_file_id: error, dueMs: null };
    this.#batches.put({ ...batch, ...ended, [`${status}_at`]: secondsAt(nowMs) }, nowMs);
    this.#forget(batch.id);
  }

  #forget(id: string): void {
    this.#runs.delete(id);
    this.#batches.dropResults(id);
  }
}

type AskedBatch = Pick<Batch, 'input_file_id' | 'endpoint' | 'metadata' | 'outputLife'>;

function tooMuchUnderWay(): Refusal {
  const message = `This resource has ${CHORES_MAX} things under way, the most there may be. Wait until some are over.`;
  return refusalOf(429, message, { code: 'too_many_batches' });
}
