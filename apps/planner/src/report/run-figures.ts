/** The figures of one run: each deployment's load, headroom and refusals over time, and above them what clients saw of the pool. */
import {
  type Chart,
  type Child,
  element,
  grouped,
  type Layer,
  type Markup,
  PANEL_WIDTH,
  type PanelSpec,
  panel,
  panelHeight,
} from '@spillway/drawing';
import type { DeploymentSeries, RunView } from './view.ts';

/** The pool first, then each deployment. Deployments of a kind have the same scales, so that they can be compared. */
export function runFigures(run: RunView): readonly Chart[] {
  const figures = run.deployments.map((one) =>
    deploymentFigure(one, run, scalesOf(run.deployments, one.isProvisioned)),
  );
  return [poolFigure(run), ...figures];
}

type Panel = Pick<PanelSpec, 'title' | 'unit' | 'layers' | 'max'>;

function stacked(title: string, subtitle: string, panels: readonly Panel[], run: RunView): Chart {
  const specs = panels.map((one, index): PanelSpec => {
    const { stepMs, warmUpMs } = run;
    return { ...one, stepMs, warmUpMs, isLast: index === panels.length - 1 };
  });
  const drawn: Markup[] = [];
  let top = HEAD_HEIGHT;
  for (const spec of specs) {
    drawn.push(panel(spec, top));
    top += panelHeight(spec);
  }
  return { width: PANEL_WIDTH, height: top, body: element('g', {}, head(title, subtitle), drawn) };
}

const HEAD_HEIGHT = 44;

function head(title: string, subtitle: string): Child {
  return [
    element('text', { x: 0, y: 15, class: 'title' }, title),
    element('text', { x: 0, y: 31, class: 'subtitle' }, subtitle),
  ];
}

function poolFigure(run: RunView): Chart {
  const perSecond = (values: readonly number[]) => values.map((value) => value / (run.stepMs / 1_000));
  const arrived = perSecond(run.arrived);
  const total = sum(run.arrived);
  const requests = `${grouped(total)} requests, ${grouped(sum(run.refused))} of them refused; steps of ${run.stepMs / 1_000} s`;
  return stacked(
    'What clients saw',
    requests,
    [
      {
        title: 'requests that came',
        unit: 'per second',
        max: Math.max(...arrived, 1),
        layers: [area('came', 'arrived', arrived)],
      },
      {
        title: 'longest wait for quota',
        unit: 'ms',
        max: Math.max(...run.waitMsMax, 100),
        layers: [bars('waited', 'waited', run.waitMsMax)],
      },
      {
        title: '429s that clients saw',
        unit: 'in a step',
        max: Math.max(...run.refused, 4),
        layers: [bars('429', 'refused', run.refused)],
      },
    ],
    run,
  );
}

interface Scales {
  readonly tokens: number;
  readonly refused: number;
  /** Of provisioned utilisation. Percent. */
  readonly utilisation: number;
}

function scalesOf(all: readonly DeploymentSeries[], isProvisioned: boolean): Scales {
  const same = all.filter((one) => one.isProvisioned === isProvisioned);
  const largest = (of: (one: DeploymentSeries) => readonly number[]) => Math.max(0, ...same.flatMap(of));
  return {
    tokens: Math.max(
      largest(({ limit }) => limit),
      largest(({ load }) => load),
    ),
    refused: Math.max(4, ...all.flatMap(({ refused }) => refused)),
    utilisation: Math.min(200, Math.max(120, 100 * largest(({ real }) => real))),
  };
}

function deploymentFigure(one: DeploymentSeries, run: RunView, scales: Scales): Chart {
  return stacked(
    one.id,
    one.what,
    [
      {
        title: 'load served',
        unit: 'tokens in the last minute',
        max: scales.tokens,
        layers: [area('served', 'load', one.load), line('limit', 'limit', one.limit)],
      },
      one.isProvisioned ? utilisation(one, run, scales) : headroom(one),
      {
        title: 'refused tries',
        unit: 'in a step',
        max: scales.refused,
        layers: [bars(`${grouped(sum(one.refused))} in all`, 'refused', one.refused)],
      },
    ],
    run,
  );
}

function headroom({ believed, real }: DeploymentSeries): Panel {
  return {
    title: 'headroom',
    unit: '% of the limit',
    max: 100,
    layers: [line('true', 'real', real.map(toPercent)), line('believed', 'believed', believed.map(toPercent))],
  };
}

function utilisation({ believed, real }: DeploymentSeries, run: RunView, scales: Scales): Panel {
  const spills = sum(run.spilled) === 0 ? [] : [marks('spilled', 'spilled', run.spilled)];
  return {
    title: 'utilisation',
    unit: '% of the units',
    max: scales.utilisation,
    layers: [
      ...spills,
      line('true', 'real', real.map(toPercent)),
      line('believed', 'believed', believed.map(toPercent)),
    ],
  };
}

function toPercent(share: number | null): number | null {
  return share === null ? null : share * 100;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function layer(kind: Layer['kind']) {
  return (name: string, tone: Layer['tone'], values: Layer['values']): Layer => ({ kind, name, tone, values });
}
const line = layer('line');
const area = layer('area');
const bars = layer('bars');
const marks = layer('marks');
