/** Renderings by their paths. */
import type { Config } from '@spillway/config';
import { type ApimOptions, DEFAULT_APIM_OPTIONS, renderApim } from '@spillway/render';

/** The named value of the limit of tokens, where there is none. */
export const NO_LIMIT = '2147483647';

export function rendered(config: Config, options: Partial<ApimOptions> = {}): ReadonlyMap<string, string> {
  return new Map(renderApim(config, { ...DEFAULT_APIM_OPTIONS, ...options }).map(({ path, text }) => [path, text]));
}

export function fileOf(files: ReadonlyMap<string, string>, path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path} is not rendered`);
  return text;
}
