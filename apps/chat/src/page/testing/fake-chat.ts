/** A chat server for tests of the page: its API whole, its answers from a script, everything that it was asked kept to be looked at. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { stream } from 'hono/streaming';
import type { AnswerEvent } from '../../events.ts';
import type { FileOutcome } from '../../ingest/progress.ts';
import type { ChatRequest, ConfigView, MeView, TurnView } from '../../server/api.ts';
import type { ConversationRow, DocumentRow } from '../../store/store.ts';
import { pageResponse } from '../page.ts';
import { CHUNKS, DOCUMENTS, HANDBOOK_TEXT, type Part, SOURCES, wholeAnswer } from './script.ts';

export type Script = (question: string, times: number) => readonly Part[] | Response;

export interface FakeOptions {
  readonly script?: Script;
  readonly config?: Partial<ConfigView>;
  readonly me?: Partial<MeView>;
  /** Asked for before anything is shown. */
  readonly password?: string;
}

const CONFIG: ConfigView = {
  version: '0.1.0',
  auth: 'none',
  signInUrl: null,
  title: 'Aster Lane documents',
  examples: ['How much is the deposit?', 'When may I arrive?', 'Are pets welcome?'],
  retrieval: { mode: 'text', why: 'Searched by words: no embedding deployment was found.', isProbing: false },
  mayUpload: true,
  uploadBytesMax: 1_000_000,
  uploadTypes: ['.pdf', '.docx', '.md', '.txt'],
  speechInput: true,
  speechOutput: true,
  languagePicker: true,
  defaults: { top: 5, followups: true, rerank: true },
};

interface Job {
  readonly id: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  last: FileOutcome | null;
  readonly reason: null;
  retryAtMs: number | null;
}

interface Turn {
  readonly view: TurnView;
  readonly log: AnswerEvent[];
  wake: () => void;
  isOver: boolean;
}

export class FakeChat {
  readonly #options: FakeOptions;
  readonly #app = new Hono();
  readonly #server: Server;
  readonly conversations = new Map<string, { row: ConversationRow; turns: Turn[] }>();
  readonly asked: ChatRequest[] = [];
  /** Method and path of everything below /api. */
  readonly requests: string[] = [];
  readonly feedback: unknown[] = [];
  documents: readonly DocumentRow[] = DOCUMENTS;
  /** What has changed of it since the start. */
  config: Partial<ConfigView> = {};
  /** Of documents by their ids; of others it is the handbook's. */
  readonly texts = new Map<string, string>();
  /** To conversations that are shared, by their ids. */
  readonly links = new Map<string, string>();
  readonly jobs: Job[] = [];
  /** What came beside each file. */
  readonly uploads: Readonly<Record<string, unknown>>[] = [];
  readonly #turns = new Map<string, Turn>();
  #isOpen: boolean;

  constructor(options: FakeOptions = {}) {
    this.#options = options;
    this.#isOpen = options.password === undefined;
    this.#routes();
    this.#server = createServer(getRequestListener(this.#app.fetch));
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? `http://127.0.0.1:${address.port}/` : '';
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #routes(): void {
    const app = this.#app;
    app.use('/api/*', async (c, next) => {
      this.requests.push(`${c.req.method} ${c.req.path}${new URL(c.req.url).search}`);
      const isFree = ['/api/config', '/api/sign-in'].includes(c.req.path);
      if (!this.#isOpen && !isFree) return refuse(c, 401, 'signIn', 'Sign in first.');
      return next();
    });
    app.get('/api/config', (c) => c.json({ ...CONFIG, ...this.#options.config, ...this.config }));
    app.get('/api/me', (c) => c.json(this.#me()));
    app.post('/api/sign-in', (c) => this.#signIn(c));
    app.post('/api/chat', (c) => this.#ask(c));
    app.get('/api/chat/:id/stream', (c) => this.#resume(c));
    app.post('/api/chat/:id/stop', (c) => c.body(null, 204));
    app.post('/api/feedback', async (c) => {
      this.feedback.push(await c.req.json());
      return c.body(null, 204);
    });
    this.#conversationRoutes();
    this.#documentRoutes();
    app.get('/content/*', (c) => c.text('the original'));
    app.get('*', async (c) => {
      const { path } = c.req;
      const ifNoneMatch = c.req.header('if-none-match') ?? null;
      const page = await pageResponse({ path, ifNoneMatch, acceptEncoding: c.req.header('accept-encoding') ?? null });
      return page ?? c.notFound();
    });
  }

  #me(): MeView {
    return { user: 'local', groups: [], isAdmin: true, auth: 'none', ...this.#options.me };
  }

  async #signIn(c: Context): Promise<Response> {
    const { password } = await c.req.json<{ password: string }>();
    if (password !== this.#options.password) return refuse(c, 401, 'wrong', 'That is not the password.');
    this.#isOpen = true;
    return c.json(this.#me());
  }

  #conversationRoutes(): void {
    const app = this.#app;
    app.get('/api/conversations', (c) => {
      const search = (c.req.query('search') ?? '').toLowerCase();
      const rows = [...this.conversations.values()].map(({ row }) => row);
      const found = rows.filter(({ title }) => title.toLowerCase().includes(search));
      return c.json({ conversations: found });
    });
    app.delete('/api/conversations', (c) => {
      this.conversations.clear();
      return c.json({ removed: 1 });
    });
    app.get('/api/conversations/:id', (c) => {
      const found = this.conversations.get(c.req.param('id'));
      if (found === undefined) return refuse(c, 404, 'noConversation', 'There is no such conversation.');
      const answering = found.turns.find(({ isOver }) => !isOver)?.view.id ?? null;
      const turns = found.turns.filter(({ isOver }) => isOver).map(viewOf);
      return c.json({ conversation: found.row, turns, answering });
    });
    app.patch('/api/conversations/:id', async (c) => {
      const found = this.conversations.get(c.req.param('id'));
      if (found !== undefined) found.row = { ...found.row, ...(await c.req.json<object>()) };
      return found === undefined ? refuse(c, 404, 'noConversation', 'There is none.') : c.body(null, 204);
    });
    app.delete('/api/conversations/:id', (c) => {
      this.conversations.delete(c.req.param('id'));
      return c.body(null, 204);
    });
    this.#shareRoutes();
    app.get('/api/conversations/:id/export', (c) =>
      c.body('# exported', 200, { 'content-disposition': 'attachment; filename="conversation.md"' }),
    );
  }

  #shareRoutes(): void {
    const app = this.#app;
    const path = '/api/conversations/:id/share';
    const shareOf = (link: string) => ({ link, url: `/shared/${link}`, sharedMs: Date.UTC(2026, 10, 20) });
    app.get(path, (c) => {
      const link = this.links.get(c.req.param('id'));
      return c.json(link === undefined ? { link: null, url: null, sharedMs: null } : shareOf(link));
    });
    app.post(path, (c) => {
      const id = c.req.param('id');
      this.links.set(id, this.links.get(id) ?? `link-of-${id}`);
      return c.json(shareOf(`link-of-${id}`));
    });
    app.delete(path, (c) =>
      this.links.delete(c.req.param('id')) ? c.body(null, 204) : refuse(c, 404, 'notShared', 'It is not shared.'),
    );
    app.get('/api/shared/:link', (c) => {
      const { link } = c.req.param();
      const [id = ''] = [...this.links].find(([, each]) => each === link) ?? [];
      const found = this.conversations.get(id);
      if (found === undefined) return refuse(c, 404, 'noLink', 'Nothing is shared by this link.');
      const { title } = found.row;
      return c.json({ title, sharedMs: shareOf(link).sharedMs, turns: found.turns.map(viewOf).map(withheld) });
    });
  }

  #documentRoutes(): void {
    const app = this.#app;
    app.get('/api/documents', (c) => {
      const { search = '', category } = c.req.query();
      const isWanted = ({ title, category: of }: DocumentRow) =>
        title.toLowerCase().includes(search.toLowerCase()) && (category === undefined || category === (of ?? ''));
      return c.json({ documents: this.documents.filter(isWanted), next: null });
    });
    this.#collectionRoutes();
    app.post('/api/documents', async (c) => {
      const { file, ...fields } = await c.req.parseBody();
      if (file !== undefined) this.uploads.push(fields);
      const job: Job = { id: `j${this.jobs.length + 1}`, state: 'waiting', last: null, reason: null, retryAtMs: null };
      this.jobs.push(job);
      return c.json({ job }, 202);
    });
    app.post('/api/documents/:id/reindex', (c) => {
      const last: FileOutcome = { kind: 'indexed', path: 'a.md', id: c.req.param('id'), chunks: 4, notes: [] };
      const job: Job = { id: `j${this.jobs.length + 1}`, state: 'done', last, reason: null, retryAtMs: null };
      this.jobs.push(job);
      return c.json({ job }, 202);
    });
    app.get('/api/jobs', (c) => c.json({ jobs: this.jobs }));
    app.get('/api/documents/:id/text', (c) => c.json({ text: this.texts.get(c.req.param('id')) ?? HANDBOOK_TEXT }));
    app.get('/api/documents/:id/chunks', (c) => c.json({ chunks: c.req.param('id') === 'd1' ? CHUNKS : [] }));
    app.delete('/api/documents/:id', (c) => {
      this.documents = this.documents.filter(({ id }) => id !== c.req.param('id'));
      return c.body(null, 204);
    });
  }

  #collectionRoutes(): void {
    const app = this.#app;
    const put = (isMoved: (row: DocumentRow) => boolean, category: string | null): void => {
      this.documents = this.documents.map((row) => (isMoved(row) ? { ...row, category } : row));
    };
    app.get('/api/collections', (c) => {
      const names = [...new Set(this.documents.map(({ category }) => category))];
      const collections = names.map((name) => {
        const of = this.documents.filter(({ category }) => category === name);
        return { name, documents: of.length, chunks: 4, bytes: 1_200_000, indexedMs: Date.UTC(2026, 10, 20) };
      });
      return c.json({ collections, isWhole: true });
    });
    app.patch('/api/documents', async (c) => {
      const { documents, category } = await c.req.json<{ documents: string[]; category: string | null }>();
      put(({ id }) => documents.includes(id), category);
      return c.json({ moved: documents.length });
    });
    app.patch('/api/collections/:name', async (c) => {
      const { name } = await c.req.json<{ name: string }>();
      put(({ category }) => category === c.req.param('name'), name);
      return c.json({ moved: 1 });
    });
    app.delete('/api/collections/:name', (c) => {
      this.documents = this.documents.filter(({ category }) => category !== c.req.param('name'));
      return c.json({ removed: 1 });
    });
    app.get('/api/me/data', (c) => {
      const { size } = this.conversations;
      const own = { documents: 1, documentBytes: 1_200_000 };
      return c.json({ conversations: size, questions: this.asked.length, rated: 0, shared: this.links.size, ...own });
    });
    app.get('/api/me/export', (c) =>
      c.body('{}', 200, { 'content-disposition': 'attachment; filename="spillway-chat.json"' }),
    );
  }

  async #ask(c: Context): Promise<Response> {
    const request = await c.req.json<ChatRequest>();
    this.asked.push(request);
    const times = this.asked.filter(({ question }) => question === request.question).length;
    const parts = this.#options.script?.(request.question, times) ?? wholeAnswer();
    if (parts instanceof Response) return parts;
    const turn = this.#begin(request);
    void this.#play(turn, parts);
    return this.#stream(c, turn, 0);
  }

  #begin({ question, conversationId, replaces }: ChatRequest): Turn {
    const id = conversationId ?? `c${this.conversations.size + 1}`;
    const now = Date.now();
    const row = { id, user: null, title: question.slice(0, 40), isPinned: false, createdMs: now, changedMs: now };
    const kept = this.conversations.get(id) ?? { row, turns: [] };
    this.conversations.set(id, kept);
    const view: TurnView = {
      id: `t${this.asked.length}`,
      conversation: id,
      replaces: replaces ?? null,
      question,
      answer: '',
      events: [],
      feedback: null,
      createdMs: now,
    };
    const turn: Turn = { view, log: [], wake: () => {}, isOver: false };
    kept.turns.push(turn);
    this.#turns.set(view.id, turn);
    return turn;
  }

  async #play(turn: Turn, parts: readonly Part[]): Promise<void> {
    const of = { turnId: turn.view.id, conversationId: turn.view.conversation };
    for (const part of [
      { type: 'begun', ...of, question: turn.view.question } as const,
      ...parts,
      { type: 'done', ...of } as const,
    ]) {
      if (part.type === 'gate') await part.open;
      else if (part.type === 'cut') this.#server.closeAllConnections();
      else turn.log.push({ ...part, id: turn.log.length + 1 });
      turn.isOver = part.type === 'done';
      turn.wake();
    }
  }

  #resume(c: Context): Response {
    const turn = this.#turns.get(c.req.param('id') ?? '');
    if (turn === undefined) return refuse(c, 404, 'noTurn', 'There is no such answer.');
    return this.#stream(c, turn, Number(c.req.query('after') ?? 0));
  }

  #stream(c: Context, turn: Turn, after: number): Response {
    c.header('content-type', 'application/x-ndjson');
    return stream(c, async (out) => {
      for (let at = after; !out.aborted; ) {
        for (; at < turn.log.length; at++) await out.write(`${JSON.stringify(turn.log[at])}\n`);
        if (turn.isOver) return;
        const before = turn.wake;
        await new Promise<void>((resolve) => {
          turn.wake = () => {
            before();
            resolve();
          };
        });
      }
    });
  }
}

function viewOf({ view, log }: Turn): TurnView {
  const answer = log.map((event) => (event.type === 'delta' ? event.text : '')).join('');
  return { ...view, answer, events: log.filter(({ type }) => type !== 'delta') };
}

/** The first source stays away from whoever reads what is shared, as if its document were closed to that reader. */
function withheld(turn: TurnView): object {
  const [first, ...others] = SOURCES;
  const nothing = { documentId: '', chunkId: '', path: '', headings: [], pageFrom: null, pageTo: null, text: '' };
  const sources = [{ ...first, ...nothing, start: 0, end: 0, isWithheld: true }, ...others];
  return { ...turn, events: turn.events.map((event) => (event.type === 'sources' ? { ...event, sources } : event)) };
}

function refuse(c: Context, status: 401 | 404, code: string, message: string): Response {
  return c.json({ error: { code, message } }, status);
}

/** A refusal as the server sends it. */
export function refusal(status: number, error: object): Response {
  return new Response(JSON.stringify({ error }), { status, headers: { 'content-type': 'application/json' } });
}
