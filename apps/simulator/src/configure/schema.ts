/**
 * Every key of the simulator's file, and every option of the library: meaning, unit, range, default. The JSON schema for editors and
 * docs/simulator.md are made from this file, and so are the errors: a message reads `rule; remedy`.
 * It sees one value at a time; what must agree between values is in check.ts.
 */
import { FAULTS_MAX } from '@spillway/azure-model';
import { type JsonSchema, jsonSchemaOf } from '@spillway/config';
import * as z from 'zod';
import {
  DEFAULT_HOST,
  DEFAULT_PORT,
  DEFAULT_SEED,
  MODELS_MAX,
  PORT_MAX,
  QUOTAS_MAX,
  RECORDING_MODES,
  RESOURCES_MAX,
  SEED_MAX,
  SPEED_MAX,
} from '../defaults.ts';
import type { RecordingOptions, SimulatorOptions } from '../options.ts';
import type { Matching } from '../record/key.ts';
import { count, flag, host, list, quantity, type Shape, text } from './kinds.ts';
import { control } from './schema-control.ts';
import { quota } from './schema-deployment.ts';
import { fault } from './schema-fault.ts';
import { identity } from './schema-identity.ts';
import { model } from './schema-models.ts';
import { resource } from './schema-resource.ts';
import { tls } from './schema-tls.ts';

const matchingShape = {
  body: z
    .enum(['exact', 'json'])
    .meta({ default: 'exact' })
    .exactOptional()
    .describe('`exact`: byte for byte. `json`: the same values, in whatever order and spacing.'),
  apiVersion: z
    .enum(['ignored', 'compared'])
    .meta({ default: 'ignored' })
    .exactOptional()
    .describe('Whether `api-version` must be the same.'),
} satisfies Shape<Matching>;

const recordingShape = {
  mode: z
    .enum(RECORDING_MODES)
    .meta({ default: 'generate' })
    .exactOptional()
    .describe(
      '`generate`: answers are made up. `record`: from the recording, else from the upstream, whose answer is kept. `replay`: from the recording, else 404. `hybrid`: from the recording, else made up. `passThrough`: the upstream answers, and nothing is kept. Keys and quotas of the simulated resources hold in every mode.',
    ),
  file: text()
    .min(1, 'is empty; name a file')
    .exactOptional()
    .describe(
      'Path of the recording, a JSONL file. Needed by `record`, `replay` and `hybrid`, of no use to the others.',
    ),
  storeErrors: flag()
    .meta({ default: false })
    .exactOptional()
    .describe(
      'Whether answers above 399 are kept too. `record` only. A 429 of the day of recording would then be answered for ever.',
    ),
  speed: quantity(SPEED_MAX, 1)
    .meta({ default: 1 })
    .exactOptional()
    .describe(
      'Pace of what is replayed: 1 as recorded, 2 twice as fast, 0 at once. Of no use to `generate` and `passThrough`.',
    ),
  again: flag()
    .meta({ default: false })
    .exactOptional()
    .describe('Whether what is recorded already is asked for once more; the newer answer counts. `record` only.'),
  matching: z
    .strictObject(matchingShape)
    .exactOptional()
    .describe('What makes two requests equal, besides method and path. Of no use to `generate` and `passThrough`.'),
} satisfies Shape<RecordingOptions>;

const fileShape = {
  host: host()
    .meta({ default: DEFAULT_HOST })
    .exactOptional()
    .describe('Address to listen on. Beyond this machine others reach it too; `--host` goes before it.'),
  port: count({ min: 0, max: PORT_MAX }, DEFAULT_PORT)
    .meta({ default: DEFAULT_PORT })
    .exactOptional()
    .describe('Admin port; resource n listens on this plus n. 0 takes free ports for all; `--port` goes before it.'),
  seed: count({ min: 0, max: SEED_MAX }, DEFAULT_SEED)
    .meta({ default: DEFAULT_SEED })
    .exactOptional()
    .describe('The same seed and the same order of requests give the same answers; `--seed` goes before it.'),
  resources: list(resource, RESOURCES_MAX, 'resources')
    .min(1, 'is an empty list; list a resource, or remove the line for three')
    .exactOptional()
    .describe('Default: three, `openai1` to `openai3`.'),
  quotas: list(quota, QUOTAS_MAX, 'quotas')
    .exactOptional()
    .describe('Quotas that several deployments draw on. Absent: each deployment has its own alone.'),
  models: list(model, MODELS_MAX, 'models')
    .exactOptional()
    .describe('Models beside, or in place of, those of the table.'),
  faults: list(fault, FAULTS_MAX, 'faults')
    .exactOptional()
    .describe('Faults that are active from the start, each as `POST /admin/faults` takes it.'),
  recording: z
    .strictObject(recordingShape)
    .exactOptional()
    .describe('Whether answers are made up, recorded, replayed or passed through.'),
  control: control.exactOptional(),
  identity: identity.exactOptional(),
  tls: tls.exactOptional(),
  stateFile: text()
    .min(1, 'is empty; name a file, or remove the line')
    .exactOptional()
    .describe(
      'SQLite file in which what resources keep (responses, files, vector stores, batches, conversations, …) and what the control plane made (accounts, deployments) outlive the process. One simulator at a time. Absent: they are gone with it; `--state` goes before it.',
    ),
} satisfies Shape<Omit<SimulatorOptions, 'clock' | 'onRequest' | 'onWarning'>>;

export const fileSchema = z.strictObject(fileShape).describe('Configuration of the simulator of Spillway.');

/** A file that keeps to the schema. */
export type FileData = z.output<typeof fileSchema>;

let made: JsonSchema | null = null;

export function simulatorJsonSchema(): JsonSchema {
  made ??= jsonSchemaOf(fileSchema);
  return made;
}
