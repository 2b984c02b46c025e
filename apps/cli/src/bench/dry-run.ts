/** `--dry-run`: what would be sent, without sending it. Needs no key. */
import { readFileSync } from 'node:fs';
import { forecastOf, forecastText, recordedOf, responsesNotes, tokenizerFor } from '@spillway/bench';
import { EXIT, type Exit, UsedWrongly } from '../exit.ts';
import type { Asked } from './flags.ts';
import type { BenchIo } from './io.ts';

export async function dryRun({ spec, quota, prices }: Asked, isJson: boolean, { out, err }: BenchIo): Promise<Exit> {
  const { prompts } = spec;
  const recorded = prompts.kind === 'replayed' ? recordedOf(readFileSync(prompts.file, 'utf8'), prompts.file) : [];
  const count = await tokenizerFor(spec.targets[0]?.deployment ?? '');
  try {
    const forecast = forecastOf({ spec, recorded, count, quota, prices });
    for (const note of responsesNotes(spec.targets)) err(`${note}\n`);
    out(isJson ? `${JSON.stringify(forecast)}\n` : forecastText(forecast, prices));
    return EXIT.done;
  } catch (error) {
    if (error instanceof RangeError) throw new UsedWrongly(error.message);
    throw error;
  }
}
