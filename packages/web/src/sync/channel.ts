/** A way by which the server tells of changes: a WebSocket, or Server-Sent Events where that is blocked. */
import type { ClientFrame, ServerFrame } from '@daymark/core/contract/sync.ts';

export type ChannelEvents = {
  onOpen: () => void;
  onFrame: (frame: ServerFrame) => void;
  /** Called once. `opened` tells whether the channel ever worked. */
  onClose: (opened: boolean) => void;
};

export type Channel = { close(): void };

export type Hello = Extract<ClientFrame, { type: 'hello' }>;

/** The server pings more often than this; silence beyond it means that the line is dead. */
const silenceMaxMs = 60_000;
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
  socket.onclose = close;
  socket.onerror = close;
  return {
    close: () => {
      closed = true;
      clearTimeout(watchdog);
      socket.close();
    },
  };
}

/** Browsers allow six connections to one HTTP/1.1 server; requests need some of them. */
export const eventSourcesMax = 3;

/** One stream for each space, of the first few; the others are polled by the caller. */
export function openEventSources(
  spaces: readonly { id: string; version: number }[],
  url: (spaceId: string, since: number) => string,
  events: ChannelEvents,
): Channel {
  let opened = false;
  let closed = false;
  const sources = spaces.slice(0, eventSourcesMax).map((space) => new EventSource(url(space.id, space.version)));
  const closeAll = (): void => {
    for (const source of sources) source.close();
  };
  const take = (event: Event): void => {
    const frame = parseFrame((event as MessageEvent).data);
    if (frame && frame.type !== 'ping' && !closed) events.onFrame(frame);
  };
  for (const source of sources) {
    for (const name of ['message', 'welcome', 'change', 'current', 'resync', 'gone'])
      source.addEventListener(name, take);
    source.onopen = () => {
      if (!opened) events.onOpen();
      opened = true;
    };
    source.onerror = () => {
      if (closed) return;
      closed = true;
      closeAll();
      events.onClose(opened);
    };
  }
  return {
    close: () => {
      closed = true;
      closeAll();
    },
  };
}
