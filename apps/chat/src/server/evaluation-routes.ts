/** Measured quality, for admins: runs that are kept, what changed between two, and a run over what is indexed. */
import type { Hono } from 'hono';
import { differenceOf } from '../eval/difference.ts';
import { evaluationRequest } from '../eval/evaluations.ts';
import type { Result } from '../eval/result.ts';
import { summaryOf } from '../eval/summary.ts';
import type { Ctx, Env, Parts } from './context.ts';
import { CHANGED_MAX, type EvaluationDiff, type EvaluationsView, type EvaluationView } from './evaluation-api.ts';
import { bodyOf, refuse } from './reply.ts';

const PATH = '/api/evaluations';

export function evaluationRoutes(app: Hono<Env>, parts: Parts): void {
  const { evaluations } = parts;
  app.get(PATH, (c) => forAdmins(c, async () => c.json<EvaluationsView>(await listed(parts))));
  app.post(PATH, (c) => forAdmins(c, () => start(c, parts)));
  app.post(`${PATH}/:id/stop`, (c) =>
    forAdmins(c, () => (evaluations.stop(c.req.param('id')) ? c.body(null, 204) : noRun(c))),
  );
  app.get(`${PATH}/:id`, (c) =>
    forAdmins(c, () =>
      withRun(c, parts, c.req.param('id'), (result, id) =>
        c.json<EvaluationView>({ ...summaryOf(id, result), outcomes: result.outcomes }),
      ),
    ),
  );
  app.delete(`${PATH}/:id`, (c) =>
    forAdmins(c, async () => ((await evaluations.shelf.remove(c.req.param('id'))) ? c.body(null, 204) : noRun(c))),
  );
  app.get(`${PATH}/:id/diff/:other`, (c) =>
    forAdmins(c, () =>
      withRun(c, parts, c.req.param('id'), (after, id) =>
        withRun(c, parts, c.req.param('other'), (before, other) =>
          before.mode === after.mode
            ? c.json<EvaluationDiff>(diffOf({ before, other }, { after, id }))
            : refuse(
                c,
                409,
                'otherMode',
                'One run is of answers, the other of the search alone; compare two of a kind.',
              ),
        ),
      ),
    ),
  );
}

/** Questions and answers are of whatever is indexed, whoever may see it. */
function forAdmins(c: Ctx, then: () => Response | Promise<Response>): Response | Promise<Response> {
  if (c.get('reader').isAdmin) return then();
  return refuse(c, 403, 'notAllowed', 'Evaluations are for admins (SPILLWAY_CHAT_ADMINS).');
}

async function listed({ evaluations }: Parts): Promise<EvaluationsView> {
  const { shelf, running, ended } = evaluations;
  return { ...(await shelf.list()), running, ended, questions: evaluations.askable() };
}

async function start(c: Ctx, { evaluations }: Parts): Promise<Response> {
  const read = await bodyOf(c, evaluationRequest);
  if (read.kind === 'refused') return read.response;
  const started = await evaluations.start(read.value.mode, c.get('reader').user);
  if (started.kind === 'started') return c.json({ running: started.running }, 202);
  const { code, message } = started;
  if (code === 'evaluating') return refuse(c, 409, 'evaluating', message);
  return refuse(c, 409, 'noQuestions', message);
}

async function withRun(
  c: Ctx,
  { evaluations }: Parts,
  id: string,
  then: (result: Result, id: string) => Response | Promise<Response>,
): Promise<Response> {
  const result = await evaluations.shelf.read(id);
  return result === null ? noRun(c) : then(result, id);
}

function noRun(c: Ctx): Response {
  return refuse(c, 404, 'noRun', 'There is no such run; the oldest ones go when there are many.');
}

function diffOf(
  { before, other }: { readonly before: Result; readonly other: string },
  { after, id }: { readonly after: Result; readonly id: string },
): EvaluationDiff {
  const { figures, changed, added, gone } = differenceOf(before, after);
  const countOf = (change: string) => changed.filter((one) => one.change === change).length;
  return {
    before: summaryOf(other, before),
    after: summaryOf(id, after),
    figures,
    changed: changed.slice(0, CHANGED_MAX),
    counts: {
      broken: countOf('broken'),
      worse: countOf('worse'),
      better: countOf('better'),
      mended: countOf('mended'),
    },
    added,
    gone,
  };
}
