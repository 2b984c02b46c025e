import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressList, Proxies } from './addresses.ts';

const LIST = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'];

const ADDRESSES: ReadonlyArray<readonly [address: string, listed: boolean]> = [
  ['10.255.0.1', true],
  ['11.0.0.1', false],
  ['192.0.2.7', true],
  ['192.0.2.8', false],
  ['::ffff:10.1.2.3', true],
  ['::ffff:11.1.2.3', false],
  ['2001:db8:ffff::9', true],
  ['2001:db9::1', false],
  ['::1', true],
  ['10.1.2.3:52011', true],
  ['[2001:db8::1]:443', true],
  [' 10.1.2.3 ', true],
  ['', false],
  ['unknown', false],
  ['10.1.2', false],
];

test('addressList: knows addresses and ranges of both families, in each spelling, and nothing that is none', () => {
  const isListed = addressList(LIST) ?? assert.fail('no list');
  for (const [address, listed] of ADDRESSES) assert.equal(isListed(address), listed, address);
  assert.equal(addressList(null), null);
});

type Trusted = ConstructorParameters<typeof Proxies>[0];

const CHAINS: ReadonlyArray<
  readonly [name: string, trusted: Trusted, peer: string, header: string | undefined, want: string]
> = [
  ['nobody is believed by default', null, '10.0.0.1', '1.2.3.4', '10.0.0.1'],
  ['without the header the connection counts', ['10.0.0.0/8'], '10.0.0.1', undefined, '10.0.0.1'],
  ['a proxy that is trusted is believed', ['10.0.0.0/8'], '10.0.0.1', '1.2.3.4', '1.2.3.4'],
  ['a stranger is not, whatever it says', ['10.0.0.0/8'], '9.9.9.9', '1.2.3.4', '9.9.9.9'],
  ["what stands before a stranger is the stranger's word", ['10.0.0.0/8'], '10.0.0.1', '10.0.0.9, 1.2.3.4', '1.2.3.4'],
  ['several trusted proxies are passed', ['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
  ['all of them trusted: the first one', ['10.0.0.0/8'], '10.0.0.1', '10.0.0.3,10.0.0.2', '10.0.0.3'],
  ['one proxy: the last word is its', 1, '10.0.0.1', '6.6.6.6, 1.2.3.4', '1.2.3.4'],
  ['two proxies: the last but one', 2, '10.0.0.1', '6.6.6.6, 1.2.3.4, 10.0.0.2', '1.2.3.4'],
  ['fewer words than proxies: nobody', 2, '10.0.0.1', '1.2.3.4', ''],
];

for (const [name, trusted, peer, header, want] of CHAINS) {
  test(`Proxies: ${name}`, () => assert.equal(new Proxies(trusted).clientOf(peer, header), want));
}
