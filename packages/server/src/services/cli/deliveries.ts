/** `daymark deliveries`: what could not be delivered, and sending it once more. */
import type { Delivery } from '@daymark/core/contract/notification.ts';
import { DeliveryState } from '@daymark/core/contract/notification.ts';
import type { Commands } from '../../commands/command.ts';
import { planDeliveryAgain } from '../../commands/plan-delivery-again.ts';
import { programIntent } from '../../commands/program-intent.ts';
import { OperatorError } from '../../kit/operator-error.ts';
import { type DeliveryPlace, deliveriesInState } from '../../store/delivery-ledger.ts';

const deliveriesAtOnce = 200;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `daymark deliveries list [--state dead]`: the last changed first. `commands` are those of the worker login. */
export async function deliveriesList(
  commands: Pick<Commands, 'db'>,
  options: { state?: string | undefined },
  print: (line: string) => void,
): Promise<number> {
  const state = DeliveryState.safeParse(options.state ?? 'dead');
  if (!state.success) {
    throw new OperatorError(`There is no state ${options.state}.`, `Choose from ${DeliveryState.options.join(', ')}.`);
  }
  let beyond: DeliveryPlace | null = null;
  let count = 0;
  for (;;) {
    const rows: Delivery[] = await deliveriesInState(commands.db.sql, state.data, beyond, deliveriesAtOnce);
    for (const { id, updated_at, channel, attempts, reason } of rows) {
      print(`${id}  ${updated_at}  ${channel}  attempts ${attempts}  ${reason ?? '-'}`);
    }
    count += rows.length;
    const last = rows.at(-1);
    if (!last || rows.length < deliveriesAtOnce) break;
    beyond = { at: last.updated_at, id: last.id };
  }
  print(`${count} deliveries are ${state.data}`);
  return 0;
}

/** `daymark deliveries replay <id>`: a running server sends it within seconds. Throws Problem `not_found`, `conflict`. */
export async function deliveriesReplay(commands: Commands, id: string, print: (line: string) => void): Promise<number> {
  if (!uuid.test(id)) throw new OperatorError(`${id} is no id.`, '`daymark deliveries list` shows them.');
  const intent = programIntent({ correlationId: 'command line' });
  const { state } = await planDeliveryAgain(commands, intent, id, { states: ['dead', 'suppressed'] });
  print(`${id} is ${state}`);
  return 0;
}
