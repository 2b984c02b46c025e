/** What a resource keeps beside its answers (wire §1.3, §1.4): files, stores, batches, assistants, jobs, models. */
import type { Flow, Form, Step } from './step.ts';

/** Every byte there is, so that nothing that reads them as text comes through. */
const EVERY_BYTE = Buffer.from(Uint8Array.from({ length: 1024 }, (_, i) => (i * 7) % 256));

function id(prefix: string): RegExp {
  return new RegExp(`"id": ?"(${prefix}[\\w.-]+)"`);
}

function sent(does: string, name: string, bytes: Buffer | string, purpose: string, kept = 'file'): Step {
  const file: Form['file'] = { field: 'file', name, type: 'application/octet-stream', bytes };
  return {
    does,
    at: 'files',
    form: { fields: { purpose }, file },
    keeps: { [kept]: id('(?:file|assistant)-') },
  };
}

const FILES: Flow = {
  name: 'files',
  scope: 'resource',
  model: '',
  steps: [
    sent('file', 'bytes.bin', EVERY_BYTE, 'assistants'),
    sent('another file', 'more.bin', 'more', 'assistants', 'other'),
    { does: 'files', at: 'files', reach: 'all' },
    { does: 'files, a page', at: 'files', query: 'limit=1&order=asc', reach: 'all' },
    { does: 'file read', at: 'files/<file>' },
    { does: 'file content', at: 'files/<file>/content', way: 'binary' },
    { does: 'file deleted', at: 'files/<file>', method: 'DELETE' },
    { does: 'file refused: gone', at: 'files/<file>' },
    { does: 'another file deleted', at: 'files/<other>', method: 'DELETE' },
  ],
};

const UPLOADS: Flow = {
  name: 'uploads',
  scope: 'resource',
  model: '',
  steps: [
    {
      does: 'upload',
      at: 'uploads',
      body: { bytes: 1024, filename: 'u.bin', mime_type: 'text/plain', purpose: 'assistants' },
      keeps: { upload: id('upload_') },
    },
    {
      does: 'part of an upload',
      at: 'uploads/<upload>/parts',
      form: { fields: {}, file: { field: 'data', name: 'p', type: 'application/octet-stream', bytes: EVERY_BYTE } },
      keeps: { part: id('part_') },
    },
    {
      does: 'upload completed',
      at: 'uploads/<upload>/complete',
      body: { part_ids: ['<part>'] },
      keeps: { file: id('(?:file|assistant)-') },
    },
    { does: 'content of the upload', at: 'files/<file>/content', way: 'binary' },
    { does: 'upload refused: complete', at: 'uploads/<upload>/cancel', method: 'POST' },
  ],
};

const LINES = [1, 2, 3]
  .map((i) => ({
    custom_id: `task-${i}`,
    method: 'POST',
    url: '/chat/completions',
    body: { model: 'chat', messages: [{ role: 'user', content: `What is ${i}?` }], max_tokens: 9 },
  }))
  .map((line) => JSON.stringify(line))
  .join('\n');

const BATCHES: Flow = {
  name: 'batches',
  scope: 'resource',
  model: 'chat',
  steps: [
    sent('file of a batch', 'in.jsonl', LINES, 'batch'),
    {
      does: 'batch',
      at: 'batches',
      body: { input_file_id: '<file>', endpoint: '/v1/chat/completions', completion_window: '24h' },
      keeps: { batch: id('batch_') },
    },
    { does: 'batches', at: 'batches', reach: 'all' },
    { does: 'batch under way', at: 'batches/<batch>' },
    {
      does: 'batch done',
      at: 'batches/<batch>',
      afterMs: 60_000,
      keeps: { output: /"output_file_id": ?"([\w.-]+)"/ },
    },
    { does: 'output of the batch', at: 'files/<output>/content', way: 'binary' },
    { does: 'batch refused: done', at: 'batches/<batch>/cancel', method: 'POST' },
  ],
};

const VECTOR_STORES: Flow = {
  name: 'vector_stores',
  scope: 'resource',
  model: 'chat',
  steps: [
    sent('passage', 'ships.txt', 'A ship is steered by its rudder.', 'assistants'),
    {
      does: 'vector store',
      at: 'vector_stores',
      body: { name: 'handbook', file_ids: ['<file>'] },
      keeps: { store: id('vs_') },
    },
    { does: 'vector stores', at: 'vector_stores', reach: 'all' },
    { does: 'vector store read', at: 'vector_stores/<store>', afterMs: 2_000 },
    { does: 'search', at: 'vector_stores/<store>/search', body: { query: 'How is a ship steered?' } },
    {
      does: 'response that searches',
      at: 'responses',
      body: {
        model: '<model>',
        input: 'How is a ship steered?',
        tools: [{ type: 'file_search', vector_store_ids: ['<store>'] }],
      },
    },
    { does: 'files of a store', at: 'vector_stores/<store>/files' },
    { does: 'file of a store', at: 'vector_stores/<store>/files/<file>' },
    {
      does: 'batch of files',
      at: 'vector_stores/<store>/file_batches',
      body: { file_ids: ['<file>'] },
      keeps: { batch: id('vsfb_') },
    },
    { does: 'batch of files read', at: 'vector_stores/<store>/file_batches/<batch>', afterMs: 2_000 },
    { does: 'vector store deleted', at: 'vector_stores/<store>', method: 'DELETE' },
  ],
};

const ASSISTANTS: Flow = {
  name: 'assistants',
  scope: 'resource',
  model: 'chat',
  steps: [
    {
      does: 'assistant',
      at: 'assistants',
      body: { model: '<model>', name: 'Ann' },
      keeps: { assistant: id('asst_') },
    },
    { does: 'assistants', at: 'assistants', reach: 'all' },
    { does: 'assistant changed', at: 'assistants/<assistant>', body: { name: 'Bob' } },
    {
      does: 'thread for it',
      at: 'threads/runs',
      body: { assistant_id: '<assistant>', thread: { messages: [{ role: 'user', content: 'Hello' }] } },
      keeps: { run: id('run_'), thread: /"thread_id": ?"(thread_[\w.-]+)"/ },
    },
    { does: 'run', at: 'threads/<thread>/runs/<run>', afterMs: 20_000 },
    { does: 'steps of a run', at: 'threads/<thread>/runs/<run>/steps' },
    { does: 'message', at: 'threads/<thread>/messages', body: { role: 'user', content: 'And?' } },
    {
      does: 'run, streamed',
      at: 'threads/<thread>/runs',
      body: { assistant_id: '<assistant>', stream: true },
      way: 'stream',
    },
    { does: 'messages', at: 'threads/<thread>/messages', query: 'limit=2' },
    { does: 'thread deleted', at: 'threads/<thread>', method: 'DELETE' },
    { does: 'assistant deleted', at: 'assistants/<assistant>', method: 'DELETE' },
  ],
};

const TUNING: Flow = {
  name: 'fine_tuning',
  scope: 'resource',
  model: '',
  steps: [
    sent('file to train with', 't.jsonl', '{"messages":[]}\n', 'fine-tune'),
    {
      does: 'fine-tuning',
      at: 'fine_tuning/jobs',
      body: { model: 'gpt-4o-mini', training_file: '<file>' },
      keeps: { job: id('ftjob-') },
    },
    { does: 'fine-tunings', at: 'fine_tuning/jobs', reach: 'all' },
    { does: 'fine-tuning read', at: 'fine_tuning/jobs/<job>', afterMs: 30_000 },
    { does: 'its events', at: 'fine_tuning/jobs/<job>/events', query: 'limit=2' },
    { does: 'its checkpoints', at: 'fine_tuning/jobs/<job>/checkpoints' },
  ],
};

const EVALS: Flow = {
  name: 'evals',
  scope: 'resource',
  model: '',
  steps: [
    {
      does: 'eval',
      at: 'evals',
      body: {
        name: 'quality',
        data_source_config: { type: 'custom', item_schema: {} },
        testing_criteria: [{ type: 'string_check', name: 'same', input: 'a', reference: 'a', operation: 'eq' }],
      },
      keeps: { eval: id('eval_') },
    },
    { does: 'evals', at: 'evals', reach: 'all' },
    {
      does: 'run of an eval',
      at: 'evals/<eval>/runs',
      body: { data_source: { type: 'jsonl', source: { type: 'file_content', content: [{ item: {} }] } } },
      keeps: { run: id('evalrun_') },
    },
    { does: 'run of an eval, read', at: 'evals/<eval>/runs/<run>', afterMs: 5_000 },
    { does: 'runs of an eval', at: 'evals/<eval>/runs' },
    { does: 'eval deleted', at: 'evals/<eval>', method: 'DELETE' },
  ],
};

const CONTAINERS: Flow = {
  name: 'containers',
  scope: 'v1',
  model: '',
  steps: [
    { does: 'container', at: 'containers', body: { name: 'box' }, keeps: { container: id('cntr_') } },
    { does: 'containers', at: 'containers', reach: 'all' },
    {
      does: 'file of a container',
      at: 'containers/<container>/files',
      form: {
        fields: {},
        file: { field: 'file', name: 'sent.bin', type: 'application/octet-stream', bytes: EVERY_BYTE },
      },
      keeps: { file: id('cfile_') },
    },
    { does: 'content of a container', at: 'containers/<container>/files/<file>/content', way: 'binary' },
    { does: 'container deleted', at: 'containers/<container>', method: 'DELETE' },
  ],
};

const VIDEOS: Flow = {
  name: 'videos',
  scope: 'v1',
  model: 'chat',
  steps: [
    { does: 'video', at: 'videos', body: { model: '<model>', prompt: 'A cat' }, keeps: { video: id('video_') } },
    { does: 'videos', at: 'videos', reach: 'all' },
    { does: 'video read', at: 'videos/<video>', afterMs: 20_000 },
    { does: 'film', at: 'videos/<video>/content', way: 'binary' },
    { does: 'video deleted', at: 'videos/<video>', method: 'DELETE' },
    {
      does: 'video job',
      at: 'video/generations/jobs',
      body: { model: '<model>', prompt: 'A dog' },
      keeps: { job: /"id": ?"([\w.-]+)"/ },
    },
    {
      does: 'video job read',
      at: 'video/generations/jobs/<job>',
      afterMs: 20_000,
      keeps: { film: /"generations": ?\[\{[^}]*"id": ?"([\w.-]+)"/ },
    },
    { does: 'film of the job', at: 'video/generations/<film>/content/video', way: 'binary' },
  ],
};

const MODELS: Flow = {
  name: 'models',
  scope: 'resource',
  model: '',
  steps: [
    { does: 'models', at: 'models', reach: 'all' },
    { does: 'model', at: 'models/gpt-4o-2024-11-20' },
    { does: 'model refused: none', at: 'models/nothing' },
    { does: 'deployments, as in 2023', at: 'deployments' },
  ],
};

export const OBJECTS: readonly Flow[] = [
  FILES,
  UPLOADS,
  BATCHES,
  VECTOR_STORES,
  ASSISTANTS,
  TUNING,
  EVALS,
  CONTAINERS,
  VIDEOS,
  MODELS,
];
