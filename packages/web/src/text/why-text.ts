/** The chain from a change to what was delivered, as a person reads it: times of the own clock, channels and reasons by their names. */
import type { WhyStep } from '@daymark/core/contract/notification.ts';
import { clientName } from './client-name.ts';
import { localText, momentText, type Place } from './when.ts';
import { words } from './words.ts';

const order: Record<WhyStep['kind'], number> = { change: 0, series: 1, planned: 2, held: 3, due: 4, delivery: 5 };

/** As things happened; what happened in the same moment in the order of cause and effect. */
export const inOrder = (steps: readonly WhyStep[]): WhyStep[] =>
  [...steps].sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || order[a.kind] - order[b.kind]);

export function whyText(step: WhyStep, place: Place): string {
  if (step.channel && step.state) return deliveryText(step, step.channel, step.state);
  return step.text
    .replace(/, with (.+)$/, (_, client: string) => `, with ${clientName(client)}`)
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (instant) => momentText(instant, place))
    .replace(/\b\d{4}-\d\d-\d\d\b/g, (date) => localText(date, place));
}

/** `E-mail: not sent, because this server is not set up to send this way`. */
function deliveryText(
  step: WhyStep,
  channel: NonNullable<WhyStep['channel']>,
  state: NonNullable<WhyStep['state']>,
): string {
  const [, reason] = /: (.+)$/.exec(step.text) ?? [];
  const why = reason ? `, ${words.notices.reasons[reason] ?? reason}` : '';
  return `${words.channels.names[channel]}: ${words.channels.states[state]}${why}`;
}
