/** Opens a listening port, and says in a person's words why it cannot. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';

/** The program was asked for something it must not or cannot do; the message says the way out. */
export class UsageError extends Error {}

/**
 * @param flag the command-line flag that sets the port, for the error.
 * @returns the URL to reach it by.
 * @throws UsageError
 */
export async function listenOn(server: Server, host: string, port: number, flag: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Error) => reject(listenError(error, host, port, flag));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`no address after listening on ${host}:${port}`);
  return urlOf(address, server instanceof TlsServer ? 'https' : 'http');
}

function urlOf({ address, family, port }: AddressInfo, scheme: string): string {
  const everywhere = address === '0.0.0.0' || address === '::';
  const shown = everywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `${scheme}://${shown}:${port}`;
}

function listenError(error: Error, host: string, port: number, flag: string): UsageError {
  const code = 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE') {
    return new UsageError(`${flag} ${port}: another program listens on ${host}:${port}; choose another port.`);
  }
  if (code === 'EACCES') {
    return new UsageError(`${flag} ${port}: not allowed to listen on ${host}:${port}; choose a port above 1023.`);
  }
  return new UsageError(`${flag} ${port}: cannot listen on ${host}:${port} (${error.message}).`);
}
