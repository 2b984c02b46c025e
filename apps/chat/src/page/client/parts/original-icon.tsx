/** The way to a document as it was put in, as an icon beside its title. */
import { originalUrl } from '../model/passage.ts';
import { t } from '../state/words.ts';
import { Icon } from './icons.tsx';

export interface OriginalIconProps {
  readonly title: string;
  readonly path: string;
  /** null: where it begins. */
  readonly page: number | null;
  /** Default none. */
  readonly class?: string;
}

export function OriginalIcon({ title, path, page, class: of }: OriginalIconProps) {
  const label = t('openOriginal', { title });
  return (
    <a
      {...(of === undefined ? {} : { class: of })}
      href={originalUrl(path, page)}
      target="_blank"
      rel="noopener"
      aria-label={label}
      title={label}
    >
      <Icon name="out" />
    </a>
  );
}
