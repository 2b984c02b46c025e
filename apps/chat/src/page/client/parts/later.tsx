/** A part of the page that is rarely opened: its script is fetched when it first is, and stays. */
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { warn } from '../state/notices.ts';
import { t } from '../state/words.ts';

interface Leavable {
  /** A dialog whose script did not come is left again: the next click tries anew. */
  readonly onLeave?: () => void;
}

/** @param meanwhile `nothing`: a dialog is simply not there yet; `loading`: it is a whole view, and says so. */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: 'nothing' | 'loading',
): (props: Props & Leavable) => JSX.Element | null {
  let Part: ComponentType<Props> | null = null;
  return function Later(props: Props & Leavable) {
    const [state, setState] = useState<'coming' | 'there' | 'missing'>(Part === null ? 'coming' : 'there');
    useEffect(() => {
      if (Part !== null) return;
      const take = (part: ComponentType<Props>): void => {
        Part = part;
        setState('there');
      };
      // The server may be gone, or of another version since this page was loaded.
      const miss = (): void => {
        setState('missing');
        warn(t('unexpected'));
        props.onLeave?.();
      };
      load().then(take, miss);
    }, []);
    if (Part !== null) return <Part {...props} />;
    return meanwhile === 'nothing' ? null : <main class="door">{state === 'missing' ? <Reload /> : t('loading')}</main>;
  };
}

function Reload() {
  return (
    <button type="button" class="main" onClick={() => location.reload()}>
      {t('tryAgain')}
    </button>
  );
}
