/** The routes below `/api/evaluations`. */
import { JSON_TYPE, json, NOTHING, type Operation } from './operation.ts';

const OF_ADMINS = { group: 'evaluation', access: 'admins' } as const;

export const EVALUATION_OPERATIONS: readonly Operation[] = [
  {
    ...OF_ADMINS,
    method: 'get',
    path: '/api/evaluations',
    summary: 'Runs with their figures, and the one under way',
    answers: [json('EvaluationsView')],
    refusals: ['notAllowed'],
  },
  {
    ...OF_ADMINS,
    method: 'post',
    path: '/api/evaluations',
    summary: 'Begin a run over what is indexed; one at a time',
    body: { type: JSON_TYPE, schema: 'EvaluationRequest' },
    answers: [{ status: 202, says: 'Begun', bodies: [{ type: JSON_TYPE, schema: ['EvaluationStarted'] }] }],
    refusals: ['notAllowed', 'evaluating', 'noQuestions', 'draining'],
  },
  {
    ...OF_ADMINS,
    method: 'post',
    path: '/api/evaluations/{id}/stop',
    summary: 'Stop the run under way; nothing of it is kept',
    answers: [NOTHING],
    refusals: ['notAllowed', 'noRun'],
  },
  {
    ...OF_ADMINS,
    method: 'get',
    path: '/api/evaluations/{id}',
    summary: 'One run, with how each question went',
    answers: [json('EvaluationView')],
    refusals: ['notAllowed', 'noRun'],
  },
  {
    ...OF_ADMINS,
    method: 'delete',
    path: '/api/evaluations/{id}',
    summary: 'Remove it',
    answers: [NOTHING],
    refusals: ['notAllowed', 'noRun'],
  },
  {
    ...OF_ADMINS,
    method: 'get',
    path: '/api/evaluations/{id}/diff/{other}',
    summary: 'What changed from the other run to this one',
    answers: [json('EvaluationDiff')],
    refusals: ['notAllowed', 'noRun', 'otherMode'],
  },
];
