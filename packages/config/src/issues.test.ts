/** Every range that the schema names, at its ends and one step beyond. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Findings } from './findings.ts';
import { checkSchema } from './issues.ts';
import { formatPath, type Path } from './place.ts';
import { isSchema, type JsonSchema, jsonSchema, variants } from './schema-json.ts';

interface Range {
  readonly path: Path;
  readonly schema: JsonSchema;
}

function rangesOf(schema: JsonSchema, path: Path): readonly Range[] {
  return variants(schema).flatMap((variant) => {
    const own = variant.maximum === undefined ? [] : [{ path, schema: variant }];
    const properties = Object.entries(variant.properties ?? {}).flatMap(([key, value]) =>
      isSchema(value) ? rangesOf(value, [...path, key]) : [],
    );
    const items = isSchema(variant.items) ? rangesOf(variant.items, [...path, 0]) : [];
    const named = isSchema(variant.additionalProperties)
      ? rangesOf(variant.additionalProperties, [...path, 'any'])
      : [];
    return [...own, ...properties, ...items, ...named];
  });
}

/** Plain data that has one value, at one path; a member of a pool is one by its deployment. */
function holding(value: unknown, path: Path): unknown {
  return path.reduceRight<unknown>(
    (inner, step) => (typeof step === 'number' ? [inner] : { ...MEMBER, [step]: inner }),
    value,
  );
}

const MEMBER = { deployment: 'a/b' };

function isRefused(value: number, path: Path): boolean {
  const data = holding(value, path);
  const nowhere = { line: null, column: null };
  const findings = new Findings({ file: null, place: () => nowhere, name: formatPath, written: () => undefined });
  checkSchema(data, findings);
  return findings.errors.some((error) => error.path === formatPath(path));
}

const ranges = rangesOf(jsonSchema(), []);

test('checkSchema: has ranges to test', () => assert.ok(ranges.length >= 25, `only ${ranges.length}`));

for (const { path, schema } of ranges) {
  const { minimum, exclusiveMinimum, maximum = 0 } = schema;
  const step = schema.type === 'integer' ? 1 : 1e-6;
  const lowest = minimum ?? Number(exclusiveMinimum) + step;
  test(`checkSchema: ${path.join('.')} is from ${lowest} to ${maximum}`, () => {
    assert.deepEqual(
      [lowest - step, lowest, maximum, maximum + step].map((value) => isRefused(value, path)),
      [true, false, false, true],
    );
    assert.equal(isRefused(Number.NaN, path), true);
    assert.equal(isRefused(Number.POSITIVE_INFINITY, path), true);
    if (step === 1) assert.equal(isRefused(lowest + 0.5, path), true);
  });
}
