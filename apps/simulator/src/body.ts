/** Reads the body of a request, up to a limit. */
import type { IncomingMessage } from 'node:http';

/**
 * Calls `done` once: with the bytes, or with null as soon as the body is known to be larger than `bytesMax`.
 * @param left called instead where the client leaves before the end.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  done: (body: Buffer | null) => void,
  left: () => void = () => {},
): void {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) {
    done(null);
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  let over = false;
  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
    else {
      over = true;
      request.off('data', onData).off('end', onEnd).pause();
      done(null);
    }
  };
  const onEnd = (): void => {
    over = true;
    const [first] = chunks;
    done(chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks));
  };
  const onClose = (): void => {
    if (!over) left();
  };
  request.on('data', onData).on('end', onEnd).on('close', onClose);
}
