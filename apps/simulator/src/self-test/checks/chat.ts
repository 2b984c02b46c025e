/** Chat completions in one piece, classic and v1. */
import {
  ANSWER_TOKENS,
  type Check,
  type CheckGroup,
  chat,
  REASONING_ANSWER_TOKENS,
  type Subject,
  unserved,
} from '../check.ts';
import { at, differs, judged, listAt, numberAt, same, text, textAt, unless } from '../finding.ts';
import type { Finding } from '../report.ts';
import type { Came, Credential } from '../session.ts';

const V1_PATH = '/openai/v1/chat/completions';
const FINISHES = ['stop', 'length', 'tool_calls', 'content_filter'];

function answerCheck(came: Came): Finding {
  const { json, contentType } = came;
  const usage = at(json, 'usage');
  const [prompt, completion] = [numberAt(usage, 'prompt_tokens'), numberAt(usage, 'completion_tokens')];
  return (
    unserved(came) ??
    judged(
      [
        unless(contentType.startsWith('application/json'), `content-type is ${text(contentType)}`),
        same('object', at(json, 'object'), 'chat.completion'),
        unless(/^chatcmpl-./.test(textAt(json, 'id')), `id is ${text(at(json, 'id'))}`),
        unless(Number.isInteger(numberAt(json, 'created')), `created is ${text(at(json, 'created'))}`),
        unless(textAt(json, 'model') !== '', 'model is missing'),
        same('role', at(json, 'choices', 0, 'message', 'role'), 'assistant'),
        unless(typeof at(json, 'choices', 0, 'message', 'content') === 'string', 'the content is no text'),
        unless(FINISHES.includes(textAt(json, 'choices', 0, 'finish_reason')), 'finish_reason is none of the known'),
        unless(prompt > 0, `usage.prompt_tokens is ${text(at(usage, 'prompt_tokens'))}`),
        same('usage.total_tokens', at(usage, 'total_tokens'), prompt + completion),
      ],
      came.text,
    )
  );
}

const WHOLE = 'chat.completion, id chatcmpl-…, one assistant message, finish_reason, usage that adds up';

function v1(subject: Subject, credential: Credential = 'key'): Promise<Came> {
  return chat(subject, { model: subject.deployment }, { path: V1_PATH, credential });
}

const classicAnswer: Check = {
  name: 'classic, in one piece',
  expected: WHOLE,
  source: 'wire §1.2, §5.1',
  run: async (subject) => answerCheck(await chat(subject, {})),
};

const v1Answer: Check = {
  name: 'v1, deployment in the body',
  expected: WHOLE,
  source: 'wire §1.4',
  run: async (subject) => answerCheck(await v1(subject)),
};

const v1Bearer: Check = {
  name: 'v1, the key as a Bearer token',
  expected: '200, as with api-key',
  source: 'wire §2',
  run: async (subject) => {
    const [asKey, asToken] = [await chat(subject, {}), await v1(subject, 'bearer')];
    // Where classic accepts the key, a 401 is no matter of the key.
    return asKey.status < 300 && asToken.status === 401
      ? differs(`401, though api-key is accepted: ${asToken.text}`)
      : answerCheck(asToken);
  },
};

const filterResults: Check = {
  name: 'content filter results',
  expected: 'prompt_filter_results beside the choices, content_filter_results in each',
  source: 'wire §3.3, §5.1',
  run: async (subject) => {
    const came = await chat(subject, {});
    const severity = at(came.json, 'prompt_filter_results', 0, 'content_filter_results', 'hate', 'severity');
    const ofChoice = at(came.json, 'choices', 0, 'content_filter_results');
    return (
      unserved(came) ??
      judged(
        [
          unless(typeof severity === 'string', 'prompt_filter_results lacks hate.severity'),
          unless(ofChoice !== undefined, 'the choice lacks content_filter_results'),
        ],
        'both there',
      )
    );
  },
};

const maxTokens: Check = {
  name: 'the limit of tokens is kept',
  expected: `at most ${ANSWER_TOKENS} completion tokens, and finish_reason length where the answer was longer`,
  source: 'wire §6.2',
  run: async (subject) => {
    const came = await chat(subject, {
      messages: [{ role: 'user', content: 'Write an essay of 500 words on rivers.' }],
    });
    const used = numberAt(came.json, 'usage', 'completion_tokens');
    const limit =
      numberAt(came.json, 'usage', 'completion_tokens_details', 'reasoning_tokens') > 0
        ? REASONING_ANSWER_TOKENS
        : ANSWER_TOKENS;
    return (
      unserved(came) ??
      judged(
        [
          unless(used <= limit, `${used} completion tokens`),
          same('finish_reason', at(came.json, 'choices', 0, 'finish_reason'), 'length'),
        ],
        `${used} tokens, finish_reason length`,
      )
    );
  },
};

const severalChoices: Check = {
  name: 'n: several answers',
  expected: 'two choices with index 0 and 1',
  source: 'wire §6.2',
  run: async (subject) => {
    const came = await chat(subject, { n: 2 });
    const indices = listAt(came.json, 'choices').map((choice) => at(choice, 'index'));
    return unserved(came) ?? judged([same('indices', String(indices), '0,1')], 'indices 0 and 1');
  },
};

const stop: Check = {
  name: 'stop: the answer ends before it',
  expected: 'no stop sequence in the content, and finish_reason stop',
  source: 'wire §1.2',
  run: async (subject) => {
    const came = await chat(subject, { stop: [' '] });
    const content = textAt(came.json, 'choices', 0, 'message', 'content');
    return (
      unserved(came) ??
      judged(
        [
          unless(!content.includes(' '), `the content goes on: ${text(content)}`),
          same('finish_reason', at(came.json, 'choices', 0, 'finish_reason'), 'stop'),
        ],
        text(content),
      )
    );
  },
};

const logprobs: Check = {
  name: 'logprobs',
  expected: 'for each token its text, a log probability of at most 0, and so many alternatives as were asked for',
  source: 'wire §5.1',
  run: async (subject: Subject) => {
    const came = await chat(subject, { logprobs: true, top_logprobs: 2 });
    const tokens = listAt(came.json, 'choices', 0, 'logprobs', 'content');
    const wrong = tokens.find(
      (token) => !(numberAt(token, 'logprob') <= 0 && listAt(token, 'top_logprobs').length === 2),
    );
    return (
      unserved(came) ??
      judged(
        [unless(tokens.length > 0, 'there are none'), unless(wrong === undefined, `one is ${text(wrong)}`)],
        `${tokens.length} tokens`,
      )
    );
  },
};

export const CHAT: CheckGroup = {
  name: 'chat completions',
  checks: [classicAnswer, v1Answer, v1Bearer, filterResults, maxTokens, severalChoices, stop, logprobs],
};
