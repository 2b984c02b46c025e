/** A line across a plot at a round value, and the value before it. */
import { short } from './number.ts';
import type { Scale } from './scale.ts';
import { element, type Markup } from './svg.ts';

/** @param x begins at 0. */
export function rule(value: number, x: Scale, y: Scale): readonly Markup[] {
  const [left, at] = [x.at(0), y.at(value)];
  return [
    element('line', { x1: left, x2: x.at(x.to), y1: at, y2: at, class: value === 0 ? 'axis' : 'grid' }),
    element('text', { x: left - 6, y: at + 3.5, class: 'tick end' }, short(value)),
  ];
}
