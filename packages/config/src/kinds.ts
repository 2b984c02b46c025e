/** Kinds of values that the schema is made of, each with its rule and the way out. A message reads `rule; remedy`. */
import * as z from 'zod';

/** One day. Node's timers fire at once beyond 2,147,483,647 ms; nothing of ours needs to come near that. */
export const DURATION_MS_MAX = 86_400_000;
/** Node refuses headers beyond 16 KiB in all; no key comes near. */
export const KEY_CHARS_MAX = 4_096;

const OWN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** What a client may ask for: also `openai/gpt-4o` and `ft:gpt-4o`, as other gateways and fine-tunes spell names. */
const ASKED_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._:-]|\/(?!\.)){0,127}$/;
export const VISIBLE_ASCII = /^[!-~]+$/;

const OWN_NAME_RULE = 'is not a name; use up to 64 letters, digits, ".", "_" and "-", a letter or digit first';
const ASKED_NAME_RULE =
  'is not a name; use up to 128 letters, digits, ".", "_", "-", ":" and "/", a letter or digit first';

export const ownName = () => z.string().regex(OWN_NAME, OWN_NAME_RULE);
export const askedName = () => z.string().regex(ASKED_NAME, ASKED_NAME_RULE);
export const flag = (preset: boolean, description: string) => z.boolean().default(preset).describe(description);

export function whole(range: { min: number; max: number; remedy: string }) {
  const error = `is not a whole number from ${range.min} to ${range.max}; ${range.remedy}`;
  return z.int({ error }).min(range.min, { error }).max(range.max, { error });
}

export function durationMs(preset: number, min: number, description: string) {
  const remedy = `give milliseconds, for example ${preset}`;
  return whole({ min, max: DURATION_MS_MAX, remedy }).default(preset).describe(description);
}

export function count(preset: number, range: { min: number; max: number }, description: string) {
  return whole({ ...range, remedy: `give for example ${preset}` })
    .default(preset)
    .describe(description);
}

export const secret = () =>
  z
    .string()
    .regex(VISIBLE_ASCII, 'holds blanks, line ends or characters beyond ASCII; store the key alone, as Azure shows it')
    .max(KEY_CHARS_MAX, `is longer than ${KEY_CHARS_MAX} characters; check that the right thing is named`)
    .meta({ pattern: '^\\$\\{.+\\}$' });
