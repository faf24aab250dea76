/**
 * Keeps a channel to the server: opens it anew after each break, later and later, and over Server-Sent Events where
 * sockets do not open.
 */
import type { ClientFrame, ServerFrame } from '@daymark/core/contract/sync.ts';
import { backoffMs } from './backoff.ts';
import type { Channel, OpenChannel } from './channel.ts';
import type { Network } from './network.ts';

const reconnectLimits = { first_ms: 400, max_ms: 15_000 };
/** After so many sockets that never opened, Server-Sent Events are tried; at once while there is nothing to show. */
const deadSocketsMax = { patient: 3, impatient: 1 };

export type Channels = { socket: OpenChannel; stream: OpenChannel };

export type ConnectionEvents = {
  onReady: () => void;
  onFrame: (frame: ServerFrame) => void;
  /** `refused`: the channel never opened though there is a network. */
  onLost: (why: { refused: boolean }) => void;
  onSignedOut: () => void;
  /** True when the person has something to look at meanwhile. */
  isPatient: () => boolean;
};

export type Connection = { send(frame: ClientFrame): void; close(): void };

export function keepConnected(channels: Channels, network: Network, events: ConnectionEvents): Connection {
  let channel: Channel | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let deadSockets = 0;

  const takeFrame = (frame: ServerFrame): void => {
    if (frame.type === 'welcome') {
      attempt = 0;
      deadSockets = 0;
    }
    events.onFrame(frame);
  };

  const hangUp = (): void => {
    clearTimeout(retry);
    channel?.close();
    channel = null;
  };

  const openLater = (): void => {
    retry = setTimeout(open, backoffMs(attempt, reconnectLimits, Math.random));
    attempt += 1;
  };

  const open = (): void => {
    const limit = events.isPatient() ? deadSocketsMax.patient : deadSocketsMax.impatient;
    const streams = deadSockets >= limit && network.isOnline();
    // After a stream a socket is tried again: what blocked it may have passed.
    if (streams) deadSockets = limit - 1;
    const onClose = (opened: boolean): void => {
      channel = null;
      if (!opened && !streams) deadSockets += 1;
      openLater();
      events.onLost({ refused: !opened && network.isOnline() });
    };
    const { onReady, onSignedOut } = events;
    channel = (streams ? channels.stream : channels.socket)({ onReady, onFrame: takeFrame, onClose, onSignedOut });
  };

  const unwatch = network.watch({
    onOnline: () => {
      hangUp();
      events.onLost({ refused: false });
      open();
    },
    onOffline: () => {
      hangUp();
      openLater();
      events.onLost({ refused: false });
    },
  });
  open();

  return {
    send: (frame) => channel?.send(frame),
    close: () => {
      unwatch();
      hangUp();
    },
  };
}
