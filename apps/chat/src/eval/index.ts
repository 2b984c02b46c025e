/** Measured quality: questions with known answers, asked of the whole app or of its search alone. */
export { CORPUS_DOCUMENTS } from './corpus.ts';
export { EvaluationError, evaluate } from './evaluate.ts';
export { casesFrom, yamlOf } from './feedback.ts';
export { conversationsOf } from './feedback-source.ts';
export { indexInMemory } from './memory-retriever.ts';
export { keepResult } from './shelf.ts';
export { type Evaluated, linesOf } from './text.ts';
export { urlAsker } from './url-asker.ts';
