/**
 * `<spillway-chat>`: the chat app within somebody else's page. It draws into a shadow root, so that neither page sees the other's
 * styles, and asks the app it was loaded from, or the one that `url` names.
 */
import { h, render } from 'preact';
import { Api } from '../../client/api.ts';
import { fetchProse } from './answer.tsx';
import { Conversation, type Turn } from './conversation.ts';
import { STYLE } from './style.ts';
import { View } from './view.tsx';
import { ENGLISH, failureToldWith, type Language, languageOf, sayWith } from './words.ts';

const OBSERVED = ['url', 'title', 'suggestions', 'theme', 'lang', 'open', 'position'] as const;
/** Who asks, where nobody signs in: given by the app with the first answer, told again with each question. Kept in memory alone. */
const VISITOR = 'x-spillway-visitor';
const SUGGESTIONS_MAX = 6;

export class SpillwayChat extends HTMLElement {
  static readonly observedAttributes: readonly string[] = OBSERVED;
  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #api = new Api({
    fetch: (path, init) => this.#fetch(path, init),
    after: (ms) => after(ms, null),
    signalAfter: (ms) => AbortSignal.timeout(ms),
  });
  readonly #conversation = new Conversation({
    api: {
      ask: async (question, following) => {
        await this.#known;
        return this.#api.ask(question, following);
      },
      stop: (turnId) => this.#api.stop(turnId),
    },
    nowMs: () => Date.now(),
    after,
    onChange: () => this.#draw(),
    onEnd: (turn) => this.#ended(turn),
  });
  #visitor: string | null = null;
  /** Nothing is asked before the app has said who this visitor is: whose conversation would it be? */
  #known: Promise<unknown> = Promise.resolve();
  #config: { readonly title: string; readonly examples: readonly string[] } | null = null;
  #say = sayWith(ENGLISH);
  #failureTold = failureToldWith(null);
  #language: Language = 'en';
  /** Drawn at the end of the turn, once. */
  #isDue = false;
  #hasBegun = false;

  constructor() {
    super();
    this.addEventListener('keydown', (event) => this.#pressed(event));
  }

  connectedCallback(): void {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    void this.#speak();
    this.#openedOrClosed();
    this.#draw();
  }

  disconnectedCallback(): void {
    this.#conversation.stop();
    render(null, this.#root);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now) return;
    if (name === 'lang') void this.#speak();
    if (name === 'open' || name === 'position') this.#openedOrClosed();
    this.#draw();
  }

  get open(): boolean {
    return this.hasAttribute('open');
  }

  set open(isOpen: boolean) {
    this.toggleAttribute('open', isOpen);
  }

  /** Opens the widget, and asks. Without effect while an answer is being written. */
  ask(question: string): void {
    this.open = true;
    if (this.#conversation.isBusy || question.trim() === '') return;
    this.#tell('spillway-question', { question: question.trim() });
    void this.#conversation.ask(question);
  }

  stop(): void {
    this.#conversation.stop();
  }

  get #url(): string {
    return (this.getAttribute('url') ?? new URL('.', import.meta.url).href).replace(/\/+$/, '');
  }

  get #isInline(): boolean {
    return this.getAttribute('position') === 'inline';
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const sent = this.#visitor;
    if (sent !== null) headers.set(VISITOR, sent);
    // Cookies go along only to an app of this very origin: no other one would take them.
    const response = await fetch(this.#url + path, { ...init, headers, credentials: 'same-origin' });
    // Of two requests that went out without one the first decides; one that is not known any more is replaced.
    if (this.#visitor === sent) this.#visitor = response.headers.get(VISITOR) ?? sent;
    return response;
  }

  /** Escape stops what is being written; then it closes. */
  #pressed(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || event.isComposing) return;
    if (this.#conversation.isBusy) this.stop();
    else if (this.open && !this.#isInline) this.#close();
    else return;
    event.stopPropagation();
  }

  #openWide(): void {
    this.open = true;
  }

  #close(): void {
    this.open = false;
    requestAnimationFrame(() => this.#root.querySelector<HTMLElement>('.launcher')?.focus());
  }

  #openedOrClosed(): void {
    const isOpen = this.open || this.#isInline;
    if (isOpen && !this.#hasBegun) void this.#begin();
    if (this.#hasBegun) this.#tell(isOpen ? 'spillway-open' : 'spillway-close', {});
  }

  /** Nothing is fetched for a page that nobody asks in. */
  async #begin(): Promise<void> {
    this.#hasBegun = true;
    void fetchProse();
    const asked = this.#api.config();
    this.#known = asked;
    const question = this.getAttribute('question') ?? '';
    if (question !== '') this.ask(question);
    const config = await asked;
    if (config.kind === 'ok') this.#config = config.value;
    else this.#warn();
    this.#draw();
  }

  /** To whoever puts the widget into a page: the browser tells scripts nothing of why. */
  #warn(): void {
    console.warn(
      `<spillway-chat>: ${this.#url} does not answer this page. Is the app running, does its ALLOWED_ORIGINS name ${location.origin}, and does the Content-Security-Policy of this page have it in connect-src?`,
    );
  }

  async #speak(): Promise<void> {
    const wishes = [this.lang, document.documentElement.lang, ...navigator.languages].filter((each) => each !== '');
    const language = languageOf(wishes);
    if (language === this.#language) return;
    this.#language = language;
    const words = language === 'en' ? null : await this.#api.words(language);
    // Another one may have been wished for meanwhile.
    if (this.#language !== language) return;
    const table = words?.kind === 'ok' ? words.value : null;
    this.#say = sayWith(table ?? ENGLISH);
    this.#failureTold = failureToldWith(table);
    this.#draw();
  }

  #ended({ question, answer }: Turn): void {
    const { text, failure, conversationId } = answer;
    if (failure !== null) this.#tell('spillway-failure', { question, kind: failure.kind });
    else this.#tell('spillway-answer', { question, text, conversationId });
  }

  #tell(name: string, detail: Readonly<Record<string, unknown>>): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  #draw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.isConnected) this.#drawn();
    });
  }

  #drawn(): void {
    const own = (this.getAttribute('suggestions') ?? '').split('|').map((each) => each.trim());
    const suggestions = own.filter((each) => each !== '');
    const view = h(View, {
      say: this.#say,
      failureTold: this.#failureTold,
      language: this.#language,
      url: this.#url,
      title: this.getAttribute('title') || this.#config?.title || this.#say('question'),
      examples: (suggestions.length > 0 ? suggestions : (this.#config?.examples ?? [])).slice(0, SUGGESTIONS_MAX),
      turns: this.#conversation.turns,
      isBusy: this.#conversation.isBusy,
      isOpen: this.open || this.#isInline,
      isInline: this.#isInline,
      onOpen: (isOpen) => (isOpen ? this.#openWide() : this.#close()),
      onAsk: (question) => this.ask(question),
      onAgain: (turn) => void this.#conversation.again(turn),
      onStop: () => this.stop(),
      onClear: () => this.#conversation.clear(),
    });
    render(view, this.#root);
  }
}

/** Fulfilled also when the signal comes. */
function after(ms: number, signal: AbortSignal | null): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
}
