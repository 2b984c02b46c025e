import assert from 'node:assert/strict';
import test from 'node:test';
import { chooseModel, type FiguresGiven, listModels } from './model-choice.ts';

test('chooseModel: figures of the table, of 2024, or by hand, each with its origin', () => {
  const rows: ReadonlyArray<
    readonly [model: string, given: FiguresGiven, per: number, weight: number, origin: RegExp]
  > = [
    ['gpt-5.2', { set: '2026' }, 3_400, 8, /sizing, 2026-05-22$/],
    ['GPT-5.2-2025-12-11', { set: '2026' }, 3_400, 8, /2026-05-22/],
    ['gpt-4o-mini', { set: '2026' }, 37_000, 4, /2026-05-22/],
    ['gpt-4o-mini', { set: '2024' }, 37_000, 3, /2024-11-01/],
    ['gpt-5.2', { set: '2026', outputWeight: 6 }, 3_400, 6, /2026-05-22, and given by hand/],
    ['mine', { set: '2026', inputTokensPerMinutePerUnit: 900, outputWeight: 5 }, 900, 5, /^given by hand$/],
    ['gpt-5.4-mini', { set: '2026', inputTokensPerMinutePerUnit: 900, outputWeight: 5 }, 900, 5, /^given by hand$/],
    ['FW-GLM-5', { set: '2026' }, 3_500, 4, /output weight assumed/],
  ];
  for (const [model, given, per, weight, origin] of rows) {
    const chosen = chooseModel(model, given);
    if ('problem' in chosen) assert.fail(chosen.problem);
    const { provisioned } = chosen.facts;
    assert.deepEqual([provisioned.inputTokensPerMinutePerUnit, provisioned.outputWeight], [per, weight], model);
    assert.match(chosen.origin, origin, model);
  }
  const byHand = chooseModel('gpt-5.2', { set: '2026', unitsMin: 30, unitsStep: 10 });
  assert.deepEqual('facts' in byHand && byHand.facts.provisioned.regional, { min: 30, step: 10 });
});

test('chooseModel: a model of the table without published figures is planned without PTUs, and says how to give them', () => {
  for (const model of ['gpt-5.4-mini', 'text-embedding-3-small', 'gpt-4']) {
    const chosen = chooseModel(model, { set: '2026' });
    if ('problem' in chosen) assert.fail(chosen.problem);
    assert.equal(
      chosen.missing,
      `${model}: no PTU figures of it are published; --input-tpm-per-ptu and --output-weight (and --min, --increment) give them by hand`,
    );
  }
  const given = chooseModel('gpt-5.4-mini', { set: '2026', inputTokensPerMinutePerUnit: 900, outputWeight: 5 });
  assert.equal('facts' in given && given.missing, null);
});

test('chooseModel: one that is in no table is refused, with the nearest that is, and so are half of the figures', () => {
  const rows: ReadonlyArray<readonly [model: string, given: FiguresGiven, want: RegExp]> = [
    ['gpt-5.22', { set: '2026' }, /gpt-5\.22 is not in the table of models: did you mean gpt-5\.2\b/],
    ['claude', { set: '2026' }, /see spillway plan capacity --list-models.*--input-tpm-per-ptu and --output-weight/],
    ['claude', { set: '2026', outputWeight: 5 }, /not in the table/],
    ['gpt-5.4-mini', { set: '2026', outputWeight: 5 }, /no PTU figures of it are published; --input-tpm-per-ptu.*both/],
    ['gpt-4', { set: '2026', unitsMin: 5 }, /no PTU figures.*both, or none/],
    ['gpt-4', { set: '2024' }, /--figures 2024 has gpt-4o and gpt-4o-mini alone/],
    ['gpt-5.2', { set: '2024' }, /--figures 2024 has gpt-4o and gpt-4o-mini alone, not gpt-5\.2/],
  ];
  for (const [model, given, want] of rows) {
    const chosen = chooseModel(model, given);
    assert.match('problem' in chosen ? chosen.problem : 'chosen', want, model);
  }
});

test('listModels: all with figures, dated, and which weights are a guess', () => {
  const models = listModels('2026');
  assert.ok(models.length >= 25);
  assert.ok(models.every(({ asOf }) => asOf === '2026-05-22'));
  assert.equal(models.find(({ model }) => model === 'gpt-oss-120b')?.isWeightAssumed, true);
  assert.equal(models.find(({ model }) => model === 'gpt-5.2')?.isWeightAssumed, false);
  assert.deepEqual(
    listModels('2024').map(({ model, outputWeight }) => [model, outputWeight]),
    [
      ['gpt-4o', 3],
      ['gpt-4o-mini', 3],
    ],
  );
});
