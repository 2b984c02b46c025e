import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HELLO, STREAM, withSimulator } from '../testing.ts';
import { PROMETHEUS_METRICS, type PrometheusMetric } from './prometheus-metrics.ts';
import { prometheusText } from './prometheus-text.ts';

const DEPLOYMENTS = [
  { name: 'chat', model: 'gpt-4o', capacity: 30 },
  { name: 'units', model: 'gpt-4o', type: 'ProvisionedManaged', capacity: 50 },
] as const;

test('prometheusText: has each metric with its meaning and type, before its samples', () =>
  withSimulator(
    async ({ admin, chat }) => {
      await chat(HELLO);
      const { status, headers, text } = await admin('GET', '/metrics');
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
      for (const { name, type, help } of PROMETHEUS_METRICS) {
        assert.ok(text.includes(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`), name);
      }
      const wrong = text
        .split('\n')
        .filter((line) => !/^(#.*|[a-z_]+(\{([a-z]+="([^"\\\n]|\\[\\n"])*",?)+\})? [0-9.e+-]+|)$/.test(line));
      assert.deepEqual(wrong, []);
    },
    { deployments: DEPLOYMENTS },
  ));

test('prometheusText: counts what was answered and refused, and how full each deployment is', () =>
  withSimulator(
    async ({ simulator, admin, chat, clock, addFault }) => {
      await chat(HELLO);
      await chat(STREAM);
      await addFault({ kind: 'status', status: 503, times: 1 });
      await chat(HELLO);
      await admin('POST', '/admin/resources/openai1/deployments/chat/throttle', { seconds: 30 });
      await chat(HELLO);
      clock.advance(60_000);
      const { text } = await admin('GET', '/metrics');
      const chatLabels = 'resource="openai1",deployment="chat",operation="ChatCompletions_Create"';
      for (const line of [
        `spillway_simulator_requests_total{${chatLabels},status="200"} 2`,
        `spillway_simulator_requests_total{${chatLabels},status="429"} 1`,
        `spillway_simulator_throttled_total{${chatLabels}} 1`,
        `spillway_simulator_request_duration_seconds_bucket{${chatLabels},le="+Inf"} 3`,
        `spillway_simulator_time_to_first_byte_seconds_count{${chatLabels}} 2`,
        'spillway_simulator_deployment_in_flight{resource="openai1",deployment="chat"} 0',
        'spillway_simulator_deployment_utilisation_ratio{resource="openai1",deployment="units"} 0',
        'spillway_simulator_deployment_window_tokens_ratio{resource="openai1",deployment="chat"} 0',
        `spillway_simulator_clock_seconds ${simulator.clock.nowMs() / 1000}`,
        'spillway_simulator_clock_speed 1',
      ]) {
        assert.ok(text.split('\n').includes(line), `${line}\n${text}`);
      }
    },
    { deployments: DEPLOYMENTS },
  ));

test('prometheusText: what a label or a meaning holds cannot be taken for anything else', () => {
  const metric: PrometheusMetric = {
    name: 'strange',
    type: 'gauge',
    labels: ['one', 'other'],
    help: 'A back\\slash\nand "quotes".',
    read: (_, take) => take(['a"b\\c\nd', '\ud800'], 0.5),
  };
  const text = prometheusText({ sites: [], clock: { nowMs: () => 0, speed: 1 } }, [metric]);
  assert.deepEqual(text.split('\n'), [
    '# HELP strange A back\\\\slash\\nand "quotes".',
    '# TYPE strange gauge',
    'strange{one="a\\"b\\\\c\\nd",other="\ufffd"} 0.5',
    '',
  ]);
});
