/**
 * What stands before the exchanges, and outlives a configuration: who may come in and by what, over which certificate, and the keys that
 * seal ids. Made of what the configuration says, and of the environment.
 */
import type { Server } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '@spillway/clock';
import type { Config, SignInEntry } from '@spillway/config';
import { Seal } from './home/seal.ts';
import { Cors } from './listen/cors.ts';
import { UsageError } from './listen/listen-on.ts';
import { readTlsPair, TlsKeeper, type TlsPair } from './listen/tls.ts';
import type { Emit } from './observe/events.ts';
import { Doors } from './route/doors.ts';
import { SignIn } from './sign-in/sign-in.ts';

export interface EntranceParts {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly adminKey: string | null;
  readonly allowAnonymous: boolean;
}

export class Entrance {
  readonly #parts: EntranceParts;
  readonly #tls: TlsKeeper | null;
  #signIn: { readonly entries: readonly SignInEntry[]; readonly door: SignIn | null };
  #seal: { readonly keys: readonly string[]; readonly seal: Seal };
  #doors: Doors;
  #cors: Cors;

  /** @throws UsageError for a certificate that does not serve. */
  constructor(config: Config, parts: EntranceParts) {
    this.#parts = parts;
    this.#tls = this.#openTls(config);
    this.#signIn = { entries: [], door: null };
    const keys = this.#sealKeys(config);
    this.#seal = { keys, seal: new Seal(keys) };
    this.#doors = this.#openDoors(config);
    this.#cors = new Cors(config.doors.corsOrigins);
  }

  get doors(): Doors {
    return this.#doors;
  }

  get cors(): Cors {
    return this.#cors;
  }

  get seal(): Seal {
    return this.#seal.seal;
  }

  /** null: http. */
  get tlsPair(): TlsPair | null {
    return this.#tls?.pair ?? null;
  }

  /** The listener is made: its certificate is kept as the files are, and what is missing is told. */
  serves(server: Server): void {
    this.#tls?.keep(server);
    if (this.#seal.keys.length === 0) this.#parts.emit({ kind: 'notice', message: NO_SEAL_KEY });
  }

  /** @returns why it is not taken, and nothing has changed; null where it is. */
  reload(config: Config): string | null {
    const { tls } = config.doors;
    if ((tls === null) !== (this.#tls === null)) {
      return 'tls: to change between http and https the gateway must be started anew.';
    }
    const problem = tls === null ? null : (this.#tls?.change(tls) ?? null);
    if (problem !== null) return problem;
    const keys = this.#sealKeys(config);
    if (!isDeepStrictEqual(keys, this.#seal.keys)) this.#seal = { keys, seal: new Seal(keys) };
    this.#doors = this.#openDoors(config);
    this.#cors = new Cors(config.doors.corsOrigins);
    return null;
  }

  close(): void {
    this.#tls?.close();
  }

  /** Keys of issuers, and tokens that were found good, stay as long as the entries do. */
  #openDoors({ clients, doors: settings }: Config): Doors {
    const { clock, emit, env, adminKey, allowAnonymous } = this.#parts;
    const { signIn: entries } = settings;
    if (!isDeepStrictEqual(entries, this.#signIn.entries)) {
      const onProblem = (message: string): void => emit({ kind: 'operatorProblem', subject: 'sign-in', message });
      const authorityHost = env.AZURE_AUTHORITY_HOST?.trim() || undefined;
      const door = entries.length === 0 ? null : new SignIn({ entries, authorityHost, clock, onProblem });
      this.#signIn = { entries, door };
    }
    const { door: signIn } = this.#signIn;
    return new Doors({ clients, settings, signIn, adminKey, allowAnonymous, nowMs: () => clock.nowMs() });
  }

  #openTls({ doors: { tls: files } }: Config): TlsKeeper | null {
    if (files === null) return null;
    const pair = readTlsPair(files);
    if (typeof pair === 'string') throw new UsageError(`${pair}.`);
    const { clock, emit } = this.#parts;
    const onChange = (problem: string | null): void => {
      if (problem === null)
        emit({ kind: 'notice', message: `The certificate of ${files.certFile} serves from now on` });
      else emit({ kind: 'operatorProblem', subject: 'tls', message: `${problem}. The old certificate serves on.` });
    };
    return new TlsKeeper({ files, clock, onChange }, pair);
  }

  /** The file's first, then those of `SPILLWAY_SEAL_KEY`; several stand in one variable with commas between. */
  #sealKeys({ doors }: Config): readonly string[] {
    const written = [...doors.sealKeys, this.#parts.env.SPILLWAY_SEAL_KEY ?? ''];
    const keys = written.flatMap((text) => text.split(',')).map((key) => key.trim());
    return [...new Set(keys.filter((key) => key !== ''))];
  }
}

const NO_SEAL_KEY =
  'No SPILLWAY_SEAL_KEY: ids of responses, files and the like are sealed with a random key. Those given out before a restart, ' +
  'or by another replica, will not be found. Set it to the same long random text everywhere';
