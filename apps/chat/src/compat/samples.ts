/** The routes of the samples' servers: `/chat`, `/chat/stream`, `/ask`, `/config`, `/auth_setup`. */
import type { Hono } from 'hono';
import { uploadRight } from '../auth/uploads.ts';
import { noRoom, tooMany } from '../server/chat-routes.ts';
import type { Ctx, Env, Parts } from '../server/context.ts';
import { bodyOf, linesOf, streamed } from '../server/reply.ts';
import { all, answered, type CompatAsk, conversationOf } from './ask.ts';
import { RENDERINGS, type Rendering } from './dialect.ts';
import { dialectOf, overridesOf, sampleRequest } from './request.ts';
import { failureIn, statusOf, textOf } from './told.ts';

export function sampleRoutes(app: Hono<Env>, parts: Parts): void {
  app.post('/chat', (c) => asked(c, parts, { mode: 'chat', streams: 'ifAsked' }));
  app.post('/chat/stream', (c) => asked(c, parts, { mode: 'chat', streams: 'always' }));
  app.post('/ask', (c) => asked(c, parts, { mode: 'ask', streams: 'never' }));
  app.get('/config', (c) => c.json(configOf(c, parts)));
  app.get('/auth_setup', (c) => c.json(NO_LOGIN));
}

interface How {
  readonly mode: 'chat' | 'ask';
  readonly streams: 'always' | 'ifAsked' | 'never';
}

async function asked(c: Ctx, parts: Parts, { mode, streams }: How): Promise<Response> {
  const read = await bodyOf(c, sampleRequest);
  if (read.kind === 'refused') return read.response;
  const refusal = tooMany(c, parts) ?? noRoom(c, parts);
  if (refusal !== null) return refusal;
  const request = read.value;
  const rendering = RENDERINGS[dialectOf(request, c.req.header('x-chat-dialect'), parts.settings.page.dialect)];
  const conversation = conversationOf(request.messages);
  if (conversation === null) return c.json(rendering.error(400, 'badRequest', 'No message asks anything.'), 400);
  const ask: CompatAsk = { ...conversation, mode, overrides: overridesOf(request), reader: c.get('reader') };
  const state = request.session_state ?? request.sessionState ?? null;
  const isStreamed = streams === 'always' || (streams === 'ifAsked' && request.stream === true);
  const events = answered(ask, parts, c.req.raw.signal);
  if (isStreamed) return streamed(linesOf(rendering.stream(events, state)), rendering.streamType);
  return whole(c, rendering, await all(events), state);
}

/** What was written before a failure is an answer, too. */
function whole(c: Ctx, rendering: Rendering, events: Awaited<ReturnType<typeof all>>, state: unknown): Response {
  const failure = failureIn(events);
  if (failure === null || textOf(events) !== '') return c.json(rendering.whole(events, state));
  const status = statusOf(failure);
  if (failure.retryAfterMs !== null) c.header('retry-after', String(Math.ceil(failure.retryAfterMs / 1_000)));
  return c.json(rendering.error(status, failure.kind, failure.message), status);
}

/** The Python front end asks what it may show. */
function configOf(c: Ctx, { settings, documents }: Parts): Readonly<Record<string, boolean | string>> {
  const { languagePicker, speechInput, speechOutput } = settings.page;
  return {
    showMultimodalOptions: false,
    showSemanticRankerOption: documents.searchRanked !== undefined || settings.retrieval.rerank === 'model',
    showQueryRewritingOption: false,
    showReasoningEffortOption: settings.models.isReasoning,
    streamingEnabled: true,
    defaultReasoningEffort: settings.models.reasoningEffort ?? '',
    showVectorOption: settings.models.embedding !== null,
    showUserUpload: uploadRight(c.get('reader'), settings).kind !== 'none',
    showLanguagePicker: languagePicker,
    showSpeechInput: speechInput,
    showSpeechOutputBrowser: speechOutput,
    showSpeechOutputAzure: false,
    showChatHistoryBrowser: true,
    showChatHistoryCosmos: false,
    showAgenticRetrievalOption: false,
  };
}

/** Sign-in of ours comes before any page of theirs. */
const NO_LOGIN = {
  useLogin: false,
  requireAccessControl: false,
  enableUnauthenticatedAccess: true,
  msalConfig: { auth: { clientId: '', authority: '', redirectUri: '/redirect', postLogoutRedirectUri: '/' } },
  loginRequest: { scopes: [] },
  tokenRequest: { scopes: [] },
};
