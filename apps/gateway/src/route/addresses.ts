/** Where a request comes from, and whether it may: lists of addresses, and proxies that are believed. */
import { BlockList, isIP } from 'node:net';

export type IsListed = (address: string) => boolean;

/** @param list addresses and ranges (`10.0.0.0/8`), checked by the configuration; null: none, and every address is in it. */
export function addressList(list: readonly string[] | null): IsListed | null {
  if (list === null) return null;
  const blocks = new BlockList();
  for (const each of list) {
    const [address = '', bits] = each.split('/');
    const family = familyOf(address);
    if (bits === undefined) blocks.addAddress(address, family);
    else blocks.addSubnet(address, Number(bits), family);
  }
  return (text) => {
    const address = plainAddress(text);
    return isIP(address) !== 0 && blocks.check(address, familyOf(address));
  };
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** As a list has it: a server for both families sees IPv4 as `::ffff:192.0.2.7`, and some proxies write a port behind. */
function plainAddress(text: string): string {
  const trimmed = text.trim();
  const host = /^\[([^\]]*)\](?::\d+)?$/.exec(trimmed)?.[1] ?? trimmed.replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');
  return host.replace(/^::ffff:(?=\d+\.)/i, '');
}

/** Says who the client is, past the proxies. */
export class Proxies {
  readonly #trusted: number | IsListed | null;

  /** @param trusted how many, or their addresses; null: none is believed. */
  constructor(trusted: number | readonly string[] | null) {
    this.#trusted = typeof trusted === 'number' ? trusted : addressList(trusted);
  }

  /**
   * @param peer of the connection.
   * @param forwardedFor the header, in which each proxy adds whom it saw at the end: what stands before that is the client's own word.
   */
  clientOf(peer: string, forwardedFor: string | undefined): string {
    const trusted = this.#trusted;
    if (trusted === null || forwardedFor === undefined) return peer;
    const chain = [...forwardedFor.split(',').map((each) => each.trim()), peer];
    if (typeof trusted === 'number') return chain.at(-1 - trusted) ?? '';
    return chain.findLast((address) => !trusted(address)) ?? chain[0] ?? peer;
  }
}
