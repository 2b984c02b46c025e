/** Names of collections, as a field offers them. */
import { collections } from '../state/documents.ts';

/** More would not be looked through. */
const OFFERED_MAX = 100;

export function CollectionNames({ id }: { readonly id: string }) {
  const names = (collections.value?.collections ?? []).flatMap(({ name }) => name ?? []);
  return (
    <datalist id={id}>
      {names.slice(0, OFFERED_MAX).map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}
