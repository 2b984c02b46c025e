/** Certificate and key of the listener: read, tried, and read again when the files change. */
import type { Server } from 'node:http';
import { createSecureContext, Server as TlsServer } from 'node:tls';
import type { Clock } from '@spillway/clock';
import type { TlsFiles } from '@spillway/config';
import { codeOf, type ReadFile, readTextFile } from '../configure/load.ts';
import { nodeStamps, type Stamps, StampWatch } from '../configure/stamp-watch.ts';

/** What a TLS server is made with. */
export interface TlsPair {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.2';
}

export interface TlsParts {
  readonly files: TlsFiles;
  readonly clock: Clock;
  /** Told of each new pair, and of each that does not serve; holds nothing of a key. */
  readonly onChange: (problem: string | null) => void;
  readonly disk?: Stamps & { readonly read: ReadFile };
}

/** @returns why it does not serve, with the way out. */
export function readTlsPair({ certFile, keyFile }: TlsFiles, read: ReadFile = readTextFile): TlsPair | string {
  const texts: string[] = [];
  for (const [key, file] of Object.entries({ certFile, keyFile })) {
    try {
      texts.push(read(file));
    } catch (error) {
      return `tls.${key}: ${file} cannot be read (${codeOf(error)}); check the path, and that this user may read it`;
    }
  }
  const [cert = '', key = ''] = texts;
  const pair: TlsPair = { cert, key, minVersion: 'TLSv1.2' };
  try {
    createSecureContext(pair);
    return pair;
  } catch (error) {
    return `tls: ${certFile} and ${keyFile} do not serve (${codeOf(error)}); give a PEM certificate and its own key, without a passphrase`;
  }
}

/** Keeps a listener's certificate as its files are. */
export class TlsKeeper {
  readonly #parts: TlsParts;
  readonly #disk: Stamps & { readonly read: ReadFile };
  #files: TlsFiles;
  #pair: TlsPair;
  #server: Server | null = null;
  #watch: StampWatch | null = null;
  #problem: string | null = null;

  constructor(parts: TlsParts, pair: TlsPair) {
    this.#parts = parts;
    this.#disk = parts.disk ?? { read: readTextFile, ...nodeStamps };
    this.#files = parts.files;
    this.#pair = pair;
  }

  get pair(): TlsPair {
    return this.#pair;
  }

  /** From now on the server's connections get the newest pair. */
  keep(server: Server): void {
    this.#server = server;
    this.#watchFiles();
  }

  /** Other files. @returns why they do not serve, and are not taken; null where they are. */
  change(files: TlsFiles): string | null {
    const { certFile, keyFile } = files;
    if (certFile === this.#files.certFile && keyFile === this.#files.keyFile) return null;
    const pair = readTlsPair(files, this.#disk.read);
    if (typeof pair === 'string') return pair;
    this.#files = files;
    this.#take(pair);
    this.#watch?.close();
    this.#watchFiles();
    return null;
  }

  close(): void {
    this.#watch?.close();
  }

  #watchFiles(): void {
    const { certFile, keyFile } = this.#files;
    const onChanged = (): void => this.#look();
    const paths = (): readonly string[] => [certFile, keyFile];
    this.#watch = new StampWatch({ file: certFile, paths, clock: this.#parts.clock, files: this.#disk, onChanged });
  }

  #look(): void {
    const pair = readTlsPair(this.#files, this.#disk.read);
    if (typeof pair === 'string') {
      if (pair !== this.#problem) this.#parts.onChange(pair);
      this.#problem = pair;
      return;
    }
    const isNew = pair.cert !== this.#pair.cert || pair.key !== this.#pair.key;
    const wasBad = this.#problem !== null;
    this.#problem = null;
    if (isNew) this.#take(pair);
    if (isNew || wasBad) this.#parts.onChange(null);
  }

  #take(pair: TlsPair): void {
    this.#pair = pair;
    if (this.#server instanceof TlsServer) this.#server.setSecureContext(pair);
  }
}
