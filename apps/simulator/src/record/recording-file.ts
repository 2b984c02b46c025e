/**
 * The recording on disk: JSONL, an interaction a line, only ever appended to. A line that was torn by a crash is dropped when the
 * file is opened again; the answers before it stay.
 */
import { mkdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Interaction, readInteraction } from './interaction.ts';

export interface RecordingFileSettings {
  readonly path: string;
  /** grows: created where it is absent, and appended to. reads: must be there, and is never touched. */
  readonly access: 'grows' | 'reads';
  readonly bytesMax: number;
  /** Told what is not kept, and why. */
  readonly onWarning: (text: string) => void;
}

/** Prompts are nobody else's business. */
const OWNER_ONLY = 0o600;

export class RecordingFile {
  readonly #settings: RecordingFileSettings;
  readonly #byKey = new Map<string, Interaction>();
  #bytes = 0;
  /** Of answers that cannot be kept, the first is told of. full: those before it are still written. broken: they are not. */
  #state: 'open' | 'full' | 'broken' = 'open';
  /** Lines are written one after the other. */
  #written: Promise<void> = Promise.resolve();

  /** @throws Error that names the file, the line and the way out. */
  constructor(settings: RecordingFileSettings) {
    this.#settings = settings;
    const text = this.#read();
    const whole = text.lastIndexOf('\n') + 1;
    for (const [index, line] of text.slice(0, whole).split('\n').entries()) this.#index(line, index + 1);
    this.#bytes = Buffer.byteLength(text.slice(0, whole));
    if (whole === text.length) return;
    settings.onWarning(`${settings.path}: the last line is torn and left out; its request will be recorded anew`);
    if (settings.access === 'grows') truncateSync(settings.path, this.#bytes);
  }

  /** Interactions in it. */
  get size(): number {
    return this.#byKey.size;
  }

  keys(): Iterable<string> {
    return this.#byKey.keys();
  }

  /** The newest of that key. */
  find(key: string): Interaction | undefined {
    return this.#byKey.get(key);
  }

  /** It can be found at once, and is on disk after {@link flush}. */
  add(interaction: Interaction): void {
    const { path, bytesMax, onWarning } = this.#settings;
    if (this.#state !== 'open') return;
    const line = `${JSON.stringify(interaction)}\n`;
    const bytes = Buffer.byteLength(line);
    if (this.#bytes + bytes > bytesMax) {
      this.#state = 'full';
      onWarning(`${path}: is full with ${bytesMax} bytes, and nothing more is recorded; begin another file`);
      return;
    }
    this.#bytes += bytes;
    this.#byKey.set(interaction.key, interaction);
    this.#written = this.#written.then(() => this.#append(line));
  }

  /** Fulfilled when everything is on disk, or was told of. */
  flush(): Promise<void> {
    return this.#written;
  }

  #read(): string {
    const { path, access, bytesMax } = this.#settings;
    const size = statSync(path, { throwIfNoEntry: false })?.size;
    if (size === undefined) {
      if (access === 'reads')
        throw new Error(`recording.file: ${path} does not exist; record it first, with the mode record`);
      mkdirSync(dirname(path), { recursive: true });
      return '';
    }
    if (size > bytesMax) {
      throw new Error(`recording.file: ${path} has ${size} bytes, and may have ${bytesMax}; split it`);
    }
    return readFileSync(path, 'utf8');
  }

  #index(line: string, number: number): void {
    if (line.trim() === '') return;
    try {
      const interaction = readInteraction(line);
      this.#byKey.set(interaction.key, interaction);
    } catch (error) {
      const why = error instanceof SyntaxError ? 'is no JSON' : `is no interaction (${textOf(error)})`;
      throw new Error(`recording.file: ${this.#settings.path}:${number}: ${why}; remove the line`);
    }
  }

  /** After half a line nothing may follow: the next start drops a torn line only where it is the last. */
  async #append(line: string): Promise<void> {
    if (this.#state === 'broken') return;
    try {
      await appendFile(this.#settings.path, line, { mode: OWNER_ONLY });
    } catch (error) {
      this.#state = 'broken';
      this.#settings.onWarning(
        `${this.#settings.path}: cannot be written (${textOf(error)}), and nothing more is recorded`,
      );
    }
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
