/** Who uses the page: how the app knows them, what it keeps of them, and how to take that along or away. */
import { useEffect, useState } from 'preact/hooks';
import type { MeView, OwnData } from '../../../server/api.ts';
import { OWN_EXPORT_URL } from '../api.ts';
import { bytesText, countText } from '../format.ts';
import { openConversation } from '../state/chat.ts';
import { forgetAll } from '../state/history.ts';
import { succeeded, tell } from '../state/notices.ts';
import { go, route } from '../state/route.ts';
import { api } from '../state/server.ts';
import { isNameless, session, signOut } from '../state/session.ts';
import { locale, t, type Word } from '../state/words.ts';
import { Confirm } from './dialog.tsx';
import { Icon } from './icons.tsx';

export function Profile() {
  const now = session.value;
  if (now.kind !== 'open') return null;
  const { me } = now;
  return (
    <section class="profile" aria-label={t('profile')}>
      {isNameless() ? null : (
        <p class="who">
          <b>{me.user}</b> {me.isAdmin ? <span class="pill">{t('admin')}</span> : null}
        </p>
      )}
      <p class="quiet small">{t(howKnown(me))}</p>
      {me.groups.length === 0 ? null : <p class="small">{t('yourGroups', { names: me.groups.join(', ') })}</p>}
      {me.auth === 'password' || me.auth === 'oidc' ? (
        <button type="button" onClick={() => void signOut()}>
          {t('signOut')}
        </button>
      ) : null}
      <Kept />
    </section>
  );
}

const KNOWN: Readonly<Record<MeView['auth'], Word>> = {
  none: 'signedInNone',
  password: 'signedInPassword',
  oidc: 'signedInOidc',
  proxy: 'signedInProxy',
};

/** Who administers without a name is alone on their machine. */
function howKnown({ auth, isAdmin }: MeView): Word {
  return auth === 'none' && isAdmin ? 'signedInOwner' : KNOWN[auth];
}

function Kept() {
  const [data, setData] = useState<OwnData | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const read = async (): Promise<void> => {
    const answer = await api.ownData();
    if (succeeded(answer)) setData(answer.value);
  };
  useEffect(() => void read(), []);
  const forget = async (): Promise<void> => {
    setDeleting(false);
    if (!(await forgetAll())) return;
    await openConversation(null);
    if (route.value.kind === 'chat') go({ kind: 'chat', conversationId: null });
    tell(t('deletedAll'));
    await read();
  };
  if (data === null) return <p class="quiet small">{t('loading')}</p>;
  return (
    <>
      <h4>{t('keptOfYou')}</h4>
      <Figures data={data} />
      <div class="buttons">
        <a class="button" href={OWN_EXPORT_URL} download>
          <Icon name="save" /> {t('saveAll')}
        </a>
        {data.conversations === 0 ? null : (
          <button type="button" class="danger" onClick={() => setDeleting(true)}>
            <Icon name="bin" /> {t('deleteMine')}
          </button>
        )}
      </div>
      {isDeleting ? (
        <Confirm
          title={t('deleteAllTitle')}
          text={t('deleteMineText', { count: countText(data.conversations, locale.value) })}
          action={t('delete')}
          onYes={() => void forget()}
          onLeave={() => setDeleting(false)}
        />
      ) : null}
    </>
  );
}

function Figures({ data }: { readonly data: OwnData }) {
  const now = locale.value;
  const { documents, documentBytes } = data;
  const rows: readonly (readonly [Word, string])[] = [
    ['history', countText(data.conversations, now)],
    ['questions', countText(data.questions, now)],
    ['ratedAnswers', countText(data.rated, now)],
    ['sharedByLink', countText(data.shared, now)],
    [
      'uploadedByYou',
      documents === 0 ? countText(0, now) : `${countText(documents, now)} (${bytesText(documentBytes, now)})`,
    ],
  ];
  return (
    <dl class="facts">
      {rows.map(([word, text]) => (
        <div key={word}>
          <dt>{t(word)}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
