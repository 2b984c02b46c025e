import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@spillway/clock';
import { type Command, endingText, runCommand } from './command.ts';

function nodeThat(script: string): Command {
  const args = ['--eval', script];
  return { file: process.execPath, args, folder: process.cwd(), env: {}, limitMs: 60_000 };
}

test('runCommand: keeps both outputs and the exit code', async () => {
  const outcome = await runCommand(nodeThat('console.log("out"); console.error("err"); process.exitCode = 3'));
  assert.deepEqual(outcome.ending, { kind: 'exit', code: 3 });
  assert.deepEqual(outcome.output.split('\n').sort(), ['', 'err', 'out']);
});

test('runCommand: tells of a signal', async () => {
  const outcome = await runCommand(nodeThat('process.kill(process.pid, "SIGTERM")'));
  assert.deepEqual(outcome.ending, { kind: 'signal', signal: 'SIGTERM' });
});

test('runCommand: ends what runs past its limit', async () => {
  const clock = new FakeClock();
  const outcome = runCommand(nodeThat('setInterval(() => {}, 1000)'), clock);
  clock.advance(60_000);
  assert.deepEqual((await outcome).ending, { kind: 'late', limitMs: 60_000 });
});

test('runCommand: leaves no timer behind', async () => {
  const clock = new FakeClock();
  await runCommand(nodeThat(''), clock);
  assert.equal(clock.pending, 0);
});

test('runCommand: what the program started ends with it', async () => {
  const script = `
    const { spawn } = require('node:child_process');
    const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    process.stdout.write(String(child.pid), () => process.exit(0));`;
  // The grandchild holds the pipes open: had it not been ended, this would never come back.
  const outcome = await runCommand(nodeThat(script));
  assert.deepEqual(outcome.ending, { kind: 'exit', code: 0 });
  assert.match(outcome.output, /^\d+$/);
});

test('runCommand: a program that is not there is told of, not thrown', async () => {
  const outcome = await runCommand({ ...nodeThat(''), file: 'no-such-program' });
  assert.match(endingText(outcome.ending), /could not be started: .*no-such-program/);
});
