/** The simulator in a line of numbers. */
import { countText } from './format.ts';
import type { PageState } from './shapes.ts';

export function Totals({ state }: { readonly state: PageState }) {
  const { resources, faults } = state;
  const deployments = resources.flatMap((resource) => resource.deployments);
  const sum = (of: 'served' | 'refused' | 'active'): number => deployments.reduce((total, each) => total + each[of], 0);
  const running = resources.filter((resource) => resource.running).length;
  const numbers: ReadonlyArray<readonly [name: string, value: string]> = [
    ['resources running', `${running} of ${resources.length}`],
    ['deployments', countText(deployments.length)],
    ['requests served', countText(sum('served'))],
    ['refused by quota', countText(sum('refused'))],
    ['answers under way', countText(sum('active'))],
    [faults.length === 1 ? 'fault' : 'faults', countText(faults.length)],
  ];
  return (
    <dl class="totals" aria-label="Since the start">
      {numbers.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
