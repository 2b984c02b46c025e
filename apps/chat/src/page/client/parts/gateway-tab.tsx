/** The load balancer at work: who answered each call, who was tried or passed over and until when, what was waited for. */
import { durationText, timeText } from '../format.ts';
import type { Answer, GatewayStep } from '../model/answer.ts';
import { type DecisionView, decisionOf } from '../model/gateway.ts';
import { locale, t, type Word } from '../state/words.ts';

const STEPS: Readonly<Record<GatewayStep['step'], Word>> = {
  plan: 'stepPlan',
  embed: 'stepEmbed',
  rerank: 'stepRerank',
  answer: 'stepAnswer',
};

export function GatewayTab({ answer: { gateways } }: { readonly answer: Answer }) {
  const told = gateways.filter(({ gateway }) => gateway.requestId !== null || gateway.deployment !== null);
  if (told.length === 0) return <p class="quiet">{t('noGateway')}</p>;
  return (
    <>
      {told.map((step, i) => (
        <Call key={i} step={step} />
      ))}
    </>
  );
}

function Call({ step: { step, gateway } }: { readonly step: GatewayStep }) {
  const { deployment, attempts, waitedMs, requestId } = gateway;
  const decision = decisionOf(gateway.decision);
  return (
    <section class="call">
      <h3>{t(STEPS[step])}</h3>
      <p class="who">
        <span class={deployment === null ? 'pill' : 'pill good'}>{deployment ?? t('unknown')}</span>
      </p>
      <dl class="facts">
        <Fact name={t('attempts')} value={attempts === null ? t('unknown') : `${attempts}`} />
        <Fact name={t('waitedFor')} value={waitedMs === null ? t('unknown') : durationText(waitedMs, locale.value)} />
      </dl>
      {decision === null ? null : <Decision decision={decision} />}
      {requestId === null ? null : (
        <p class="quiet small">
          {t('requestId')} <code>{requestId}</code>
        </p>
      )}
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** In the order in which it happened: who was tried, then who was not. */
function Decision({ decision: { attempts, passedOver } }: { readonly decision: DecisionView }) {
  if (attempts.length + passedOver.length === 0) return null;
  return (
    <ul class="deployments" aria-label={t('deployments')}>
      {attempts.map(({ deployment, outcome, status }) => (
        <li key={`tried ${deployment}`}>
          <span>{deployment}</span>
          <span class={`pill ${outcome === 'answered' ? 'good' : outcome === 'pending' ? '' : 'wait'}`}>
            {outcomeText(outcome, status)}
          </span>
        </li>
      ))}
      {passedOver.map(({ deployment, reason, untilMs }) => (
        <li key={`passed ${deployment}`}>
          <span>{deployment}</span>
          <span class={`pill ${WAITS.has(reason) ? 'wait' : ''}`}>
            {untilMs === null
              ? reasonText(reason)
              : t('reasonUntil', { reason: reasonText(reason), time: timeText(untilMs, locale.value) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Reasons that are trouble; others are choices. */
const WAITS: ReadonlySet<string> = new Set([
  'throttled',
  'breakerOpen',
  'backendBreakerOpen',
  'noHeadroom',
  'probing',
  'paused',
]);

/** Names of `PassedOverReason` and `Outcome` that have words of ours; others are shown as they are. */
const REASONS: Readonly<Record<string, Word>> = {
  throttled: 'reasonThrottled',
  noHeadroom: 'reasonNoHeadroom',
  breakerOpen: 'reasonBroken',
  backendBreakerOpen: 'reasonBroken',
  higherPriorityNumber: 'reasonPriority',
  notDrawn: 'reasonNotDrawn',
  paused: 'reasonPaused',
};

function reasonText(reason: string): string {
  const word = REASONS[reason];
  return word === undefined ? reason : t(word);
}

function outcomeText(outcome: string, status: number | null): string {
  const text = outcome === 'answered' ? t('outcomeAnswered') : reasonText(outcome);
  return status === null ? text : `${text} (${status})`;
}
