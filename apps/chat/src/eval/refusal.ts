/**
 * Whether an answer declines, told from its words alone. The app decides the same for itself (packages/rag); the judge has a list of
 * its own, since a mistake in a shared one would hide itself.
 */

/** As people and models say that the documents do not tell. */
const REFUSALS: readonly RegExp[] = [
  /\b(?:do(?:es)? not|don['’]t|doesn['’]t|cannot|can['’]t|could not|couldn['’]t|unable to|no) (?:\w+ ){0,4}?(?:know|find|found|say|state|tell|mention|contain|cover|answer|information|specif)/i,
  /\b(?:nothing|not) (?:\w+ ){0,4}?(?:found|mentioned|stated|covered|said) /i,
  /\b(?:weiß (?:ich |es )?nicht|keine (?:angabe|information|auskunft)\w*|nicht (?:gefunden|beantworten|erwähnt|hervor))/i,
  /\b(?:en tiedä|ei (?:löydy|mainita|kerrota|tietoa)|en (?:löydä|löytänyt|pysty))/i,
  /\b(?:je ne (?:sais|trouve) pas|no (?:lo sé|encuentro|se menciona)|não (?:sei|encontr))/i,
];

/** Long answers that also say what they don't know are answers. Characters, UTF-16 units. */
export const REFUSAL_CHARS_MAX = 600;

export function isRefusal(text: string): boolean {
  return text.length <= REFUSAL_CHARS_MAX && REFUSALS.some((pattern) => pattern.test(text));
}
