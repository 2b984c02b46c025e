/** spillway.yaml to a Config. */
import { compile } from './compile.ts';
import type { Loaded } from './config.ts';
import type { FileKind } from './file-kind.ts';
import { GATEWAY_FILE } from './gateway-file.ts';
import { fillSecrets, secretFiles } from './secrets.ts';
import { readYaml } from './yaml.ts';

export interface YamlInput {
  readonly text: string;
  /** As errors shall name it. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Contents of the files that {@link secretFilesIn} named; null for one that cannot be read. */
  readonly secrets: ReadonlyMap<string, string | null>;
  /** stoodIn: for whoever wants to know what the file says, and not to serve by it. Default: refused. */
  readonly missing?: 'refused' | 'stoodIn';
}

export function configFromYaml(input: YamlInput): Loaded {
  const { data, findings, source } = readYaml(input.text, input.file, GATEWAY_FILE);
  if (data === null) return { kind: 'errors', errors: findings.errors };
  const { env, secrets: files, missing = 'refused' } = input;
  const filled = fillSecrets(data, { env, files, kind: GATEWAY_FILE, missing }, findings);
  return compile(filled, source, findings);
}

/** Paths of the files that `${file:…}` names in the text, so that the app can read them first. */
export function secretFilesIn(text: string, kind: Pick<FileKind, 'remedies'> = GATEWAY_FILE): readonly string[] {
  return secretFiles(readYaml(text, '', kind).data);
}
