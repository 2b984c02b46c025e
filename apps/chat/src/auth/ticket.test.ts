import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { secretOf } from '../settings/secret.ts';
import { Tickets } from './ticket.ts';

const schema = z.object({ user: z.string() });
const KEY = secretOf('a key of the session');

test('tickets: one is read until its time, for its purpose, by who has the key, and unchanged', () => {
  const tickets = new Tickets(KEY);
  const ticket = tickets.issue('session', { user: 'ann' }, 1_000);
  const [body = '', signature = ''] = ticket.split('.');
  const forged = Buffer.from(JSON.stringify({ facts: { user: 'root' }, untilMs: 1_000 })).toString('base64url');
  const rows: ReadonlyArray<readonly [string, Tickets, string, string, number, string | null]> = [
    ['in time', tickets, 'session', ticket, 999, 'ann'],
    ['another process with the key', new Tickets(KEY), 'session', ticket, 0, 'ann'],
    ['too late', tickets, 'session', ticket, 1_000, null],
    ['another purpose', tickets, 'sign-in', ticket, 0, null],
    ['another key', new Tickets(null), 'session', ticket, 0, null],
    ['changed', tickets, 'session', `${forged}.${signature}`, 0, null],
    ['unsigned', tickets, 'session', `${body}.`, 0, null],
    ['empty', tickets, 'session', '', 0, null],
    ['other facts', tickets, 'session', tickets.issue('session', { name: 1 }, 1_000), 0, null],
  ];
  for (const [name, by, purpose, text, nowMs, want] of rows) {
    assert.equal(by.read(purpose, text, schema, nowMs)?.user ?? null, want, name);
  }
});
