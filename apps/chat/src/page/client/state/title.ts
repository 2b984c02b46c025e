/** The title of the browser's tab: what is open, and then whose page it is. */
import { effect } from '@preact/signals';
import { opened, turns } from './chat.ts';
import { conversations } from './history.ts';
import { route } from './route.ts';
import { config } from './session.ts';
import { sharedTitle } from './shared.ts';
import { t } from './words.ts';

/** A tab shows the beginning of it alone. Characters. */
const TITLE_CHARS_MAX = 80;

export function startTitle(): void {
  effect(() => {
    const whose = config.value?.title ?? '';
    const what = openTitle();
    if (whose !== '') document.title = what === '' ? whose : `${what.slice(0, TITLE_CHARS_MAX)} – ${whose}`;
  });
}

function openTitle(): string {
  switch (route.value.kind) {
    case 'documents':
      return t('documents');
    case 'evaluation':
      return t('evaluation');
    case 'shared':
      return sharedTitle.value;
    case 'chat':
      // While somebody searches, the list does not hold every conversation.
      return conversations.value.find(({ id }) => id === opened.value)?.title ?? turns.value[0]?.question ?? '';
  }
}
