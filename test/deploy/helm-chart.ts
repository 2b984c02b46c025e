/** The Helm chart through the real template engine: Go's, with Helm's functions. Built once for a run. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { validationFile } from './arm-schemas.ts';

export const CHART = fileURLToPath(new URL('../../deploy/kubernetes/spillway', import.meta.url));
/** Where Debian puts libraries of Go. */
const GO_LIBRARIES = '/usr/share/gocode';
const GO_MS_MAX = 120_000;

/** Why the chart is not rendered; false where it is. */
export const NO_HELM =
  process.env.HELM_RENDER === '1' ? false : 'HELM_RENDER=1 renders the chart; it needs Go with sprig and yaml.v3';

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
