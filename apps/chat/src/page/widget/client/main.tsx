/** Where the widget begins: whatever page loads the script may use the element, however often it loads it. */
import { SpillwayChat } from './element.tsx';

if (customElements.get('spillway-chat') === undefined) customElements.define('spillway-chat', SpillwayChat);
