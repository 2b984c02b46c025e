/**
 * Light stemming: the endings that grammar adds, no more, so that two words that mean different things seldom meet. Words come in
 * lower case without accents. Rules in the spirit of J. Savoy's light stemmers ("Light Stemming Approaches for the French,
 * Portuguese, German and Hungarian Languages", SAC 2006), shortened; for English those of D. Harman's S-stemmer with -ed, -ing.
 */
import type { Language } from './language.ts';

/** What stands in the ending's place. The first rule that holds is the only one. */
type Rule = readonly [ending: RegExp, instead: string];

/** The longest of the endings that leaves so many characters. */
function rule(endings: string, instead: string, charsMin: number): Rule {
  return [new RegExp(`(?<=^.{${charsMin},})(?:${endings})$`), instead];
}

const RULES: Readonly<Record<Language, readonly Rule[]>> = {
  en: [rule('ies', 'y', 3), rule('(?<=s|x|z|ch|sh)es', '', 3), rule('(?<![su])s', '', 3)],
  de: [rule('innen|in', '', 5), rule('ungen|ung', '', 4), rule('ern|em|en|er|es|e|n|s', '', 4)],
  fr: [
    rule('issements?|ements?|ments?', '', 4),
    rule('aux', 'al', 3),
    rule('ations?|ateurs?', '', 4),
    rule('euses?|eurs?', 'eu', 4),
    rule('ees?|es|er|ez|ent|e|s|x', '', 3),
  ],
  es: [
    rule('amientos?|imientos?', '', 4),
    rule('aciones|acion|adores|ador|adoras?', '', 4),
    rule('ces', 'z', 2),
    rule('ados?|adas?|idos?|idas?|ando|iendo', '', 4),
    rule('es|os|as|ar|er|ir|o|a|e|s', '', 3),
  ],
  fi: [
    rule('ssani|ssasi|lleni|llesi', '', 4),
    rule('iden|itten|ien|issa|ista|iin|illa|ilta|ille|ina|iksi', '', 4),
    rule('ssa|sta|lla|lta|lle|ksi|tta|seen|hon|han|hin|na|ta|en|an|in|on|un|yn|n|t|a', '', 4),
  ],
  pt: [
    rule('amentos?|imentos?|mente', '', 4),
    rule('acoes|acao|adores|adoras?|ador', '', 4),
    rule('oes|aes|ao', 'o', 3),
    rule('ais|al', 'al', 3),
    rule('ados?|adas?|idos?|idas?|ando|endo|indo', '', 4),
    rule('es|os|as|ar|er|ir|o|a|e|s', '', 3),
  ],
  ko: [],
};

/** @param language null: as English, whose rules harm others least. */
export function stem(word: string, language: Language | null): string {
  if (/\p{N}/u.test(word)) return word;
  const cut = withoutEnding(word, RULES[language ?? 'en']);
  return language === 'en' || language === null ? withoutVerbEnding(cut) : cut;
}

function withoutEnding(word: string, rules: readonly Rule[]): string {
  for (const [ending, instead] of rules) {
    const at = word.search(ending);
    if (at >= 0) return word.slice(0, at) + instead;
  }
  return word;
}

/** `refund`, `refunded`, `refunding`; `stop`, `stopped`; `include`, `included` meet. */
function withoutVerbEnding(word: string): string {
  const cut = /(?:ing|ed)$/.exec(word);
  if (cut === null || cut.index < 3 || !/[aeiouy]/.test(word.slice(0, cut.index))) return withoutE(word);
  return withoutE(word.slice(0, cut.index).replace(/([bdgmnprt])\1$/, '$1'));
}

function withoutE(word: string): string {
  return word.length > 4 && word.endsWith('e') ? word.slice(0, -1) : word;
}
