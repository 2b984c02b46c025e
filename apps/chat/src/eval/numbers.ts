/** Numbers in text, however a country writes them: `1,200.50`, `1.200,50`, `1 200,50`. */

const NUMBER = /\d+(?:[.,'’\u00a0\u202f ]\d+)*/gu;

/** Whether each number is in the text. */
export function holdsNumbers(text: string, wanted: readonly string[]): boolean {
  const there = new Set((text.match(NUMBER) ?? []).flatMap(readings));
  return wanted.every((number) => there.has(Number(number)));
}

/** A mark may part thousands or decimals: every reading that makes a number; a list such as `3, 4` is no number to begin with. */
function readings(written: string): readonly number[] {
  const parts = written.split(/[^\d]/);
  const marks = written.replace(/\d/g, '');
  const whole = isGrouped(parts) ? [Number(parts.join(''))] : [];
  const last = parts.at(-1) ?? '';
  const head = parts.slice(0, -1);
  const isDecimal = /[.,]$/.test(marks) && (head.length === 1 || isGrouped(head));
  const decimal = isDecimal ? [Number(`${head.join('')}.${last}`)] : [];
  const apart = /^ +$/.test(marks) ? parts.map(Number) : [];
  return [...whole, ...decimal, ...apart];
}

/** Groups of three behind a first one of at most three. */
function isGrouped(parts: readonly string[]): boolean {
  const [first = '', ...rest] = parts;
  return rest.length === 0 || (first.length <= 3 && rest.every((part) => part.length === 3));
}
