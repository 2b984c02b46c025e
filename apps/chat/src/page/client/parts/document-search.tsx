/** Documents by name: what is typed is told at once. */
import { t } from '../state/words.ts';

/** Characters. */
const WANTED_MAX = 200;

export interface DocumentSearchProps {
  readonly value: string;
  readonly onSearch: (wanted: string) => void;
}

export function DocumentSearch({ value, onSearch }: DocumentSearchProps) {
  return (
    <input
      type="search"
      aria-label={t('searchDocuments')}
      placeholder={t('searchDocuments')}
      maxLength={WANTED_MAX}
      value={value}
      onInput={({ currentTarget }) => onSearch(currentTarget.value.trim())}
    />
  );
}
