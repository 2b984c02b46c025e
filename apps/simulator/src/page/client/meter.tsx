/** A bar that says how much of a limit is used, with the numbers beside it. */
import { countText } from './format.ts';
import { shareOf } from './series.ts';

export interface MeterProps {
  readonly label: string;
  readonly value: number;
  /** null: not limited; the bar stays empty. */
  readonly limit: number | null;
  readonly unit: string;
}

export function Meter({ label, value, limit, unit }: MeterProps) {
  const share = shareOf(value, limit);
  const text = `${countText(value)} of ${limit === null ? 'unlimited' : countText(limit)}`;
  return (
    <div class="meter">
      <span class="name">{label}</span>
      <span class="value">
        {text} <span class="quiet">{unit}</span>
      </span>
      <Bar label={`${label}, ${unit}`} share={share} text={text} />
    </div>
  );
}

export interface BarProps {
  readonly label: string;
  /** Filled: 0 to 1. */
  readonly share: number;
  /** Where the limit lies within the bar. Default its end. */
  readonly limitAt?: number;
  readonly text: string;
}

export function Bar({ label, share, limitAt = 1, text }: BarProps) {
  const tone = share >= limitAt ? 'full' : share >= limitAt * 0.8 ? 'near' : 'free';
  return (
    // biome-ignore lint/a11y/useSemanticElements: the browser's own meter has no place for a mark at 100 %
    <div
      class={`bar ${tone}`}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={text}
    >
      <div class="fill" style={{ width: `${share * 100}%` }} />
      {limitAt < 1 ? <div class="limit" style={{ left: `${limitAt * 100}%` }} /> : null}
    </div>
  );
}
