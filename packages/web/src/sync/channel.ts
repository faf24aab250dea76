/** A way by which the server tells of changes: a WebSocket, or Server-Sent Events where that is blocked. */
import type { ClientFrame, ServerFrame } from '@daymark/core/contract/sync.ts';
import { closeCodes, pingEvery_ms } from '@daymark/core/contract/sync-protocol.ts';
import { streamAddress } from './stream-address.ts';

export type ChannelEvents = {
  /** The hello may be sent. */
  onReady: () => void;
  onFrame: (frame: ServerFrame) => void;
  /** Called once, and not after `close`. `opened` tells whether the channel ever worked. */
  onClose: (opened: boolean) => void;
  /** The session has ended; there is nothing to reconnect to. */
  onSignedOut: () => void;
};

export type Channel = { send(frame: ClientFrame): void; close(): void };

export type OpenChannel = (events: ChannelEvents) => Channel;

/** The server pings more often than this; silence beyond it means that the line is dead. */
const silenceMaxMs = 3 * pingEvery_ms;
const openWithinMs = 10_000;

const parseFrame = (data: unknown): ServerFrame | null => {
  try {
    return JSON.parse(String(data)) as ServerFrame;
  } catch {
    return null;
  }
};

export function openSocket(origin: string, events: ChannelEvents): Channel {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/api/v1/sync/ws`);
  let opened = false;
  let closed = false;
  let watchdog = setTimeout(() => close(), openWithinMs);

  const close = (): void => {
    if (closed) return;
    closed = true;
    clearTimeout(watchdog);
    socket.close();
    events.onClose(opened);
  };
  const heard = (): void => {
    clearTimeout(watchdog);
    watchdog = setTimeout(close, silenceMaxMs);
  };

  socket.onopen = () => {
    if (closed) return;
    opened = true;
    heard();
    events.onReady();
  };
  socket.onmessage = (message) => {
    if (closed) return;
    heard();
    const frame = parseFrame(message.data);
    if (frame) events.onFrame(frame);
  };
  socket.onclose = (event) => {
    if (event.code === closeCodes.signedOut && !closed) events.onSignedOut();
    close();
  };
  socket.onerror = close;
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    close: () => {
      closed = true;
      clearTimeout(watchdog);
      socket.close();
    },
  };
}

/**
 * One stream of all spaces. The hello is its address, so it begins when that is sent; nothing else can be said on it.
 * The browser's own reconnecting would start from old cursors, so a broken stream is closed.
 */
export function openEventStream(events: ChannelEvents): Channel {
  let closed = false;
  let source: EventSource | null = null;
  // Whoever opens a channel has it in hand before it speaks.
  queueMicrotask(() => closed || events.onReady());
  return {
    send: (frame) => {
      if (frame.type === 'hello' && !closed) source ??= listen(streamAddress(frame));
    },
    close: () => {
      closed = true;
      source?.close();
    },
  };

  function listen(address: string): EventSource {
    const stream = new EventSource(address);
    let opened = false;
    const take = (event: Event): void => {
      const frame = parseFrame((event as MessageEvent).data);
      if (frame && !closed) events.onFrame(frame);
    };
    for (const name of ['message', 'welcome', 'change', 'current', 'resync', 'gone']) {
      stream.addEventListener(name, take);
    }
    stream.onopen = () => {
      opened = true;
    };
    stream.onerror = () => {
      stream.close();
      if (closed) return;
      closed = true;
      events.onClose(opened);
    };
    return stream;
  }
}
