/** Log probabilities of what was said: plausible numbers, the token said always the likeliest. */
import type { TokenLogprob } from './choice.ts';
import type { Unit } from './prose.ts';

/** Of the token that was said. */
const LIKELY_MIN = 0.6;

/** One more than the most that can be asked for besides the token itself, since it may be among them. */
const OTHERS = ' the| a| an| it| is| of| to| and| in| that| for| on| with| as| at| by| or| this| be| are| from'.split(
  '|',
);

/** @param top how many of the likeliest are told for each. */
export function logprobsOf(tokens: readonly string[], top: number, unit: Unit): readonly TokenLogprob[] {
  return tokens.map((token) => {
    const likely = LIKELY_MIN + (1 - LIKELY_MIN) * 0.999 * unit();
    const logprob = rounded(Math.log(likely));
    return { logprob, top: top === 0 ? [] : likeliest(token, logprob, 1 - likely, top) };
  });
}

/** Each of the others has half of what is left. */
function likeliest(token: string, logprob: number, left: number, top: number): TokenLogprob['top'] {
  const list = [{ token, logprob }];
  for (const other of OTHERS) {
    if (list.length >= top) break;
    if (other === token) continue;
    left /= 2;
    list.push({ token: other, logprob: rounded(Math.log(left)) });
  }
  return list;
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
