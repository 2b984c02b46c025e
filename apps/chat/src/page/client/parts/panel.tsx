/** Beside a conversation: sources, the passage in its page, steps, and what the gateway did. On a phone it lies over the page. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { type Answer, cited, numbersOf } from '../model/answer.ts';
import { turns } from '../state/chat.ts';
import { closePanel, openPanel, panel, type Panel as Shown, TABS, type Tab } from '../state/panel.ts';
import { t, type Word } from '../state/words.ts';
import { GatewayTab } from './gateway-tab.tsx';
import { IconButton } from './icons.tsx';
import { PassageTab } from './passage-tab.tsx';
import { SourcesTab } from './sources-tab.tsx';
import { StepsTab } from './steps-tab.tsx';

const NAMES: Readonly<Record<Tab, Word>> = {
  sources: 'tabSources',
  passage: 'tabPassage',
  steps: 'tabSteps',
  gateway: 'tabGateway',
};

export function Panel() {
  const shown = panel.value;
  const turn = turns.value.find(({ key }) => key === shown?.turnKey);
  if (shown === null || turn === undefined) return null;
  return <Opened shown={shown} answer={turn.answer.value} />;
}

function Opened({ shown, answer }: { readonly shown: Shown; readonly answer: Answer }) {
  const head = useRef<HTMLHeadingElement>(null);
  // Another passage is another place to be.
  useEffect(() => head.current?.focus({ preventScroll: true }), [shown.turnKey, shown.label]);
  const body = useRef<HTMLDivElement>(null);
  // Before the passage scrolls to its mark.
  useLayoutEffect(() => body.current?.scrollTo({ top: 0 }), [shown.turnKey, shown.label, shown.tab]);
  const leave = ({ key }: KeyboardEvent): void => {
    if (key === 'Escape') closePanel();
  };
  return (
    <aside class="panel" aria-label={t('howAnswered')} onKeyDown={leave}>
      <div class="panelHead">
        <h2 ref={head} tabIndex={-1}>
          {t('howAnswered')}
        </h2>
        <IconButton icon="close" label={t('closePanel')} onClick={closePanel} />
      </div>
      <Tabs shown={shown} />
      <div
        class="panelBody"
        ref={body}
        role="tabpanel"
        id="panel-body"
        aria-labelledby={`tab-${shown.tab}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it where nothing inside can be reached
        tabIndex={0}
      >
        <Body shown={shown} answer={answer} />
      </div>
    </aside>
  );
}

function Tabs({ shown }: { readonly shown: Shown }) {
  const to = (tab: Tab): void => {
    openPanel({ ...shown, tab });
    document.getElementById(`tab-${tab}`)?.focus();
  };
  const step = ({ key }: KeyboardEvent): void => {
    const by = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
    const next = TABS[(TABS.indexOf(shown.tab) + by + TABS.length) % TABS.length];
    if (by !== 0 && next !== undefined) to(next);
  };
  return (
    <div class="tabs" role="tablist" aria-label={t('howAnswered')} onKeyDown={step}>
      {TABS.map((tab) => (
        <button
          key={tab}
          id={`tab-${tab}`}
          type="button"
          role="tab"
          aria-selected={tab === shown.tab}
          aria-controls="panel-body"
          tabIndex={tab === shown.tab ? 0 : -1}
          onClick={() => to(tab)}
        >
          {t(NAMES[tab])}
        </button>
      ))}
    </div>
  );
}

function Body({ shown, answer }: { readonly shown: Shown; readonly answer: Answer }) {
  switch (shown.tab) {
    case 'sources':
      return <SourcesTab answer={answer} onOpen={(label) => openPanel({ ...shown, tab: 'passage', label })} />;
    case 'passage': {
      const source = answer.sources.find(({ label }) => label === shown.label) ?? cited(answer)[0] ?? answer.sources[0];
      if (source === undefined) return <p class="quiet">{t('noSources')}</p>;
      return <PassageTab key={source.chunkId} source={source} number={numbersOf(answer).get(source.label) ?? null} />;
    }
    case 'steps':
      return <StepsTab answer={answer} />;
    case 'gateway':
      return <GatewayTab answer={answer} />;
  }
}
