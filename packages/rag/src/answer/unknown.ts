/** Sentences by which an answer says that the sources do not hold what was asked. */

const PATTERNS: readonly RegExp[] = [
  /\b(?:i )?(?:do not|don['’]t|cannot|can['’]t|could not|couldn['’]t) (?:know|say|tell|find|answer)\b/i,
  /\b(?:sources?|documents?|passages?|texts?)\b[^.]{0,60}\b(?:do|does|did)(?: not|n['’]t) (?:say|tell|hold|mention|contain|state|cover|give|specify|include|provide|answer|address)\b/i,
  /\b(?:no|not any) (?:information|source|document|passage|mention|answer)s?\b/i,
  /\bnot (?:mentioned|stated|said|specified|covered|contained|found|given|included)\b[^.]{0,40}\b(?:sources?|documents?|passages?)\b/i,
  /\b(?:weiß|weiss) (?:ich|es) nicht\b|\bich (?:weiß|weiss) (?:es |das )?nicht\b/i,
  /\b(?:quellen|dokumente|unterlagen|texte)\b[^.]{0,60}\b(?:nicht|nichts|keine?)\b/i,
  /\b(?:keine|nichts|nicht)\b[^.]{0,60}\b(?:quellen|dokumenten?|unterlagen)\b/i,
  /\b(?:sources|documents|passages)\b[^.]{0,40}\bne\b[^.]{0,40}\bpas\b|\bje ne (?:sais|peux|trouve) pas\b/i,
  /\b(?:fuentes|documentos|textos)\b[^.]{0,40}\bno\b|\bno (?:lo )?(?:sé|encuentro|puedo)\b|\bno se (?:menciona|indica|dice)\b/i,
  /\b(?:fontes|documentos|textos)\b[^.]{0,40}\bnão\b|\bnão (?:sei|encontro|posso)\b/i,
  /\b(?:en tiedä|en löydä|ei (?:kerro|mainitse|mainita|löydy|sisällä|sano|kerrota))\b|\b(?:lähteet|asiakirjat|dokumentit)\b[^.]{0,40}\beivät\b/i,
  /(?:모르겠|알 수 없|찾을 수 없|나와 있지 않|언급(?:되지|하지) 않|없습니다)/,
];

/** Patterns look at the first so many characters. UTF-16 units. */
const LOOKED_AT_CHARS = 400;

export function saysUnknown(sentence: string): boolean {
  const looked = sentence.slice(0, LOOKED_AT_CHARS);
  return PATTERNS.some((pattern) => pattern.test(looked));
}
