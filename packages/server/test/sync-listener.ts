/** Live connections without a network: what the hub says is kept, and how slowly it is read is up to the test. */
import { randomUUIDv7 } from 'node:crypto';
import type { ChangeFrame, ServerFrame } from '@daymark/core/contract/sync.ts';
import type { Connection, Transport } from '../src/services/sync/connection.ts';
import type { Standing } from '../src/services/sync/greeting.ts';
import { createHub, type Hub, type HubOptions } from '../src/services/sync/hub.ts';
import { type Database, openDatabase } from '../src/store/database.ts';
import type { Wakes } from '../src/store/wakes.ts';
import type { Spine, TestPerson } from './fixtures.ts';

export interface Listener {
  readonly connection: Connection;
  readonly sessionId: string;
  readonly frames: ServerFrame[];
  /** How many bytes the client has not read. */
  buffered: number;
  closed: { code: number } | 'terminated' | null;
  changes(spaceId?: string): ChangeFrame[];
  versions(spaceId: string): number[];
  /** Says where it stands. Resolves when it has been brought up to date. */
  hello(cursors?: Standing['cursors'], epoch?: number): Promise<void>;
  disconnect(): void;
}

/** A hub on the databases of a spine, and people who listen to it. */
export function openSyncHub(
  spine: Spine,
  options: Partial<HubOptions> & {
    wakes?: Wakes;
    /** Holds up what was read on behalf of people, so that the world can move on before the hub acts on it. */
    holdUp?: () => Promise<void>;
  } = {},
) {
  const auth = openDatabase(spine.urls.auth, { name: 'auth', connectionsMax: 2, onError: () => {} });
  const errors: Error[] = [];
  const { wakes = spine.wakes, holdUp = async () => {}, ...hubOptions } = options;
  const app: Database = {
    ...spine.databases.app,
    async readAs(personId, work) {
      const answer = await spine.databases.app.readAs(personId, work);
      await holdUp();
      return answer;
    },
  };
  const hub: Hub = createHub({ ...spine.databases, app, auth }, wakes, {
    epoch: spine.app.epoch,
    onError: (error) => errors.push(error),
    ...hubOptions,
  });

  /** Gives a person an account and a session, and opens a connection with it. */
  async function listen(
    person: Pick<TestPerson, 'id'>,
    { only = null, onFrame = () => {} }: { only?: string | null; onFrame?: (frame: ServerFrame) => void } = {},
  ): Promise<Listener> {
    const sessionId = randomUUIDv7();
    await spine.databases.owner.transaction(async (sql) => {
      // Without its triggers, which would make the person that the fixture has made already.
      await sql.rows('set local session_replication_role = replica');
      await sql.rows(
        `insert into auth."user" (id, name, email) values ($1::uuid, 'Test', $1::text) on conflict do nothing`,
        [person.id],
      );
      await sql.rows(
        `insert into auth.session (id, user_id, token, expires_at) values ($1::uuid, $2, $1::text, now() + interval '1 day')`,
        [sessionId, person.id],
      );
    });
    return listenWith({ hub, personId: person.id, sessionId, only, onFrame });
  }

  return {
    hub,
    errors,
    listen,
    async close() {
      await hub.stop();
      await auth.close();
    },
  };
}

function listenWith(options: {
  hub: Hub;
  personId: string;
  sessionId: string;
  only: string | null;
  onFrame: (frame: ServerFrame) => void;
}): Listener {
  const { hub, personId, sessionId, only, onFrame } = options;
  const frames: ServerFrame[] = [];
  const end = (closed: Listener['closed']) => {
    if (listener.closed !== null) return;
    listener.closed = closed;
    hub.closed(listener.connection);
  };
  const transport: Transport = {
    name: 'websocket',
    answersPings: true,
    send(_socket, frame) {
      if (listener.closed !== null) throw new Error('a frame was sent to a connection that is closed');
      const parsed = JSON.parse(frame.json) as ServerFrame;
      frames.push(parsed);
      onFrame(parsed);
    },
    bufferedBytes: () => listener.buffered,
    ping: () => hub.heard(listener.connection),
    close: (_socket, code) => setImmediate(() => end({ code })),
    terminate: () => setImmediate(() => end('terminated')),
  };
  const connection = hub.open({ transport, socket: null, personId, sessionId, tokenId: null, only });
  const changes = (spaceId?: string) =>
    frames.filter(
      (frame): frame is ChangeFrame => frame.type === 'change' && (spaceId === undefined || frame.space_id === spaceId),
    );
  const listener: Listener = {
    connection,
    sessionId,
    frames,
    buffered: 0,
    closed: null,
    changes,
    versions: (spaceId) => changes(spaceId).map((frame) => frame.version),
    hello: (cursors = {}, epoch) => hub.greet(connection, { cursors, epoch }),
    disconnect: () => end('terminated'),
  };
  return listener;
}
