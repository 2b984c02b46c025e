/** Asks the app that this runs in: no HTTP, no sign-in, and nobody's rate of questions is used up. */
import type { Answerer } from '../answer/answerer.ts';
import type { Retriever as AppRetriever } from '../answer/retriever.ts';
import type { Reader } from '../store/store.ts';
import type { Asked, Asker, Retriever } from './asker.ts';
import { queryOf } from './memory-retriever.ts';
import { Hearing } from './url-asker.ts';

interface PartsAsked {
  readonly answerer: Pick<Answerer, 'answer'>;
  readonly nowMs: () => number;
}

/** A follow-up's history is played first, so that what is measured is the whole app with its memory. */
export function ownAsker({ answerer, nowMs }: PartsAsked): Asker {
  return {
    async ask(asked, signal) {
      const history: { readonly question: string; readonly answer: string }[] = [];
      const reader = readerOf(asked);
      const turn = async (question: string) => {
        const hearing = new Hearing();
        const startedMs = nowMs();
        const told = { question, history: [...history], mode: 'chat' as const, overrides: {}, reader };
        const answer = await answerer.answer(told, (event) => hearing.take(event, nowMs() - startedMs), signal);
        // The server tells this one behind what the answerer told.
        if (!signal.aborted) hearing.take({ type: 'done', turnId: '', conversationId: '' }, nowMs() - startedMs);
        history.push({ question, answer });
        return hearing.heard();
      };
      for (const { question } of asked.history) {
        const { failure } = await turn(question);
        if (failure !== null) return { ...NOTHING, failure: `in the turn before: ${failure}` };
      }
      return turn(asked.question);
    },
  };
}

const NOTHING = { text: '', sources: [], cited: [], firstMs: null } as const;

/** The app's own search, by words and by vectors as it is set, without a chat model. */
export function ownRetriever(app: Pick<AppRetriever, 'retrieve'>): Retriever {
  return {
    async retrieve(asked, top, signal) {
      const { told } = await app.retrieve(
        { queries: [queryOf(asked)], reader: readerOf(asked), overrides: { top } },
        signal,
      );
      return told;
    },
  };
}

function readerOf({ groups }: Asked): Reader {
  return { user: null, groups: groups ?? [], isAdmin: groups === null };
}
