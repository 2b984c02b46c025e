/** What must agree about clients: keys are each of one client, and what a name refers to is there. */
import type { Findings } from './findings.ts';
import type { Outline } from './outline.ts';
import type { Path } from './place.ts';
import { didYouMean } from './suggest.ts';

export function checkClients(outline: Outline, findings: Findings): void {
  const names = outline.clients.flatMap(({ name }) => (name === null ? [] : [name]));
  const signedIn = new Set(outline.signIns.map(({ name }) => name));
  for (const { path, name } of outline.signIns) {
    if (name === null || names.includes(name)) continue;
    findings.add(path, { rule: 'is not a client', remedy: didYouMean(name, names, 'the list under clients') });
  }
  for (const { path, name, hasKey } of outline.clients) {
    if (hasKey || signedIn.has(name)) continue;
    findings.add([...path, 'key'], { rule: 'is missing', remedy: 'add it' });
  }
  checkKeys(outline, findings);
}

function checkKeys({ clients }: Outline, findings: Findings): void {
  const first = new Map<string, Path>();
  for (const client of clients) {
    for (const { path, key } of client.keys) {
      const earlier = first.get(key);
      if (earlier === undefined) first.set(key, client.path);
      else {
        const rule = `is also the key of ${findings.name(earlier)}`;
        findings.add(path, { rule, remedy: 'give each client its own key' });
      }
    }
  }
}
