/**
 * The client of live sync as a pure function: what happened goes in, what to do comes out. It hands over every version
 * of a space exactly once and in order, whatever the network does: frames lost, doubled or out of order, connections
 * that end at any moment, answers that come late. Where a snapshot takes the place of versions, those after it follow.
 *
 * A space is live when nothing is missing, and is being fetched otherwise; live changes that arrive meanwhile wait.
 */
import type { Change, ChangeFrame, ServerFrame, SyncAnswer } from '../contract/sync.ts';
import { syncProtocolVersion } from '../contract/sync-protocol.ts';
import {
  type SpaceProgress,
  type SyncEffect,
  type SyncInput,
  type SyncState,
  type SyncStep,
  unknownSpace,
} from './client-state.ts';

/** So many live changes of a space wait for a fetch; with more, all are let go, because another fetch brings them. */
const aheadMax = 1000;

/** The next state and what to do for it. */
export function syncStep(state: SyncState, input: SyncInput): SyncStep {
  switch (input.type) {
    case 'opened':
      return greet(state);
    case 'closed':
      return { state: { ...state, connection: 'closed' }, effects: [] };
    case 'frame':
      return onFrame(state, input.frame);
    case 'answered':
      return onAnswer(state, input.request, input.answer);
    case 'refused':
      return onRefusal(state, input);
  }
}

const nothing = (state: SyncState, effects: readonly SyncEffect[] = []): SyncStep => ({ state, effects });

/** Cursors of another epoch than the one last heard of say nothing to the server, so they are left out. */
function greet(state: SyncState): SyncStep {
  const cursors: Record<string, number> = {};
  for (const [spaceId, space] of Object.entries(state.spaces)) {
    if (space.epoch !== null && space.epoch === state.epoch) cursors[spaceId] = space.version;
  }
  const epoch = state.epoch === null ? {} : { epoch: state.epoch };
  return {
    state: { ...state, connection: 'greeting' },
    effects: [{ type: 'send', frame: { type: 'hello', cursors, protocol: syncProtocolVersion, ...epoch } }],
  };
}

function onFrame(state: SyncState, frame: ServerFrame): SyncStep {
  if (frame.type === 'ping') return { state, effects: [{ type: 'send', frame: { type: 'pong' } }] };
  if (frame.type === 'welcome') return onWelcome(state, frame);
  if (state.connection !== 'live') return nothing(state);
  switch (frame.type) {
    case 'gone':
      return forget(state, frame.space_id);
    case 'current':
      return onCurrent(state, frame.space_id, frame.version);
    case 'resync':
      return onResync(state, frame.space_id, frame.version);
    case 'change':
      return onChange(state, frame);
    default:
      // A newer server may say what this client does not know yet.
      return nothing(state);
  }
}

/**
 * The welcome names every space of the person: others are gone. What is new or of another epoch is fetched; what is being
 * fetched was asked for before this was said, so it is asked for again.
 */
function onWelcome(state: SyncState, frame: Extract<ServerFrame, { type: 'welcome' }>): SyncStep {
  const spaces = frame.epoch === state.epoch ? state.spaces : withoutWaiting(state.spaces);
  let step: SyncStep = nothing({ ...state, spaces, connection: 'live', epoch: frame.epoch });
  const named = new Set(frame.spaces);
  for (const spaceId of Object.keys(spaces)) {
    if (!named.has(spaceId)) step = then(step, (next) => forget(next, spaceId));
  }
  for (const spaceId of frame.spaces) {
    const space = spaces[spaceId] ?? unknownSpace;
    if (space.fetching) step = nothing(withSpace(step.state, spaceId, { ...space, again: true }), step.effects);
    else if (space.epoch !== frame.epoch) step = then(step, (next) => fetchMissing(next, spaceId));
  }
  return step;
}

/** Live changes that wait are of the epoch in which they came; in another one their versions mean other changes. */
function withoutWaiting(spaces: SyncState['spaces']): SyncState['spaces'] {
  return Object.fromEntries(
    Object.entries(spaces).map(([spaceId, space]) => [spaceId, { ...space, ahead: [], spokenOf: 0 }]),
  );
}

function onCurrent(state: SyncState, spaceId: string, version: number): SyncStep {
  const space = state.spaces[spaceId] ?? unknownSpace;
  const known = withSpace(state, spaceId, { ...space, spokenOf: Math.max(space.spokenOf, version) });
  if (space.fetching || (space.epoch === state.epoch && space.version >= version)) return nothing(known);
  return fetchMissing(known, spaceId);
}

/** Always asked for anew, even when the version is an older one: then it is the server that lost something. */
function onResync(state: SyncState, spaceId: string, version: number): SyncStep {
  const space = state.spaces[spaceId] ?? unknownSpace;
  const spokenOf = Math.max(space.spokenOf, version);
  if (space.fetching) return nothing(withSpace(state, spaceId, { ...space, spokenOf, again: true }));
  return fetchMissing(withSpace(state, spaceId, { ...space, spokenOf }), spaceId);
}

function onChange(state: SyncState, frame: ChangeFrame): SyncStep {
  const spaceId = frame.space_id;
  const space = state.spaces[spaceId] ?? unknownSpace;
  const isLive = !space.fetching && space.epoch === state.epoch;
  if (isLive && frame.version <= space.version) return nothing(state);
  if (isLive && frame.version === space.version + 1) return handOver(state, spaceId, [changeOf(frame)]);
  const spokenOf = Math.max(space.spokenOf, frame.version);
  const waiting = withSpace(state, spaceId, { ...space, spokenOf, ahead: insert(space.ahead, frame) });
  return space.fetching ? nothing(waiting) : fetchMissing(waiting, spaceId);
}

/** Asks for what comes after the space's version. What was spoken of so far is older than the answer will be. */
function fetchMissing(state: SyncState, spaceId: string): SyncStep {
  const space = state.spaces[spaceId] ?? unknownSpace;
  const request = state.requests + 1;
  const fetching = { request, pages: null };
  const next = { ...state, requests: request };
  return {
    state: withSpace(next, spaceId, { ...space, fetching, spokenOf: 0, again: false }),
    effects: [{ type: 'fetch', request, spaceId, since: space.version, epoch: space.epoch, cursor: null }],
  };
}

function onAnswer(state: SyncState, request: number, answer: SyncAnswer): SyncStep {
  const spaceId = answer.space_id;
  const space = state.spaces[spaceId];
  if (space?.fetching?.request !== request) return nothing(state);
  return answer.kind === 'snapshot'
    ? onSnapshotPage(state, spaceId, space, answer)
    : onMissedChanges(state, spaceId, space, answer);
}

function onSnapshotPage(state: SyncState, spaceId: string, space: SpaceProgress, answer: SyncAnswer): SyncStep {
  const pages = [...(space.fetching?.pages ?? []), ...answer.changes];
  if (!answer.complete) {
    const request = state.requests + 1;
    const { version: since, epoch } = answer;
    return {
      state: withSpace({ ...state, requests: request }, spaceId, { ...space, fetching: { request, pages } }),
      effects: [{ type: 'fetch', request, spaceId, since, epoch, cursor: answer.cursor }],
    };
  }
  const cursor = { version: answer.version, epoch: answer.epoch };
  const replaced = withSpace(state, spaceId, { ...space, ...cursor, fetching: null });
  const step: SyncStep = { state: replaced, effects: [{ type: 'replace', spaceId, changes: pages, cursor }] };
  return then(step, (next) => settle(next, spaceId));
}

function onMissedChanges(state: SyncState, spaceId: string, space: SpaceProgress, answer: SyncAnswer): SyncStep {
  const changes = answer.changes.filter((change) => change.version > space.version);
  const dense = changes.every((change, index) => change.version === space.version + 1 + index);
  // An answer with a hole, or of another history than the one that was asked about, cannot be built on.
  if (!dense || answer.epoch !== space.epoch) return startAgain(state, spaceId);
  const arrived = withSpace(state, spaceId, { ...space, fetching: null });
  const step = changes.length > 0 ? handOver(arrived, spaceId, changes) : nothing(arrived);
  return then(step, (next) => (answer.complete ? settle(next, spaceId) : fetchMissing(next, spaceId)));
}

/** A fetch is through: hands over what waited, and fetches again when something was said that it did not bring. */
function settle(state: SyncState, spaceId: string): SyncStep {
  const space = state.spaces[spaceId] ?? unknownSpace;
  const behind = space.again || (state.connection === 'live' && space.epoch !== state.epoch);
  if (behind) return fetchMissing(state, spaceId);
  const next: Change[] = [];
  for (const frame of space.ahead) {
    if (frame.version === space.version + next.length + 1) next.push(changeOf(frame));
  }
  const settled = withSpace(state, spaceId, { ...space, ahead: [] });
  const step = next.length > 0 ? handOver(settled, spaceId, next) : nothing(settled);
  const version = space.version + next.length;
  return space.spokenOf > version ? then(step, (after) => fetchMissing(after, spaceId)) : step;
}

function handOver(state: SyncState, spaceId: string, changes: readonly Change[]): SyncStep {
  const space = state.spaces[spaceId] ?? unknownSpace;
  const version = changes.at(-1)?.version ?? space.version;
  const cursor = { version, epoch: space.epoch ?? 0 };
  return {
    state: withSpace(state, spaceId, { ...space, version }),
    effects: [{ type: 'apply', spaceId, changes, cursor }],
  };
}

/**
 * 404: the person is in the space no longer, unless the server named the space since then. Anything else is about the cursor,
 * so the fetch begins anew without it.
 */
function onRefusal(state: SyncState, input: Extract<SyncInput, { type: 'refused' }>): SyncStep {
  const space = state.spaces[input.spaceId];
  if (space?.fetching?.request !== input.request) return nothing(state);
  return input.status === 404 && !space.again ? forget(state, input.spaceId) : startAgain(state, input.spaceId);
}

/** Asks for a snapshot, whatever the device has. */
function startAgain(state: SyncState, spaceId: string): SyncStep {
  const space = state.spaces[spaceId] ?? unknownSpace;
  return fetchMissing(withSpace(state, spaceId, { ...space, version: 0, epoch: null }), spaceId);
}

function forget(state: SyncState, spaceId: string): SyncStep {
  if (!state.spaces[spaceId]) return nothing(state);
  const { [spaceId]: _left, ...spaces } = state.spaces;
  return { state: { ...state, spaces }, effects: [{ type: 'forget', spaceId }] };
}

const changeOf = (frame: ChangeFrame): Change => ({
  version: frame.version,
  type: frame.change,
  entity: frame.entity,
  id: frame.id,
  data: frame.data,
  event_id: frame.event_id,
});

function insert(ahead: readonly ChangeFrame[], frame: ChangeFrame): readonly ChangeFrame[] {
  if (ahead.length >= aheadMax) return [];
  const place = ahead.findLastIndex((one) => one.version <= frame.version);
  if (ahead[place]?.version === frame.version) return ahead;
  return ahead.toSpliced(place + 1, 0, frame);
}

const withSpace = (state: SyncState, spaceId: string, space: SpaceProgress): SyncState => ({
  ...state,
  spaces: { ...state.spaces, [spaceId]: space },
});

/** One step and then another, with the effects of both. */
function then(step: SyncStep, next: (state: SyncState) => SyncStep): SyncStep {
  const { state, effects } = next(step.state);
  const all: SyncEffect[] = [...step.effects, ...effects];
  return { state, effects: all };
}
