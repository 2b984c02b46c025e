/** Makes the pages now that are otherwise made when somebody first opens them, by the very code that does it then. */
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KeptBuilds } from './kept-builds.ts';
import { inputs, kept } from './recorder.ts';

const APPS = pathToFileURL(join(import.meta.dirname, '../../apps/')).href;

export interface Pages {
  readonly builds: KeptBuilds;
  /** Files that went into them, below the checkout. */
  readonly inputs: ReadonlySet<string>;
}

export async function makePages(): Promise<Pages> {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const isForPage = specifier === 'esbuild' && context.parentURL?.startsWith(APPS) === true;
      return next(isForPage ? new URL('./recorder.ts', import.meta.url).href : specifier, context);
    },
  });
  try {
    const chat = await import('../../apps/chat/src/page/assets.ts');
    const widget = await import('../../apps/chat/src/page/widget/widget.ts');
    const simulator = await import('../../apps/simulator/src/page/assets.ts');
    await chat.pageAssets();
    await widget.widgetScripts();
    await simulator.pageAssets();
  } finally {
    hooks.deregister();
  }
  return { builds: Object.fromEntries(kept), inputs };
}
