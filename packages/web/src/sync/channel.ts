/** A way by which the server tells of changes: a WebSocket, or Server-Sent Events where that is blocked. */
import type { ClientFrame, ServerFrame } from '@daymark/core/contract/sync.ts';
import { closeCodes, pingEvery_ms } from '@daymark/core/contract/sync-protocol.ts';

export type ChannelEvents = {
  onOpen: () => void;
  onFrame: (frame: ServerFrame) => void;
  /** Called once. `opened` tells whether the channel ever worked. */
  onClose: (opened: boolean) => void;
  /** The session has ended; there is nothing to reconnect to. */
  onSignedOut: () => void;
};

export type Channel = { close(): void };

export type Hello = Extract<ClientFrame, { type: 'hello' }>;

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

export function openSocket(url: string, hello: () => Hello, events: ChannelEvents): Channel {
  const socket = new WebSocket(url);
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
    opened = true;
    heard();
    socket.send(JSON.stringify(hello()));
    events.onOpen();
  };
  socket.onmessage = (message) => {
    heard();
    const frame = parseFrame(message.data);
    if (!frame || closed) return;
    if (frame.type === 'ping') socket.send(JSON.stringify({ type: 'pong' } satisfies ClientFrame));
    else events.onFrame(frame);
  };
  socket.onclose = (event) => {
    if (event.code === closeCodes.signedOut) events.onSignedOut();
    close();
  };
  socket.onerror = close;
  return {
    close: () => {
      closed = true;
      clearTimeout(watchdog);
      socket.close();
    },
  };
}

/** One stream of all spaces. The browser's own reconnecting would start from old cursors, so a broken stream is closed. */
export function openEventStream(url: string, events: ChannelEvents): Channel {
  let opened = false;
  let closed = false;
  const source = new EventSource(url);
  const take = (event: Event): void => {
    const frame = parseFrame((event as MessageEvent).data);
    if (frame && frame.type !== 'ping' && !closed) events.onFrame(frame);
  };
  for (const name of ['message', 'welcome', 'change', 'current', 'resync', 'gone']) source.addEventListener(name, take);
  source.onopen = () => {
    opened = true;
    events.onOpen();
  };
  source.onerror = () => {
    source.close();
    if (closed) return;
    closed = true;
    events.onClose(opened);
  };
  return {
    close: () => {
      closed = true;
      source.close();
    },
  };
}
