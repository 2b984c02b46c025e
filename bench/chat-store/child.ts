/** One measurement in a process of its own, whose memory is nobody else's: what to measure as JSON, the figures as JSON. */
import { measurePages } from './pages.ts';
import { measurePut, measureStore } from './store.ts';

const [kind, first, second] = process.argv.slice(2);
const [a, b] = [Number(first), Number(second)];
const measure = {
  store: () => measureStore({ chunks: a, dimensions: b }),
  put: () => measurePut({ chunks: a, dimensions: b }),
  pages: () => measurePages(a),
};
if (kind !== 'store' && kind !== 'put' && kind !== 'pages') throw new Error(`${kind} is not measured here`);
process.stdout.write(JSON.stringify(await measure[kind]()));
