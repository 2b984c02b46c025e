/** The Helm chart through the real template engine: Go's, with Helm's functions. Built once for a run. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { validationFile } from './arm-schemas.ts';

export const CHART = fileURLToPath(new URL('../../deploy/kubernetes/spillway', import.meta.url));
/** Where Debian puts libraries of Go. */
const GO_LIBRARIES = '/usr/share/gocode';
const GO_MS_MAX = 120_000;

/** Why the chart is not rendered; false where it is. */
export const NO_HELM =
  process.env.HELM_RENDER === '1' ? false : 'HELM_RENDER=1 renders the chart; it needs Go with sprig and yaml.v3';

/** Of all that a rendering is made from: whoever changes a template is told to render anew, also where nothing renders. */
export function chartDigest(chart = CHART): string {
  const files = globSync('**/*', { cwd: chart, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => relative(chart, join(entry.parentPath, entry.name))).sort();
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${path}\0${readFileSync(join(chart, path), 'utf8')}\0`);
  return hash.digest('hex');
}

/** Why Helm itself is not asked; false where it is. */
export const NO_HELM_ITSELF =
  process.env.HELM_TEMPLATE === '1' ? false : 'HELM_TEMPLATE=1 compares with what Helm itself renders; it needs helm';

/** By Helm itself, which puts objects into another order and lists into another shape. */
export function renderedByHelm(values: Values, program = 'helm'): string {
  const options = { encoding: 'utf8', timeout: GO_MS_MAX, input: stringify(values) } as const;
  return execFileSync(program, ['template', 'rel', CHART, '--values', '-'], options);
}

/** What is sent to the cluster, whatever the text: by kind and name. */
export function objectsByName(text: string): ReadonlyMap<string, Values> {
  const objects = parseAllDocuments(text).map((document): unknown => document.toJS());
  const found = objects.filter(isRecord);
  return new Map(found.map((one) => [`${String(one.kind)} ${String(record(one.metadata).name)}`, one]));
}

type Values = Readonly<Record<string, unknown>>;

export class Renderer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'spillway-helm-'));

  constructor() {
    const source = validationFile('helm-render.go');
    if (!existsSync(source)) throw new Error(`HELM_RENDER=1, and there is no ${source}`);
    cpSync(source, join(this.#folder, 'render.go'));
    const env = {
      ...process.env,
      GO111MODULE: 'off',
      GOPATH: GO_LIBRARIES,
      GOCACHE: join(this.#folder, 'cache'),
      GOFLAGS: '',
    };
    execFileSync('go', ['build', '-o', 'render', 'render.go'], { cwd: this.#folder, env, timeout: GO_MS_MAX });
  }

  /** @returns all objects, as Helm would send them. */
  render(values: Values): string {
    const chart = join(this.#folder, 'spillway');
    cpSync(CHART, chart, { recursive: true });
    writeFileSync(join(chart, 'values.yaml'), stringify(valuesWith(values)));
    const text = execFileSync(join(this.#folder, 'render'), [chart], {
      encoding: 'utf8',
      timeout: GO_MS_MAX,
      stdio: 'pipe',
    });
    return text.replaceAll(`${chart}/`, '');
  }

  close(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** The chart's own, with others on top, as Helm lays them. */
export function valuesWith(more: Values): Values {
  return merged(record(parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'))), more);
}

function merged(below: Values, above: Values): Values {
  const entries = Object.entries(above).map(([key, value]) => {
    const under = below[key];
    return [key, isRecord(value) && isRecord(under) ? merged(under, value) : value] as const;
  });
  return { ...below, ...Object.fromEntries(entries) };
}

export function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function record(value: unknown): Values {
  if (!isRecord(value)) throw new Error(`not a mapping: ${JSON.stringify(value)}`);
  return value;
}
