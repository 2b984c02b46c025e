/** What is drawn: stripes in four colours that follow from the prompt. The same prompt gives the same picture. */
import { mix32 } from '../text.ts';
import type { Colour, Picture } from './png.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A stripe is so many dots wide, and up to four times that. */
const STRIPE_DOTS_MIN = 24;

/**
 * @param hash of what was asked for.
 * @param finished part of the picture that is drawn, from the top; the rest is in its first colour. 0 to 1.
 */
export function drawing({ width, height }: Size, hash: number, finished = 1): Picture {
  const stripe = STRIPE_DOTS_MIN * (1 + (mix32(hash) % 4));
  const slope = 1 + (mix32(hash + 1) % 3);
  const rows = Math.ceil(height * finished);
  const row = (y: number): Uint8Array => {
    const dots = new Uint8Array(width);
    if (y >= rows) return dots;
    for (let x = 0; x < width; x++) dots[x] = Math.floor((x + slope * y) / stripe) & 3;
    return dots;
  };
  return { width, height, palette: [colour(hash, 1), colour(hash, 2), colour(hash, 3), colour(hash, 4)], row };
}

function colour(hash: number, number: number): Colour {
  const bits = mix32(hash ^ mix32(number));
  return [bits & 0xff, (bits >> 8) & 0xff, (bits >> 16) & 0xff];
}
