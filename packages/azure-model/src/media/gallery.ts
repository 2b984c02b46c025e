/** Pictures that are fetched by an address of their own, as dall-e-3 hands them out. What is kept is what they are drawn from. */
import { isRecord } from '@spillway/protocol';
import { type Answer, bytesOf } from '../reply.ts';
import type { Premises, ServiceCall } from '../service.ts';
import { hashText } from '../text.ts';
import { RESOURCE_NOT_FOUND } from '../wire/refusals.ts';
import { refuse } from './desk.ts';
import { drawing, type Size } from './drawing.ts';
import { pngOf } from './png.ts';

/** How long an address is good. Source: Microsoft Learn, "Image generation", 24 hours. Milliseconds. */
export const ADDRESS_MS = 24 * 3_600_000;
/** The last ones: each takes a line of the state, not its bytes. */
const KIND = 'picture';
const PREFIX = 'img_';

export class Gallery {
  readonly #premises: Premises;

  constructor(premises: Premises) {
    this.#premises = premises;
  }

  /** @returns the whole address, on the host that the request came to. */
  hang(call: ServiceCall, size: Size, hash: number): string {
    const { store, ids, facts } = this.#premises;
    const id = ids.object(PREFIX);
    store.put(KIND, id, { hash, width: size.width, height: size.height }, call.nowMs, { whenFull: 'dropOldest' });
    const host = call.header('host') ?? `${facts.name}.openai.azure.com`;
    return `http://${host}/openai/v1/images/generated/${id}/generated_00.png?sig=${this.signature(id)}`;
  }

  answer(call: ServiceCall, id: string): Answer {
    const kept = this.#premises.store.get(KIND, id);
    const good = kept !== null && call.nowMs - kept.createdMs < ADDRESS_MS && isRecord(kept.value) ? kept.value : null;
    if (good === null || call.query('sig') !== this.signature(id)) return refuse(call, RESOURCE_NOT_FOUND, null);
    const { width, height, hash } = good;
    const picture = drawing({ width: Number(width), height: Number(height) }, Number(hash));
    return bytesOf(pngOf(picture), 'image/png', call.headers, null, 0);
  }

  /** Who has the address may see the picture: it can be told from a made-up one, and that is all it is for. */
  signature(id: string): string {
    const { facts } = this.#premises;
    return hashText(`${facts.name} ${facts.keys.join(' ')} ${id}`)
      .toString(16)
      .padStart(8, '0');
  }
}
