/** A link under which others may read a conversation as it is now: made, copied, moved on, taken back. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConversationRow } from '../../../store/store.ts';
import type { Fetched } from '../api.ts';
import { tell } from '../state/notices.ts';
import { api } from '../state/server.ts';
import { lock } from '../state/session.ts';
import { wholeUrl } from '../state/shared.ts';
import { refusalText } from '../state/telling.ts';
import { t } from '../state/words.ts';
import { Dialog } from './dialog.tsx';

export interface ShareProps {
  readonly row: ConversationRow;
  readonly onLeave: () => void;
}

/** What stands between somebody and the link. A dialog lies over the page's notices: it tells by itself. */
interface Sharing {
  readonly url: string | null;
  readonly isBusy: boolean;
  readonly told: string;
  readonly problem: string;
}

const AT_FIRST: Sharing = { url: null, isBusy: true, told: '', problem: '' };

export function Share({ row: { id, title }, onLeave }: ShareProps) {
  const [now, setNow] = useState(AT_FIRST);
  const asked = async <Value,>(call: Promise<Fetched<Value>>): Promise<Fetched<Value>> => {
    setNow((before) => ({ ...before, isBusy: true, told: '', problem: '' }));
    const answer = await call;
    const problem = answer.kind === 'ok' || answer.kind === 'locked' ? '' : refusalText(answer);
    setNow((before) => ({ ...before, isBusy: false, problem }));
    if (answer.kind === 'locked') lock(answer);
    return answer;
  };
  const show = (url: string, told: string): void => setNow((before) => ({ ...before, url: wholeUrl(url), told }));
  useEffect(() => {
    void asked(api.sharing(id)).then((found) => {
      if (found.kind === 'ok' && found.value.url !== null) show(found.value.url, '');
    });
  }, [id]);
  const make = async (): Promise<void> => {
    const made = await asked(api.share(id));
    if (made.kind === 'ok') show(made.value.url, now.url === null ? '' : t('shareUpdated'));
  };
  const takeBack = async (): Promise<void> => {
    const taken = await asked(api.unshare(id));
    // Taken back elsewhere: that is what was wanted.
    if (taken.kind !== 'ok' && !(taken.kind === 'refused' && taken.status === 404)) return;
    tell(t('shareTakenBack'));
    onLeave();
  };
  return (
    <Dialog title={t('shareTitle')} onLeave={onLeave}>
      <p class="path">{title}</p>
      <p class="quiet small">{t('shareText')}</p>
      {now.url === null ? null : <Link url={now.url} />}
      <p class="quiet small" role="status">
        {now.told}
      </p>
      <p class="problem" role="alert">
        {now.problem}
      </p>
      <Buttons now={now} onMake={() => void make()} onTakeBack={() => void takeBack()} />
    </Dialog>
  );
}

interface ButtonsProps {
  readonly now: Sharing;
  readonly onMake: () => void;
  readonly onTakeBack: () => void;
}

function Buttons({ now: { url, isBusy }, onMake, onTakeBack }: ButtonsProps) {
  if (url === null)
    return (
      <div class="buttons end">
        <button type="button" class="main" disabled={isBusy} onClick={onMake}>
          {t('shareMake')}
        </button>
      </div>
    );
  return (
    <div class="buttons end">
      <button type="button" class="danger" disabled={isBusy} onClick={onTakeBack}>
        {t('shareTakeBack')}
      </button>
      <button type="button" disabled={isBusy} onClick={onMake}>
        {t('shareUpdate')}
      </button>
    </div>
  );
}

function Link({ url }: { readonly url: string }) {
  const place = useRef<HTMLInputElement>(null);
  const [isCopied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    place.current?.select();
    await navigator.clipboard.writeText(url);
    setCopied(true);
  };
  return (
    <div class="shareLink">
      <input ref={place} readOnly aria-label={t('shareLink')} value={url} />
      <button type="button" class="main" onClick={() => void copy()}>
        {t(isCopied ? 'copied' : 'copy')}
      </button>
    </div>
  );
}
