/** The documents as tools of the Model Context Protocol: `search_documents`, `read_document`, over streamable HTTP without sessions. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { tooMany } from '../server/chat-routes.ts';
import { NO_ID } from '../server/content-route.ts';
import type { Ctx, Env, Parts } from '../server/context.ts';
import { bodyOf, refuse } from '../server/reply.ts';
import { citeOf } from './told.ts';

const QUERY_CHARS_MAX = 2_000;
const PATH_CHARS_MAX = 1_000;
/** Of a document, in one answer. UTF-16 units. */
const READ_CHARS_MAX = 20_000;

export function mcpRoutes(app: Hono<Env>, parts: Parts): void {
  app.post('/mcp', (c) => answered(c, parts));
  app.on(['GET', 'DELETE'], '/mcp', (c) => {
    // Without sessions there is neither a stream to listen to nor anything to end. Source: MCP 2025-06-18, "Streamable HTTP".
    return new Response(null, { status: 405, headers: { allow: 'POST', 'x-asked': c.req.method } });
  });
}

/** One at a time: many in one request were one question for the limits. Source: MCP 2025-06-18, which took batches out. */
const message = z.looseObject({ jsonrpc: z.literal('2.0') });

/** A server for each request: it keeps nothing, and answers on behalf of who asks. */
async function answered(c: Ctx, parts: Parts): Promise<Response> {
  const sent = await bodyOf(c, message);
  if (sent.kind === 'refused') return sent.response;
  const refusal = tooMany(c, parts);
  if (refusal !== null) return refusal;
  // Only here: an app that no agent asks does not load it.
  const [{ McpServer }, { WebStandardStreamableHTTPServerTransport }] = await Promise.all([
    import('@modelcontextprotocol/sdk/server/mcp.js'),
    import('@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'),
  ]);
  const server = new McpServer({ name: 'spillway-documents', version: parts.version });
  server.registerTool('search_documents', SEARCH, async ({ query, top }) =>
    textAnswer(await search(c, parts, query, top)),
  );
  server.registerTool('read_document', READ, async ({ path, from }) => {
    const text = await read(c, parts, path, from);
    return text === null ? { ...textAnswer('There is no such document.'), isError: true } : textAnswer(text);
  });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  try {
    await server.connect(transport);
    return await transport.handleRequest(c.req.raw, { parsedBody: sent.value });
  } catch (error) {
    parts.log('error', 'A request of an agent failed.', { reason: String(error) });
    return refuse(c, 500, 'internal', 'The app failed at this request; its log says why.');
  } finally {
    await server.close();
  }
}

const SEARCH = {
  title: 'Search the documents',
  description: 'Finds passages of the documents by words and meaning. Each comes with the path and page to cite it by.',
  inputSchema: {
    query: z.string().min(1).max(QUERY_CHARS_MAX),
    top: z.number().int().min(1).max(20).optional().describe('Passages; 6 unless told'),
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
};

const READ = {
  title: 'Read a document',
  description: `Text of one document by its path, at most ${READ_CHARS_MAX} characters at a time.`,
  inputSchema: {
    path: z.string().min(1).max(PATH_CHARS_MAX),
    from: z.number().int().min(0).optional().describe('Character to begin at; 0 unless told'),
  },
  annotations: { readOnlyHint: true, openWorldHint: false },
};

function textAnswer(text: string) {
  return { content: [{ type: 'text' as const, text }] };
}

async function search(c: Ctx, { retriever }: Parts, query: string, top: number | undefined): Promise<string> {
  const overrides = top === undefined ? {} : { top };
  const { told } = await retriever.retrieve({ queries: [query], reader: c.get('reader'), overrides }, c.req.raw.signal);
  const passages = told.map(
    (source) => `[${citeOf(source)}] ${[source.title, ...source.headings].join(' › ')}\n${source.text}`,
  );
  return passages.length === 0 ? 'Nothing was found.' : passages.join('\n\n');
}

async function read(c: Ctx, { documents }: Parts, path: string, from = 0): Promise<string | null> {
  const row = await documents.byPath(path);
  const text = await documents.text(row?.id ?? NO_ID, c.get('reader'));
  if (text === null) return null;
  const end = Math.min(text.length, from + READ_CHARS_MAX);
  return end < text.length
    ? `${text.slice(from, end)}\n\n(goes on at character ${end} of ${text.length})`
    : text.slice(from);
}
