/** `daymark log`: what an operator does with the event log itself. */
import { openEpochAt } from '../../store/epochs.ts';

/**
 * `daymark log new-epoch`. A copy that was restored by hand is whole in itself, so the program cannot tell that a longer history
 * existed; whoever restored it says so with this. Answers the exit code.
 */
export async function logNewEpoch(ownerUrl: string, print: (line: string) => void): Promise<number> {
  const epoch = await openEpochAt(ownerUrl, 'asked for by the operator');
  print(`Epoch ${epoch} is open. If Daymark is running, restart it now.`);
  return 0;
}
