/** The door: a password, another place to sign in, or the word that a proxy should have said who is there. */
import { useState } from 'preact/hooks';
import { config, session, signIn } from '../state/session.ts';
import { t } from '../state/words.ts';

export function SignIn({ message, onOpen }: { readonly message: string; readonly onOpen: () => void }) {
  const auth = config.value?.auth ?? 'password';
  return (
    <main class="door">
      <img src="/ui/icon.svg" alt="" width="44" height="44" />
      <h1>{config.value?.title ?? ''}</h1>
      {auth === 'password' ? <PasswordForm onOpen={onOpen} /> : <Elsewhere />}
      <p class="problem" role="alert">
        {message}
      </p>
    </main>
  );
}

function PasswordForm({ onOpen }: { readonly onOpen: () => void }) {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await signIn(user, password)) onOpen();
  };
  return (
    <form class="card" onSubmit={submit}>
      <label class="field">
        <span>{t('userName')}</span>
        <input
          required
          autoComplete="username"
          value={user}
          onInput={({ currentTarget }) => setUser(currentTarget.value)}
        />
      </label>
      <label class="field">
        <span>{t('password')}</span>
        <input
          type="password"
          required
          autoComplete="current-password"
          value={password}
          onInput={({ currentTarget }) => setPassword(currentTarget.value)}
        />
      </label>
      <button type="submit" class="main">
        {t('signIn')}
      </button>
    </form>
  );
}

function Elsewhere() {
  const url = config.value?.signInUrl ?? null;
  if (url === null) return <p>{session.value.kind === 'gone' ? t('serverGone') : t('proxySignIn')}</p>;
  return (
    <a class="button main" href={url}>
      {t('signIn')}
    </a>
  );
}
