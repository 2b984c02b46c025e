/** Small drawings for buttons; words say the same to those who do not see them. 20 × 20, drawn with lines of the text's colour. */

const PATHS = {
  plus: 'M10 4v12M4 10h12',
  send: 'M10 16V4M5 9l5-5 5 5',
  stop: 'M6 6h8v8H6z',
  close: 'M5 5l10 10M15 5L5 15',
  list: 'M3 5h14M3 10h14M3 15h14',
  gear: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  pin: 'M7 3h6l-1 6 3 3H5l3-3zM10 12v5',
  edit: 'M4 16l1-4 8-8 3 3-8 8zM11 6l3 3',
  bin: 'M4 6h12M8 6V4h4v2M6 6l1 11h6l1-11',
  copy: 'M7 7h9v9H7zM4 13V4h9',
  again: 'M16 10a6 6 0 1 1-2-4.5M16 3v3.5h-3.5',
  up: 'M7 9l3-6c1.500 0 2 1 2 2.500V8h4l-1 8H7zM7 9H4v7h3',
  down: 'M13 11l-3 6c-1.500 0-2-1-2-2.500V12H4l1-8h8zM13 11h3V4h-3',
  voice: 'M10 3a2 2 0 0 1 2 2v5a2 2 0 0 1-4 0V5a2 2 0 0 1 2-2zM5 9.500a5 5 0 0 0 10 0M10 14.500V17',
  speaker: 'M4 8v4h3l4 3V5L7 8zM14 7.500a4 4 0 0 1 0 5',
  out: 'M8 4H4v12h12v-4M11 4h5v5M16 4l-7 7',
  file: 'M5 3h7l3 3v11H5zM12 3v3h3',
  arrow: 'M4 10h12M11 5l5 5-5 5',
  down2: 'M10 4v12M5 11l5 5 5-5',
  share: 'M10 12V3M6.500 6.500L10 3l3.500 3.500M5 10v7h10v-7',
  save: 'M10 3v9M6 9l4 4 4-4M4 16h12',
  more: 'M5 10h.01M10 10h.01M15 10h.01',
  panel: 'M3 4h14v12H3zM12 4v12',
  warn: 'M10 3l8 14H2zM10 8v4M10 14.500v.01',
  clock: 'M10 3a7 7 0 1 0 .01 0M10 6v4l3 2',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

export interface IconButtonProps {
  readonly icon: IconName;
  /** For those who do not see it, and for the pointer that rests on it. */
  readonly label: string;
  readonly onClick: () => void;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly class?: string;
}

export function IconButton({ icon, label, onClick, pressed, disabled, class: more = '' }: IconButtonProps) {
  return (
    <button
      type="button"
      class={`iconButton ${more}`}
      aria-label={label}
      title={label}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      {...(disabled === undefined ? {} : { disabled })}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
