/**
 * Answers that are not made up: recorded ones, and those of a real resource behind the simulated one. Caller and quota are the
 * simulator's in every mode: nobody spends the upstream's key without one of its own, and its limits hold (simulator reference S-97).
 */
import type { ServerResponse } from 'node:http';
import { type Admitted, type Answer, type Metered, type Resource, refused, type Work } from '@spillway/azure-model';
import type { Clock } from '@spillway/clock';
import { type Ended, play } from '../play.ts';
import { headersDown } from './headers.ts';
import { type Interaction, interactionOf, tapeOf } from './interaction.ts';
import { type KeyedRequest, keyOf, type Matching, prefixOf } from './key.ts';
import { RECORD_LIMITS, type RecordLimits } from './limits.ts';
import { Playback } from './playback.ts';
import { RecordingFile } from './recording-file.ts';
import { recordingMissing } from './refusals.ts';
import { Tape } from './tape.ts';
import { type UpstreamRequest, Upstreams, type UpstreamTarget } from './upstream.ts';

export interface RecordingSettings {
  /**
   * generate: none of it. record: from the recording, else from the upstream, whose answer is kept. replay: from the recording, else
   * 404. hybrid: from the recording, else generated. passThrough: from the upstream, and nothing is kept.
   */
  readonly mode: 'generate' | 'record' | 'replay' | 'hybrid' | 'passThrough';
  /** JSONL. Needed by all but generate and passThrough. */
  readonly file: string | null;
  /** Whether answers above 399 are kept. */
  readonly storeErrors: boolean;
  /** Of a replay: 1 as recorded, 2 twice as fast, 0 at once. */
  readonly speed: number;
  /** Whether record sends again what is recorded already; the newer answer counts. Default false. */
  readonly again?: boolean;
  /** What makes two requests equal. Default: bodies byte for byte, `api-version` does not count. */
  readonly matching?: Partial<Matching>;
}

export interface RecordingParts {
  /** Of what is simulated. */
  readonly clock: Clock;
  /** Of the network and of what is recorded, which no simulated time hastens. */
  readonly networkClock: Clock;
  readonly onWarning: (text: string) => void;
  readonly limits?: Partial<RecordLimits>;
}

export type RecordRequest = KeyedRequest & UpstreamRequest;

/** The resource asked. */
export interface RecordedSite {
  readonly resource: Pick<Resource, 'admit' | 'stranger' | 'facts'>;
  /** The real one behind it; without, nothing is passed on. */
  readonly upstream: UpstreamTarget | null;
}

/** A request that recording answers. */
export interface Turn {
  /** As asked for, whether or not it exists; null where none was named. */
  readonly deployment: string | null;
  /** Who let it in, or refused it; null where no deployment had a say. */
  readonly metered: Metered | null;
  readonly work: Work | null;
  /** Of the refusal; 200 where the quota let it in, and the answer comes from elsewhere. */
  readonly status: number;
  /** To be called once. @param ended called once, when nothing more will be sent. */
  begin(response: ServerResponse, ended: Ended): void;
}

export class Recording {
  readonly #settings: RecordingSettings;
  readonly #parts: RecordingParts;
  readonly #limits: RecordLimits;
  readonly #matching: Matching;
  readonly #file: RecordingFile | null;
  readonly #upstreams: Upstreams;
  /** Answers on their way, by key, so that equal requests at once are sent once. */
  readonly #flights = new Map<string, Tape>();

  /** @returns null in the mode generate. @throws Error that names the file, the line and the way out. */
  static open(settings: RecordingSettings, parts: RecordingParts): Recording | null {
    return settings.mode === 'generate' ? null : new Recording(settings, parts);
  }

  private constructor(settings: RecordingSettings, parts: RecordingParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#limits = { ...RECORD_LIMITS, ...parts.limits };
    this.#matching = { body: 'exact', apiVersion: 'ignored', ...settings.matching };
    this.#file = openFile(settings, this.#limits, parts.onWarning);
    if (this.#file !== null) warnOfStrangers(this.#file, this.#matching, parts.onWarning);
    this.#upstreams = new Upstreams(this.#limits, parts.networkClock);
  }

  /** Interactions in the recording. */
  get size(): number {
    return this.#file?.size ?? 0;
  }

  /** @returns null where the answer is to be generated; nothing has been counted then. */
  turn(request: RecordRequest, site: RecordedSite): Turn | null {
    if (this.#settings.mode === 'passThrough') {
      const { upstream } = site;
      return upstream === null ? null : this.#admitted(request, site, this.#passing(request, upstream));
    }
    const key = keyOf(request, this.#matching);
    const hit = this.#settings.again && site.upstream !== null ? undefined : this.#file?.find(key);
    if (hit !== undefined) return this.#admitted(request, site, this.#replaying(hit));
    if (this.#settings.mode === 'replay') return this.#missed(request, site, key);
    if (this.#settings.mode === 'hybrid' || site.upstream === null) return null;
    return this.#admitted(request, site, this.#recording(request, site.resource.facts.name, site.upstream, key));
  }

  /** Ends what is on its way; fulfilled when all that was recorded is on disk. */
  async close(): Promise<void> {
    await this.#upstreams.close();
    await this.#file?.flush();
  }

  #admitted({ query, ...request }: RecordRequest, { resource }: RecordedSite, source: Source): Turn {
    const asked = { ...request, query, body: request.body.toString('utf8') };
    const { clock } = this.#parts;
    const admission = resource.admit(asked, clock.nowMs());
    if (admission?.kind === 'answer') return this.#answering(admission);
    return {
      deployment: admission?.deployment ?? null,
      metered: admission?.metered ?? null,
      work: admission?.work ?? null,
      status: 200,
      begin: (response, ended) => source(response, admission, ended),
    };
  }

  #answering(answer: Answer): Turn {
    return {
      deployment: answer.deployment,
      metered: answer.metered,
      work: answer.work,
      status: answer.status,
      begin: (response, ended) => play(answer, response, this.#parts.clock, ended),
    };
  }

  #missed(request: RecordRequest, { resource }: RecordedSite, key: string): Turn {
    const { method, path } = request;
    const nowMs = this.#parts.clock.nowMs();
    const stranger = resource.stranger(request, nowMs);
    return this.#answering(stranger === null ? recordingMissing({ method, path, key }) : refused(stranger, [], null));
  }

  #replaying(interaction: Interaction): Source {
    const { speed } = this.#settings;
    return (response, admission, ended) =>
      this.#playback(tapeOf(interaction), 'recording', speed, admission, response, ended).begin();
  }

  #passing(request: RecordRequest, upstream: UpstreamTarget): Source {
    return (response, admission, ended) => {
      const tape = new Tape('pass', this.#limits);
      this.#playback(tape, 'upstream', null, admission, response, ended).begin();
      if (!tape.deserted) this.#upstreams.send(request, upstream, tape, () => {});
    };
  }

  /** Equal requests at once share one answer, unless each is to be sent again. */
  #recording(request: RecordRequest, resource: string, upstream: UpstreamTarget, key: string): Source {
    return (response, admission, ended) => {
      const flight = this.#settings.again ? undefined : this.#flights.get(key);
      const joins = flight !== undefined && flight.chunks !== null;
      const tape = joins ? flight : new Tape('keep', this.#limits);
      this.#playback(tape, 'upstream', null, admission, response, ended).begin();
      if (joins || tape.deserted) return;
      const recordedMs = this.#parts.networkClock.nowMs();
      this.#flights.set(key, tape);
      this.#upstreams.send(request, upstream, tape, () => {
        if (this.#flights.get(key) === tape) this.#flights.delete(key);
        this.#keep(tape, { key, recordedMs, resource, request });
      });
    };
  }

  #keep(tape: Tape, recorded: Parameters<typeof interactionOf>[0]): void {
    const { head, end, chunks } = tape;
    if (head === null || end?.kind !== 'whole' || (head.status >= 400 && !this.#settings.storeErrors)) return;
    if (chunks === null) {
      const { method, path } = recorded.request;
      const { answerBytesMax, answerChunksMax } = this.#limits;
      this.#parts.onWarning(
        `recording: the answer to ${method} ${path} is not kept: it has more than ${answerBytesMax} bytes or ${answerChunksMax} pieces`,
      );
      return;
    }
    const interaction = interactionOf(recorded, tape);
    if (interaction !== null) this.#file?.add(interaction);
  }

  #playback(
    tape: Tape,
    from: 'upstream' | 'recording',
    speed: number | null,
    admission: Admitted | null,
    response: ServerResponse,
    ended: Ended,
  ): Playback {
    const ours = admission?.headers ?? [];
    return new Playback(
      {
        tape,
        headers: ({ headers }) => headersDown(headers, ours, from),
        speed,
        clock: this.#parts.clock,
        work: admission?.work ?? null,
      },
      response,
      ended,
    );
  }
}

/** Brings the answer to a request that was admitted; null: one that no quota counts. */
type Source = (response: ServerResponse, admission: Admitted | null, ended: Ended) => void;

function openFile(
  { mode, file }: RecordingSettings,
  { fileBytesMax }: RecordLimits,
  onWarning: RecordingParts['onWarning'],
): RecordingFile | null {
  if (mode === 'passThrough') return null;
  if (file === null) throw new Error(`recording.file: is missing, and the mode ${mode} needs it; name a JSONL file`);
  const access = mode === 'record' ? 'grows' : 'reads';
  return new RecordingFile({ path: file, access, bytesMax: fileBytesMax, onWarning });
}

function warnOfStrangers(file: RecordingFile, matching: Matching, onWarning: RecordingParts['onWarning']): void {
  const prefix = prefixOf(matching);
  const strangers = [...file.keys()].filter((key) => !key.startsWith(prefix)).length;
  if (strangers === 0) return;
  onWarning(
    `recording: ${strangers} of ${file.size} answers were recorded under another matching than "${prefix}" and are never found; set recording.matching as it was then`,
  );
}
