/** Where the page begins. */
import { render } from 'preact';
import { App } from './parts/app.tsx';
import { loadMarkdown } from './parts/prose.tsx';
import { startPreferences } from './state/preferences.ts';
import { startRoute } from './state/route.ts';
import { startSession } from './state/session.ts';
import { startTitle } from './state/title.ts';

const place = document.getElementById('page');
if (place === null) throw new Error('page.html: has no element "page"');
startRoute();
await Promise.all([startPreferences(), startSession()]);
startTitle();
render(<App />, place);
void loadMarkdown();
