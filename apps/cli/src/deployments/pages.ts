/** Lists of the control plane, page after page. */
import { isRecord } from '@spillway/config';
import type { ArmClient } from './arm-client.ts';
import { ArmFailure } from './arm-failure.ts';

/** Pages of one list; Azure's hold up to a few hundred items each. */
export const PAGES_MAX = 100;

/** All items of a list. @throws ArmFailure, also where the list has no end. */
export async function itemsOf(client: ArmClient, path: string): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  let answer = await client.send('GET', path);
  for (let pages = 1; ; pages++) {
    const { value, nextLink } = isRecord(answer.body) ? answer.body : {};
    if (!Array.isArray(value)) {
      throw new ArmFailure(
        'NoList',
        `the answer is no list; check that --endpoint is the control plane itself`,
        answer.status,
      );
    }
    items.push(...value);
    if (typeof nextLink !== 'string' || nextLink === '') return items;
    if (pages >= PAGES_MAX) {
      throw new ArmFailure(
        'ListTooLong',
        `the list has more than ${PAGES_MAX} pages; narrow it with --resource-group`,
        null,
      );
    }
    answer = await client.follow(nextLink);
  }
}
