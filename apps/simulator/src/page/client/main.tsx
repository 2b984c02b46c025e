/** Where the page begins. */
import { render } from 'preact';
import { App } from './app.tsx';
import { startLooking } from './store.ts';

const place = document.getElementById('page');
if (place === null) throw new Error('page.html: has no element "page"');
render(<App />, place);
startLooking();
