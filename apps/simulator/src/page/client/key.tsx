/** Asks for the admin key, once for this tab. */
import { useState } from 'preact/hooks';
import { giveKey } from './store.ts';

export function KeyQuestion({ message }: { readonly message: string }) {
  const [key, setKey] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    giveKey(key.trim());
  };
  return (
    <form class="card key" onSubmit={submit}>
      <h2>This simulator has an admin key</h2>
      <p>It was started with one, so that not everybody may stop its resources. The key stays in this tab.</p>
      <label class="field">
        <span>Admin key</span>
        <input
          type="password"
          required
          autoComplete="off"
          value={key}
          onInput={({ currentTarget }) => setKey(currentTarget.value)}
        />
      </label>
      <p class="quiet">{message}</p>
      <div class="buttons end">
        <button type="submit" class="main">
          Open
        </button>
      </div>
    </form>
  );
}
