/**
 * Videos: jobs that end by themselves, with a content that is a film of no length. Two families: `videos` (v1), and
 * `video/generations/jobs` of Azure's first preview. Source: OpenAI API reference, videos; wire reference §1.4; Azure's guide to Sora.
 */
import { isRecord } from '@spillway/protocol';
import { bytesOf } from '../reply.ts';
import type { Premises, Service, ServiceCall } from '../service.ts';
import { DEPLOYMENT_NOT_FOUND } from '../wire/refusals.ts';
import { Collection, type CollectionSpec, type Fields, type NewThing, requiredText, type Thing } from './collection.ts';
import { secondsAt } from './expiry.ts';
import { pathService } from './paths.ts';
import { isRefusal, missing, notFoundWithId, type Refusal, refusalOf, wrongField } from './refusals.ts';

/** From the creation. Azure takes minutes. Milliseconds. */
const RUNNING_AT_MS = 1000;
const DONE_AT_MS = 6000;
/** How long a film is kept. Source: Azure's guide to Sora ("24 hours"). Seconds. */
const KEPT_SECONDS = 24 * 3600;
/** Films of one job. Source: the same guide. */
const VARIANTS_MAX = 2;

/** The least that is a file of the kind: its type, and no film (ISO/IEC 14496-12 §4.3). */
const FILM = Uint8Array.from('\0\0\0\x18ftypisom\0\0\x02\0isommp42', (letter) => letter.charCodeAt(0));

type DeploymentNames = Premises['deployments'];

export function videosService(premises: Premises): Service {
  const videos = new Collection(premises, videosSpec(premises.deployments));
  const jobs = new Collection(premises, jobsSpec(premises.deployments));
  const { 'POST videos/{}': _change, ...videoTable } = videos.table('videos');
  const { 'POST video/generations/jobs/{}': _other, ...jobTable } = jobs.table('video/generations/jobs');
  const film = (call: ServiceCall): object => bytesOf(FILM, 'video/mp4', call.headers, call.deployment, 0);
  const ofJob = (call: ServiceCall, generation: string, then: (shown: Fields) => object): object => {
    const all = jobs.all(null, call.nowMs).flatMap((job) => generationsOf(job, call.nowMs));
    const found = all.find(({ id }) => id === generation);
    return found === undefined ? notFoundWithId('video generation', generation) : then(found);
  };
  return pathService({
    ...videoTable,
    'GET videos/{}/content': (call, id) => {
      const video = videos.found(id, null, call.nowMs);
      if (isRefusal(video)) return video;
      return call.nowMs < video.createdMs + DONE_AT_MS ? notReady(id) : film(call);
    },
    'POST videos/{}/remix': (call, id) => {
      const video = videos.found(id, null, call.nowMs);
      if (isRefusal(video)) return video;
      const prompt = isRecord(call.body) ? requiredText(call.body, 'prompt') : null;
      if (prompt === null) return missing('prompt');
      const fields = { ...video.fields, prompt, remixed_from_video_id: id };
      const remixed = videos.add({ fields }, null, call.nowMs);
      return isRefusal(remixed) ? remixed : videos.shown(remixed, call.nowMs);
    },
    ...jobTable,
    'GET video/generations/{}': (call, id) => ofJob(call, id, (shown) => shown),
    'GET video/generations/{}/content/video': (call, id) => ofJob(call, id, () => film(call)),
  });
}

/** The text is a guess. */
function notReady(id: string): Refusal {
  return refusalOf(404, `The video '${id}' is not ready yet.`, { code: 'video_not_ready' });
}

function askedModel(fields: Fields, deployments: DeploymentNames): string | Refusal {
  const model = requiredText(fields, 'model');
  if (model === null) return missing('model');
  return deployments.has(model) ? model : DEPLOYMENT_NOT_FOUND;
}

function videosSpec(deployments: DeploymentNames): CollectionSpec {
  return {
    object: 'video',
    what: 'video',
    idOf: (ids) => ids.object('video_'),
    derive: ({ createdMs }, nowMs) => {
      const elapsed = nowMs - createdMs;
      const done = elapsed >= DONE_AT_MS;
      const share = (elapsed - RUNNING_AT_MS) / (DONE_AT_MS - RUNNING_AT_MS);
      return {
        status: done ? 'completed' : elapsed >= RUNNING_AT_MS ? 'in_progress' : 'queued',
        progress: Math.round(100 * Math.min(1, Math.max(0, share))),
        completed_at: done ? secondsAt(createdMs + DONE_AT_MS) : null,
        expires_at: done ? secondsAt(createdMs + DONE_AT_MS) + KEPT_SECONDS : null,
      };
    },
    read(fields) {
      const model = askedModel(fields, deployments);
      if (typeof model !== 'string') return model;
      const prompt = requiredText(fields, 'prompt');
      if (prompt === null) return missing('prompt');
      const { seconds = '4', size = '720x1280' } = fields;
      if (typeof seconds !== 'string' && typeof seconds !== 'number') return wrongField('seconds', 'it must be a text');
      return { fields: { model, prompt, seconds: String(seconds), size, error: null, remixed_from_video_id: null } };
    },
  };
}

function jobsSpec(deployments: DeploymentNames): CollectionSpec {
  return {
    object: 'video.generation.job',
    what: 'video generation job',
    idOf: (ids) => ids.short('task_01'),
    derive: (job, nowMs) => {
      const elapsed = nowMs - job.createdMs;
      const done = elapsed >= DONE_AT_MS;
      const endMs = job.createdMs + DONE_AT_MS;
      return {
        status: done ? 'succeeded' : elapsed >= RUNNING_AT_MS ? 'running' : 'queued',
        finished_at: done ? secondsAt(endMs) : null,
        expires_at: done ? secondsAt(endMs) + KEPT_SECONDS : null,
        generations: generationsOf(job, nowMs),
      };
    },
    read: (fields) => readJob(fields, deployments),
  };
}

function readJob(fields: Fields, deployments: DeploymentNames): NewThing | Refusal {
  const model = askedModel(fields, deployments);
  if (typeof model !== 'string') return model;
  const prompt = requiredText(fields, 'prompt');
  if (prompt === null) return missing('prompt');
  const { height = 480, width = 480, n_seconds = 5 } = fields;
  const { n_variants: variants = 1 } = fields;
  if (typeof variants !== 'number' || !Number.isInteger(variants) || variants < 1 || variants > VARIANTS_MAX) {
    return wrongField('n_variants', `it must be from 1 to ${VARIANTS_MAX}`);
  }
  return { fields: { model, prompt, height, width, n_seconds, n_variants: variants, failure_reason: null } };
}

/** None before the job is done. */
function generationsOf(
  { id, createdMs, fields }: Thing,
  nowMs: number,
): ReadonlyArray<Fields & { readonly id: string }> {
  if (nowMs < createdMs + DONE_AT_MS) return [];
  const { prompt, height, width, n_seconds, n_variants } = fields;
  return Array.from({ length: Number(n_variants) }, (_, i) => ({
    id: `gen_${id.slice('task_'.length)}${i}`,
    object: 'video.generation',
    job_id: id,
    created_at: secondsAt(createdMs + DONE_AT_MS),
    ...{ prompt, height, width, n_seconds },
  }));
}
