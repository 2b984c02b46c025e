/** What is said to a model, and how much of a conversation is told again. */
import { estimateTokens } from '../text/tokens.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

export interface PastTurn {
  readonly question: string;
  /** Empty where none came. */
  readonly answer: string;
}

/** What each message costs besides its text: its role and its delimiters. Source: OpenAI cookbook, "How to count tokens with tiktoken". */
const MESSAGE_TOKENS = 4;

/** The newest turns that fit, in the order in which they were said; a turn is told whole or not at all. @param history oldest first. */
export function historyWithin(history: readonly PastTurn[], tokensMax: number): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  let left = tokensMax;
  for (const { question, answer } of [...history].reverse()) {
    const said = saidIn(question, answer);
    left -= said.reduce((sum, { content }) => sum + MESSAGE_TOKENS + estimateTokens(content), 0);
    if (left < 0) break;
    messages.unshift(...said);
  }
  return messages;
}

function saidIn(question: string, answer: string): readonly ChatMessage[] {
  const asked: ChatMessage = { role: 'user', content: defused(question) };
  const plain = withoutMarks(answer).trim();
  return plain === '' ? [asked] : [asked, { role: 'assistant', content: plain }];
}

/** Marks of an earlier answer name that answer's sources; told again they would name other ones. */
function withoutMarks(answer: string): string {
  return answer.replace(/[ \t]{0,8}[[【]\s{0,4}S\d{1,3}(?:\s{0,4}[,;]\s{0,4}S\d{1,3}){0,20}\s{0,4}[\]】]/gi, '');
}

/** Characters that nobody sees, and in which instructions or a hidden delimiter could stand: soft hyphens, zero widths, directions, variations, tags. */
const UNSEEN =
  /\u00ad|\u200b|[\u2060-\u2064]|\ufeff|[\u202a-\u202e]|[\u2066-\u2069]|[\ufe00-\ufe0d]|[\u{e0000}-\u{e0fff}]/gu;

/** Text of others that can neither open nor close a source. */
export function defused(text: string): string {
  return text.replace(UNSEEN, '').replace(/[<＜](?=\s{0,20}[/／]?\s{0,20}sources?\b)/gi, '‹');
}
