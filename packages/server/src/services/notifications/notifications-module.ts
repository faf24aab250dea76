/** Sends what the ledger holds: a loop for each channel, and one for mail that is no notification. */
import { randomUUID } from 'node:crypto';
import type { Commands } from '../../commands/command.ts';
import type { Log } from '../../kit/log.ts';
import type { Running } from '../../kit/running.ts';
import { type ChannelName, type Channels, channelNames } from '../../ports/channel.ts';
import { openSenderLock } from '../../store/sender-lock.ts';
import type { Wakes } from '../../store/wakes.ts';
import { type ChannelLoop, type SenderDeps, startChannelLoop } from './channel-loop.ts';
import { type ClaimSweep, startClaimSweep } from './claim-sweep.ts';
import { type MailLoopDeps, startMailLoop } from './mail-loop.ts';

/** Word of changes comes with every commit: the loops are told at most so often. */
const ringEvery_ms = 25;

export interface NotificationsDeps extends Omit<SenderDeps, 'sender'>, Pick<MailLoopDeps, 'prepareReset'> {
  readonly commands: Commands;
  readonly log: Log;
  readonly wakes: Pick<Wakes, 'subscribe'>;
  /** How the worker login connects, for the lock by which others see that this process lives. */
  readonly workerUrl: string;
}

/** Starts the senders. `channels` are closed when they have stopped. */
export async function startNotifications(deps: NotificationsDeps, channels: Channels): Promise<Running> {
  const { log, wakes, workerUrl } = deps;
  const sender = randomUUID();
  let sweep: ClaimSweep | undefined;
  const lock = openSenderLock({
    url: workerUrl,
    sender,
    onError(error) {
      log.warn({ error }, 'the lock of the sender is to be taken again');
      sweep?.noteTrouble();
    },
  });
  await lock.taken;
  const start = <Name extends ChannelName>(name: Name): ChannelLoop =>
    startChannelLoop({ ...deps, sender }, name, channels[name]);
  const mails = channels.email
    ? [startMailLoop({ db: deps.commands.db, random: deps.random ?? Math.random, ...deps, sender }, channels.email)]
    : [];
  const loops = [...channelNames.map((name) => start(name)), ...mails];

  const ringAll = () => {
    for (const loop of loops) loop.ring();
  };

  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = wakes.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      ringAll();
    }, ringEvery_ms);
  });
  const sweeping = startClaimSweep(log, deps.commands.db.sql, {
    sender,
    busyWith: () => loops.flatMap((loop) => [...loop.claimed()]),
    onEnded: ringAll,
  });
  sweep = sweeping;
  const parts = [...loops, sweeping];

  return {
    done: Promise.all(parts.map((part) => part.done)).then(() => {}),
    async stop() {
      unsubscribe();
      clearTimeout(timer);
      await sweeping.stop();
      await Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all(channelNames.map((name) => channels[name]?.close()));
      await lock.close();
    },
  };
}
