/** Reads the body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';

/**
 * Calls `done` once: with the bytes, or with null as soon as the body is known to be larger than `bytesMax`.
 * It is not called where the client leaves before the end.
 */
export function readBody(request: IncomingMessage, bytesMax: number, done: (body: Buffer | null) => void): void {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    done(null);
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
    else {
      request.off('data', onData).off('end', onEnd).pause();
      done(null);
    }
  };
  const onEnd = (): void => {
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
  };
  request.on('data', onData).on('end', onEnd);
}
