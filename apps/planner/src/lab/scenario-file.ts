/** Reads scenarios from files: those that ship, and a user's. */
import { readdirSync, readFileSync } from 'node:fs';
import { printError } from '@spillway/config';
import { type ScenarioRead, scenarioFromYaml } from './scenario.ts';
import type { Scenario } from './types.ts';

const SHIPPED = new URL('../../scenarios/', import.meta.url);

/** @param file path; it is the reader's matter to tell errors. */
export function readScenarioFile(file: string): ScenarioRead {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { kind: 'errors', errors: [unreadable(file, error)] };
  }
  return scenarioFromYaml(text, file);
}

function unreadable(file: string, error: unknown) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  const rule = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
  return { file, line: null, column: null, path: '', value: '', rule, remedy: 'check the path' };
}

/** Names of the scenarios that ship, in order. */
export function shippedNames(): readonly string[] {
  const files = readdirSync(SHIPPED).filter((file) => file.endsWith('.yaml'));
  return files.map((file) => file.slice(0, -'.yaml'.length)).sort();
}

/** Throws where there is none of the name: see {@link shippedNames}. */
export function shippedScenario(name: string): Scenario {
  const file = `${name}.yaml`;
  const read = scenarioFromYaml(readFileSync(new URL(file, SHIPPED), 'utf8'), file);
  if (read.kind === 'ok') return read.scenario;
  throw new TypeError(`a scenario that ships is wrong: ${read.errors.map(printError).join('\n')}`);
}
