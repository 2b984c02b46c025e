/** Chance as an argument. */

/** Returns a number in [0, 1). */
export type Unit = () => number;

export const systemUnit: Unit = () => Math.random();

/** The same seed gives the same numbers. Source: "mulberry32", a public-domain generator by Tommy Ettinger; 32 bits of state. */
export function seededUnit(seed: number): Unit {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
