/** From the name a client asks for to a pool, and to the path that all of the pool's backends have. */
import { at, isOneOf, textOf } from './expressions.ts';
import { CLASSIC, V1 } from './operations.ts';
import type { PlannedPool } from './plan.ts';
import { notFound } from './policy-answers.ts';
import { type XmlElement, xml } from './xml.ts';

const TEMPLATE = 'context.Operation.UrlTemplate';
const IS_V1 = `${TEMPLATE}.StartsWith("${V1}/")`;

export function route(pools: readonly PlannedPool[], apiVersion: string): readonly XmlElement[] {
  const listed = pools.filter(({ names }) => names !== null);
  const any = pools.find(({ names }) => names === null);
  const whens = listed.map((pool) =>
    xml(
      'when',
      { condition: at(isOneOf(textOf('model'), pool.names ?? [])) },
      ...setBackend(pool),
      ...toDeployment(apiVersion),
    ),
  );
  const rest = any === undefined ? [notFound()] : setBackend(any);
  const choice = whens.length === 0 ? rest : [xml('choose', {}, ...whens, xml('otherwise', {}, ...rest))];
  return [setModel(), ...choice];
}

/** A body that is no JSON object fails here, and ends as 400 (see policy.ts). */
function setModel(): XmlElement {
  const inPath = 'context.Request.MatchedParameters.GetValueOrDefault("deployment-id", "")';
  const inBody = 'context.Request.Body.As<JObject>(true).Value<string>("model") ?? ""';
  return xml('set-variable', { name: 'model', value: at(`${IS_V1} ? (${inBody}) : ${inPath}`) });
}

/** A pool of one is no pool to API Management. */
const backendIdOf = ({ id, members }: PlannedPool): string => {
  const [only, ...others] = members;
  return only === undefined || others.length > 0 ? id : only.backend.id;
};

function setBackend(pool: PlannedPool): readonly XmlElement[] {
  return [
    xml('set-variable', { name: 'pool', value: pool.id }),
    xml('set-variable', { name: 'backend-id', value: backendIdOf(pool) }),
  ];
}

/**
 * A backend's URL ends with its deployment, whatever that is called, so that members of a pool may have different names: what the client
 * asked for is taken off. v1 has the name in the body, where it could not be changed for each try; classic paths ignore it there.
 */
function toDeployment(apiVersion: string): readonly XmlElement[] {
  const path = `${TEMPLATE}.Replace("${CLASSIC}", "").Replace("${V1}/", "/")`;
  const setVersion = xml(
    'set-query-parameter',
    { name: 'api-version', 'exists-action': 'override' },
    xml('value', {}, apiVersion),
  );
  return [
    xml('rewrite-uri', { template: at(path), 'copy-unmatched-params': 'true' }),
    xml('choose', {}, xml('when', { condition: at(IS_V1) }, setVersion)),
  ];
}
