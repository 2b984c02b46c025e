/** Words that bear meaning, in one form for all their endings: what questions, sources and tools are compared by. */

const WORD = /[\p{L}\p{N}]+(?:['’]\p{L}{1,2})?/gu;

const EMPTY_WORDS = new Set(
  (
    'a about above after again all also am an and any are as at be because been before being below between both but by can could did do does doing ' +
    'down during each few for from further give had has have having he hello her here hers hey hi him his how i if in into is it its just know let like ' +
    'many may me might mine more most much must my need no nor not of off ok okay on once only or other our ours out over own please said say says see ' +
    'shall she should show so some such tell than thank thanks that the their them then there these they this those through to too under until up us use ' +
    'very want was we were what when where which while who whom whose why will with would yes you your yours'
  ).split(' '),
);

export function isEmptyWord(word: string): boolean {
  return EMPTY_WORDS.has(word) || (word.length === 1 && !/[\p{N}]/u.test(word));
}

/** Every word as it stands. */
export function wordsOf(text: string): readonly string[] {
  return text.match(WORD) ?? [];
}

/** The stems of the words that bear meaning, each as often as it occurs. */
export function stemsOf(text: string): readonly string[] {
  const stems: string[] = [];
  for (const word of wordsOf(text.toLowerCase())) {
    const plain = word.replace(/['’].*$/, '');
    if (!isEmptyWord(plain)) stems.push(stemOf(plain));
  }
  return stems;
}

/** A rough stem of English words; others keep their form. */
function stemOf(word: string): string {
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 6 && word.endsWith('ing')) return withoutE(word.slice(0, -3));
  if (word.length > 5 && word.endsWith('ed')) return withoutE(word.slice(0, -2));
  if (word.length > 4 && /(?:s|x|z|ch|sh)es$/.test(word)) return withoutE(word.slice(0, -2));
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return withoutE(word.slice(0, -1));
  return withoutE(word);
}

/** `include`, `included` and `including` meet without their e. */
function withoutE(stem: string): string {
  return stem.length > 4 && stem.endsWith('e') ? stem.slice(0, -1) : stem;
}
