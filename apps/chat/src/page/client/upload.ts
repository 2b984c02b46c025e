/** A file on its way up. `fetch` does not tell how much has gone; the older way of asking does. */
import { type Fetched, refusal } from './api.ts';
import { isJob, type JobView } from './shapes.ts';

export interface Upload {
  readonly file: File;
  readonly category: string;
  /** Groups that may see it, apart by commas; empty: everybody. */
  readonly groups: string;
  /** Who alone may see it; null: everybody, or those groups. */
  readonly onlyFor: string | null;
}

export function upload(
  { file, category, groups, onlyFor }: Upload,
  onShare: (share: number) => void,
): Promise<Fetched<JobView>> {
  const form = new FormData();
  form.append('file', file, file.name);
  if (category.trim() !== '') form.append('category', category.trim());
  if (onlyFor !== null) form.append('users', onlyFor);
  else if (groups.trim() !== '') form.append('groups', groups.trim());
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', '/api/documents');
    request.upload.addEventListener('progress', ({ loaded, total }) => onShare(total === 0 ? 0 : loaded / total));
    request.addEventListener('load', () => resolve(answerOf(request.status, request.responseText)));
    for (const end of ['error', 'abort', 'timeout']) request.addEventListener(end, () => resolve({ kind: 'gone' }));
    request.send(form);
  });
}

function answerOf(status: number, text: string): Fetched<JobView> {
  const value = parsed(text);
  return status >= 200 && status < 300 && isJob(value) ? { kind: 'ok', value: value.job } : refusal(status, value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
