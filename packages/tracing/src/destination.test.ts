import assert from 'node:assert/strict';
import { test } from 'node:test';
import { positive, type Variables, wantedOf } from './destination.ts';

const HTTP = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
const AGENT = { CONTAINERAPP_OTEL_TRACING_GRPC_ENDPOINT: 'http://k8se-otel.k8se-apps.svc:4317/v1/traces/' };

function told(env: Variables): string {
  const wanted = wantedOf(env);
  if (wanted.kind === 'traces') return `${wanted.to.protocol} ${wanted.to.url.href}`;
  return wanted.kind === 'problem' ? wanted.message : wanted.kind;
}

test('wantedOf: reads where traces go, and how, from the variables of the specification', () => {
  const table: readonly (readonly [string, Variables, string])[] = [
    ['nothing set', {}, 'nothing'],
    ['a name alone', { OTEL_SERVICE_NAME: 'x' }, 'nothing'],
    ['blanks', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, 'nothing'],
    ['switched off', { ...HTTP, OTEL_SDK_DISABLED: 'True' }, 'nothing'],
    ['no exporter', { ...HTTP, OTEL_TRACES_EXPORTER: 'none' }, 'nothing'],
    ['one for all', HTTP, 'http/protobuf http://127.0.0.1:4318/v1/traces'],
    [
      'one for all below a path',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example/otlp/' },
      'http/protobuf https://c.example/otlp/v1/traces',
    ],
    [
      'one for traces, as it is',
      { ...HTTP, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1/t' },
      'http/protobuf http://127.0.0.1:1/t',
    ],
    [
      'a protocol for traces goes first',
      { ...HTTP, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
      'http/json http://127.0.0.1:4318/v1/traces',
    ],
    [
      'grpc without path',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4317/x', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'grpc http://127.0.0.1:4317/',
    ],
    [
      'grpc without scheme',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'c.example:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'grpc https://c.example:4317/',
    ],
    [
      'grpc without scheme, in the clear',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'c.example:4317',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_INSECURE: 'true',
      },
      'grpc http://c.example:4317/',
    ],
    [
      'grpc without scheme, and what is said of traces goes first',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'c.example:4317',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_INSECURE: 'true',
        OTEL_EXPORTER_OTLP_TRACES_INSECURE: 'false',
      },
      'grpc https://c.example:4317/',
    ],
    ['the agent of Container Apps alone', AGENT, 'grpc http://k8se-otel.k8se-apps.svc:4317/'],
    ['the agent, and another one', { ...AGENT, ...HTTP }, 'http/protobuf http://127.0.0.1:4318/v1/traces'],
    ['the agent, and switched off', { ...AGENT, OTEL_SDK_DISABLED: 'true' }, 'nothing'],
  ];
  for (const [name, env, want] of table) assert.equal(told(env), want, name);
});

test('wantedOf: says what is wrong, by the name of the variable, and never its value where that is an address', () => {
  const protocols: readonly (readonly [string, Variables])[] = [
    ['OTEL_EXPORTER_OTLP_PROTOCOL', { OTEL_EXPORTER_OTLP_PROTOCOL: 'thrift' }],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'thrift' }],
    [
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
      { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'thrift' },
    ],
  ];
  for (const [name, env] of protocols) {
    assert.equal(
      told({ ...HTTP, ...env }),
      `${name} is thrift, which is none of http/protobuf, http/json, grpc: no traces are sent. Mend it, or set OTEL_SDK_DISABLED=true.`,
    );
  }
  for (const address of ['collector', 'ftp://key@c.example', 'http://', '127.0.0.1:4318']) {
    assert.equal(
      told({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: address }),
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is no address such as http://127.0.0.1:4318: no traces are sent. Mend it, or set OTEL_SDK_DISABLED=true.',
      address,
    );
  }
});

test('wantedOf: headers are decoded, those for traces go first, and what is no pair is left out', () => {
  const wanted = wantedOf({
    ...HTTP,
    OTEL_EXPORTER_OTLP_HEADERS: 'Api-Key=all, x-team=a%20b,none,=empty,bad name=1,cut=%E0%A4%A',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=a=b',
    OTEL_EXPORTER_OTLP_TIMEOUT: '250',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_CERTIFICATE: '/run/ca.pem',
  });
  const { headers, timeoutMs, isCompressed, tls } = wanted.kind === 'traces' ? wanted.to : assert.fail();
  assert.deepEqual(headers, { 'api-key': 'a=b', 'x-team': 'a b', cut: '%E0%A4%A' });
  assert.deepEqual([timeoutMs, isCompressed, tls.ca, tls.key], [250, true, '/run/ca.pem', null]);
});

test('positive: takes whole numbers above 0 alone', () => {
  const table = [undefined, '', '0', '-1', '1.5', 'x', ' 512 ', '9007199254740993'] as const;
  assert.deepEqual(table.map(positive), [null, null, null, null, null, null, 512, null]);
});
