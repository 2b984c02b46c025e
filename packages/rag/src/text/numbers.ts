/** Numbers as they are compared: however grouped, whatever the decimal sign, small ones also written out. */

const NUMBER = /\d+(?:[.,'’\u00a0\u202f ]\d+)*/g;
/** Thousands stand in groups of three, all with the same sign between them. */
const GROUPED = /^\d{1,3}(?:([.,'’\u00a0\u202f ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/;

/** Each as digits with at most one point: `1.200,50`, `1,200.50` and `1 200.5` are `1200.5`; `1.250` is told as both that it may be. */
export function numbersIn(text: string): readonly string[] {
  return numberReadings(text).flat();
}

/** For each number all that it may be. */
export function numberReadings(text: string): ReadonlyArray<readonly string[]> {
  return (text.match(NUMBER) ?? []).flatMap(readingsOf);
}

function readingsOf(found: string): ReadonlyArray<readonly string[]> {
  const sign = GROUPED.exec(found)?.[1];
  if (sign !== undefined) {
    const whole = decimal(found.split(sign).join('').replace(',', '.'));
    // One group of three behind a point or comma may be thousands or a fraction.
    return [/^\d{1,3}[.,]\d{3}$/.test(found) ? [whole, decimal(found.replace(',', '.'))] : [whole]];
  }
  return found.split(/['’\u00a0\u202f ]/).flatMap((part) => {
    const parts = /^\d+[.,]\d+$/.test(part) ? [part.replace(',', '.')] : part.split(/[.,]/);
    return parts.map((each) => [decimal(each)]);
  });
}

function decimal(digits: string): string {
  const [whole = '0', fraction = ''] = digits.split('.');
  const kept = fraction.replace(/0+$/, '');
  const plain = whole.replace(/^0+(?=\d)/, '');
  return kept === '' ? plain : `${plain}.${kept}`;
}

/** Zero to twelve; the words have no accents, as words are compared. */
const WRITTEN: readonly string[] = [
  'zero one two three four five six seven eight nine ten eleven twelve',
  'null eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf',
  'zero un deux trois quatre cinq six sept huit neuf dix onze douze',
  'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce',
  'nolla yksi kaksi kolme nelja viisi kuusi seitseman kahdeksan yhdeksan kymmenen yksitoista kaksitoista',
  'zero um dois tres quatro cinco seis sete oito nove dez onze doze',
];
const TENS =
  'thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred';
const TEN_VALUES = [13, 14, 15, 16, 17, 18, 19, 20, 30, 40, 50, 60, 70, 80, 90, 100];

const BY_WORD = new Map<string, string>([
  ...WRITTEN.flatMap((language) => language.split(' ').map((word, i): [string, string] => [word, String(i)])),
  ...TENS.split(' ').map((word, i): [string, string] => [word, String(TEN_VALUES[i])]),
]);

/** @param words lower case, without accents. */
export function numbersWritten(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => BY_WORD.get(word) ?? []);
}
