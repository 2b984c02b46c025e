/** What the simulator sends for the two requests of the load, for the bare server to send the same. */

export interface Sample {
  readonly answer: { readonly headers: readonly string[]; readonly text: string };
  /** The events in groups as they belong together: one write each. */
  readonly stream: { readonly headers: readonly string[]; readonly events: readonly string[] };
}

/** Node writes these itself. */
const OF_NODE = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding']);

export async function sampleOf(
  port: number,
  bodies: { readonly answer: string; readonly stream: string },
): Promise<Sample> {
  const answer = await ask(port, bodies.answer);
  const stream = await ask(port, bodies.stream);
  return { answer, stream: { headers: stream.headers, events: eventsIn(stream.text) } };
}

async function ask(port: number, body: string): Promise<Sample['answer']> {
  const response = await fetch(
    `http://127.0.0.1:${port}/openai/deployments/chat/chat/completions?api-version=2024-10-21`,
    {
      method: 'POST',
      headers: { 'api-key': 'bench-key', 'content-type': 'application/json' },
      body,
    },
  );
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the simulator answered ${response.status}: ${text}`);
  const headers = [...response.headers].filter(([name]) => !OF_NODE.has(name)).flat();
  return { headers, text };
}

/** Content events one by one; what comes before the first goes with it, and what follows the last goes with that. */
export function eventsIn(text: string): readonly string[] {
  const blocks = text.split('\n\n').filter((block) => block !== '');
  const groups: string[] = [];
  let waiting = '';
  for (const block of blocks) {
    waiting += `${block}\n\n`;
    if (!hasContent(block)) continue;
    groups.push(waiting);
    waiting = '';
  }
  const last = groups.pop() ?? '';
  return [...groups, last + waiting];
}

function hasContent(block: string): boolean {
  const match = /"delta":\{"content":"((?:[^"\\]|\\.)+)"/.exec(block);
  return match !== null && !block.includes('"role"');
}
