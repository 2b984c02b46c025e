/** A client of a configuration, for tests: one key, and no bounds but those that are given. */
import { type Access, ANY_ACCESS, type Client } from '@spillway/config';
import type { Allowance } from '@spillway/policy';

interface TestBounds {
  readonly allowance?: Allowance;
  readonly access?: Partial<Access>;
  readonly class?: Client['class'];
  readonly waitMsMax?: number;
}

export function testClient(name: string, key: string, given: TestBounds = {}): Client {
  const { allowance, access, class: ofClass = 'standard', waitMsMax = null } = given;
  return {
    name,
    keys: [{ kind: 'plain', key, expiresMs: null }],
    allowance: allowance ?? null,
    access: { ...ANY_ACCESS, ...access },
    class: ofClass,
    waitMsMax,
  };
}
