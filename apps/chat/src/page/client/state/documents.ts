/** The documents that are asked, and what is on its way to them. */
import { computed, signal } from '@preact/signals';
import type { CollectionList } from '../../../server/api.ts';
import type { DocumentRow } from '../../../store/store.ts';
import { bytesText } from '../format.ts';
import type { Told } from '../model/telling.ts';
import type { JobView } from '../shapes.ts';
import { type Upload, upload } from '../upload.ts';
import { succeeded, tell } from './notices.ts';
import { api } from './server.ts';
import { config } from './session.ts';
import { codeText, refusalText, unreadTold } from './telling.ts';
import { locale, t } from './words.ts';

export interface Sending {
  readonly key: number;
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
  readonly state: 'sending' | 'waiting' | 'reading' | 'done' | 'failed';
  readonly jobId: string | null;
  readonly reason: Told | null;
  readonly notes: readonly string[];
  /** When it goes on by itself; null: it waits for no model. */
  readonly retryAtMs: number | null;
}

/** Which of them are listed: those whose name holds this, of this collection (null: of none; undefined: of any). */
export interface Filter {
  readonly search: string;
  readonly collection: string | null | undefined;
}

const EVERYTHING: Filter = { search: '', collection: undefined };
export const filter = signal<Filter>(EVERYTHING);
export const documents = signal<readonly DocumentRow[] | null>(null);
/** Where the list goes on; null: that is all of it. */
const next = signal<string | null>(null);
export const hasMore = computed(() => next.value !== null);
/** null: not read so far. */
export const collections = signal<CollectionList | null>(null);
export const sendings = signal<readonly Sending[]>([]);

/** Between two looks at what is being indexed. Milliseconds. */
const LOOK_MS = 700;
/** Of one choice; more are refused, with a sentence. */
const FILES_MAX = 50;
let keys = 0;
let looking: ReturnType<typeof setTimeout> | null = null;

/** With their collections. */
export async function readAll(): Promise<void> {
  await Promise.all([readDocuments(), readCollections()]);
}

async function readCollections(): Promise<void> {
  const answer = await api.collections();
  if (succeeded(answer)) collections.value = answer.value;
}

async function readDocuments(): Promise<void> {
  await read(null, []);
}

export async function readMore(): Promise<void> {
  await read(next.value, documents.value ?? []);
}

async function read(after: string | null, before: readonly DocumentRow[]): Promise<void> {
  const wanted = filter.value;
  const answer = await api.documents({ after, ...wanted });
  // Overtaken by what was wanted since.
  if (wanted !== filter.value || !succeeded(answer)) return;
  documents.value = [...before, ...answer.value.documents];
  next.value = answer.value.next;
}

export async function show(to: Partial<Filter>): Promise<void> {
  filter.value = { ...filter.value, ...to };
  await readDocuments();
}

export async function removeDocument({ id }: DocumentRow): Promise<boolean> {
  if (!succeeded(await api.removeDocument(id))) return false;
  documents.value = (documents.value ?? []).filter((row) => row.id !== id);
  void readCollections();
  return true;
}

type Fields = Omit<Upload, 'file'>;

/** From the file that the server keeps; shown among those that are sent. */
export async function reindexDocument({ id, title }: DocumentRow): Promise<void> {
  const answer = await api.reindex(id);
  if (!succeeded(answer)) return;
  const job = answer.value;
  sendings.value = [{ key: ++keys, name: title, share: 1, jobId: job.id, ...toldOf(job) }, ...sendings.value];
  await look();
}

/** One after the other: each has all of the line. */
export async function send(files: readonly File[], fields: Fields): Promise<void> {
  if (files.length > FILES_MAX) tell(t('tooManyFiles', { most: FILES_MAX }));
  const queue = files.slice(0, FILES_MAX).map((file) => ({ file, key: ++keys }));
  sendings.value = [...queue.map(({ file, key }) => waiting(file, key)), ...sendings.value];
  for (const { file, key } of queue) {
    const refused = refusalOf(file);
    if (refused !== null) update(key, { state: 'failed', reason: plain(refused) });
    else await sendOne(file, key, fields);
  }
}

function waiting(file: File, key: number): Sending {
  return { key, name: file.name, share: 0, state: 'sending', jobId: null, reason: null, notes: [], retryAtMs: null };
}

/** Said here, before all of it has gone up. */
function refusalOf({ size }: File): string | null {
  const most = config.value?.uploadBytesMax ?? Number.POSITIVE_INFINITY;
  return size > most ? t('fileTooLarge', { most: bytesText(most, locale.value) }) : null;
}

async function sendOne(file: File, key: number, fields: Fields): Promise<void> {
  const answer = await upload({ file, ...fields }, (share) => update(key, { share }));
  if (answer.kind === 'ok') {
    update(key, { share: 1, jobId: answer.value.id, ...toldOf(answer.value) });
    await look();
  } else
    update(key, {
      state: 'failed',
      reason: plain(answer.kind === 'locked' ? codeText(answer) : refusalText(answer)),
    });
}

function update(key: number, to: Partial<Sending>): void {
  sendings.value = sendings.value.map((each) => (each.key === key ? { ...each, ...to } : each));
}

export function clearEnded(): void {
  sendings.value = sendings.value.filter(({ state }) => state !== 'done' && state !== 'failed');
}

const isUnderWay = ({ state, jobId }: Sending): boolean =>
  jobId !== null && (state === 'waiting' || state === 'reading');

/** At what is being indexed, until all is; then at the list. */
async function look(): Promise<void> {
  if (looking !== null) clearTimeout(looking);
  looking = null;
  const answer = await api.jobs();
  if (answer.kind === 'ok') for (const job of answer.value) takeJob(job);
  if (sendings.value.some(isUnderWay)) looking = setTimeout(() => void look(), LOOK_MS);
  await (sendings.value.some(isUnderWay) ? readDocuments() : readAll());
}

function takeJob(job: JobView): void {
  sendings.value = sendings.value.map((each) => (each.jobId === job.id ? { ...each, ...toldOf(job) } : each));
}

/** A job may be done although its one file failed: it was no failure of the job. */
function toldOf({
  state,
  last,
  reason,
  retryAtMs,
}: JobView): Pick<Sending, 'state' | 'reason' | 'notes' | 'retryAtMs'> {
  if (last?.kind === 'failed') return { state: 'failed', reason: unreadTold(last), notes: [], retryAtMs };
  const notes = last?.kind === 'indexed' ? last.notes : last?.kind === 'unchanged' ? [t('unchanged')] : [];
  // Of a job of one file it is the index itself that failed.
  return {
    state: STATES[state],
    reason: reason === null ? null : unreadTold({ code: 'inside', reason }),
    notes,
    retryAtMs,
  };
}

function plain(text: string): Told {
  return { text, detail: null };
}

const STATES: Readonly<Record<JobView['state'], Sending['state']>> = {
  waiting: 'waiting',
  running: 'reading',
  done: 'done',
  failed: 'failed',
  stopped: 'failed',
};
