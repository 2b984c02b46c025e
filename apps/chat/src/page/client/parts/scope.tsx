/** What alone is asked: a chip above the input, which takes it away, and a line below each question that was asked so. */
import { useState } from 'preact/hooks';
import type { Scope } from '../model/scope.ts';
import { opened } from '../state/chat.ts';
import { scope, setScope } from '../state/scope.ts';
import { t } from '../state/words.ts';
import { Icon, IconButton } from './icons.tsx';
import { later } from './later.tsx';

const ScopePicker = later(() => import('./scope-picker.tsx').then(({ ScopePicker: Part }) => Part), 'nothing');

/** The button that opens the choice. */
export function ScopeButton() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <IconButton icon="file" label={t('scopeChoose')} pressed={scope.value !== null} onClick={() => setOpen(true)} />
      {isOpen ? <ScopePicker onLeave={() => setOpen(false)} /> : null}
    </>
  );
}

export function ScopeChip() {
  if (scope.value === null) return null;
  const clear = (): void => {
    setScope(opened.value, null);
    document.getElementById('question')?.focus();
  };
  return (
    <p class="scope">
      <Icon name="file" />
      <span class="name">{t('scopeNow', { names: scopeText(scope.value) })}</span>
      <IconButton icon="close" label={t('scopeClear')} onClick={clear} />
    </p>
  );
}

export function ScopeLine({ of }: { readonly of: Scope | null }) {
  return of === null ? null : <p class="quiet small scopeLine">{t('askedOf', { names: scopeText(of) })}</p>;
}

/** The first one by its name, the others counted. */
function scopeText(of: Scope): string {
  if (of.kind === 'collection') return t('scopeCollection', { name: of.name });
  const count = of.documents.length;
  const name = of.documents[0]?.title ?? null;
  if (name === null) return t('documentCount', { count });
  return count === 1 ? name : t('scopeMore', { name, count: count - 1 });
}
