/** Puts the parts together. Everything below takes what it needs as arguments; here they get it. */
import { createApi } from '../api/client.ts';
import { problemText } from '../api/problem-text.ts';
import { createCommandRegistry } from '../keys/command-registry.ts';
import { createActions } from '../store/actions.ts';
import { createOutbox } from '../store/outbox.ts';
import { createDaymarkStore } from '../store/task-store.ts';
import { createUiStore } from '../store/ui-store.ts';
import { openEventStream, openSocket } from '../sync/channel.ts';
import { createLiveSync } from '../sync/live-sync.ts';
import { browserNetwork } from '../sync/network.ts';
import { words } from '../text/words.ts';
import { browserTraces } from '../tracing/browser-traces.ts';
import { tellNextOf, tellNextWhenItComes } from './completion-toast.ts';
import type { Daymark } from './daymark-context.ts';
import { mergeNotes } from './merge-notes.ts';
import { createSession } from './session.ts';

/** Badges and days are told by a clock that moves so often. */
const clockMs = 20_000;

export function createDaymark(origin: string): Daymark {
  const store = createDaymarkStore();
  const ui = createUiStore();
  const commands = createCommandRegistry();
  const api = createApi(() => session.ended(), browserTraces());
  const outbox = createOutbox(store, api, {
    onRefused: (_mutation, problem) =>
      ui.say(words.errors.refused(words.errors.change, problemText(problem)), { tone: 'problem' }),
    onConflict: (mutation) => void mergeNotes({ api, store, ui, actions }, mutation),
    onAnswered: (mutation, answer) => tellNextOf({ store, ui }, mutation, answer),
  });
  const actions = createActions({ store, ui, outbox: () => outbox, now: () => Date.now() });
  const sync = createLiveSync({
    store,
    api,
    channels: { socket: (events) => openSocket(origin, events), stream: openEventStream },
    network: browserNetwork,
    onLive: () => outbox.kick(),
    onSignedOut: () => session.ended(),
  });
  const session = createSession({
    store,
    api,
    sync: () => sync,
    onEnded: () => ui.say(words.errors.signedOut, { tone: 'problem' }),
  });

  tellNextWhenItComes({ store, ui });
  setInterval(() => store.setState({ nowMs: Date.now() }), clockMs);
  addEventListener('beforeunload', (event) => {
    // What was done offline lives in this page until it is sent.
    if (store.getState().replica.pending.length > 0) event.preventDefault();
  });
  return { api, store, ui, actions, commands, session };
}
