/** The languages whose words are stemmed, and which of them a text is in. */

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'fi', 'pt', 'ko'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The commonest words, which say little about what a text is about and much about its language. */
const COMMON: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: words(
    'a about after all also an and any are as at be been but by can could did do does each for from had has have he her his how i if in into is it its may me more must my no not of on one only or other our out over she should so some such than that the their them then there these they this to under up us was we were what when where which while who why will with would you your',
  ),
  de: words(
    'aber alle als am an auch auf aus bei bin bis das dass dein dem den der des die dies diese dieser doch du durch ein eine einem einen einer eines er es fur gibt habe haben hat ich ihr ihre im in ist ja kann kein keine konnen man mein mit muss mussen nach nicht noch nur oder ob sein sich sie sind so uber um und uns unter vom von vor wann war warum was wenn wer werden wie wieviel wir wird wo zu zum zur',
  ),
  fr: words(
    'a ai au aux avec ce ces cela comme combien dans de des dont du elle en est et eu il ils je la le les leur lui ma mais me mes mon ne nos notre nous on ont ou par pas peut plus pour puis quand que quel quelle qui sa sans se ses si son sont sur ta te tes ton tous tout tu un une vos votre vous y',
  ),
  es: words(
    'a al algo como con cual cuando cuanto cuanta cuantos de del desde donde el ella en entre era es esta este estan eso ha hay hasta la las le lo los mas me mi mis muy no nos o para pero por porque puede que quien se ser si sin sobre son su sus tambien te tiene tu un una uno y ya yo',
  ),
  fi: words(
    'ei ja jos joka jotka kun kuin kuka kuinka ole olen oli on ovat mika mikali milloin minka mina missa miten mita mutta myos ne niin no nyt on osa paljonko saa saako se seka sen sina sita tai tama taman vai vain voi voiko voit ovat ettei etta',
  ),
  pt: words(
    'a ao aos as ate com como cada da das de dela dele depois do dos e ela ele em entre era essa esse esta este eu foi ha isso isto ja la lhe mais mas me meu minha muito na nao nas no nos o os ou para pela pelo por porque pode qual quando quanto quanta quantos que quem se sem ser seu sua sao tambem te tem um uma voce',
  ),
  ko: words('그 그리고 나는 너는 무엇 어떻게 언제 왜 이 저 수 것 등 및'),
};

/** Of a text so much is looked at. Words. */
const LOOKED_AT_WORDS = 400;
/** Fewer common words tell nothing. */
const COMMON_MIN = 2;

export function isCommon(word: string, language: Language | null): boolean {
  if (language !== null) return COMMON[language].has(word);
  return COMMON.en.has(word);
}

/** From a BCP 47 tag as documents carry them; null for other languages. */
export function languageOfTag(tag: string | null): Language | null {
  const primary = tag?.toLowerCase().split(/[-_]/)[0];
  return LANGUAGES.find((language) => language === primary) ?? null;
}

/** By common words and by script; null where it does not show. @param words lower case, without accents. */
export function languageOfWords(words: readonly string[]): Language | null {
  const counts = new Map<Language, number>();
  for (const word of words.slice(0, LOOKED_AT_WORDS)) {
    if (/^\p{Script=Hangul}/u.test(word)) counts.set('ko', (counts.get('ko') ?? 0) + COMMON_MIN);
    for (const language of LANGUAGES)
      if (COMMON[language].has(word)) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const [best, second] = [...counts].sort((a, b) => b[1] - a[1]);
  if (best === undefined || best[1] < COMMON_MIN || best[1] === second?.[1]) return null;
  return best[0];
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}
