/** Who is signed in: found out at the start, begun and ended here, told to the rest through the store. */
import type { PublicConfig, SignUp } from '@daymark/core/contract/account.ts';
import type { Me } from '@daymark/core/contract/person.ts';
import { type Api, ApiProblem } from '../api/client.ts';
import { leavePush } from '../push/push-subscription.ts';
import { emptyReplica } from '../store/replica.ts';
import type { DaymarkStore } from '../store/task-store.ts';
import type { LiveSync } from '../sync/live-sync.ts';
import { homeHabits } from './home-habits.ts';

export type Session = {
  begin(): Promise<void>;
  signIn(email: string, password: string): Promise<void>;
  signUp(account: SignUp): Promise<void>;
  signOut(): Promise<void>;
  /** The server no longer knows the session. What was not sent yet is kept for the next sign-in of the same person. */
  ended(): void;
  refreshSpaces(): Promise<void>;
};

const retryMs = 2000;

type SessionDeps = {
  store: DaymarkStore;
  api: Api;
  sync: () => LiveSync;
  /** The session ended without the person asking for it. */
  onEnded: () => void;
};

export function createSession({ store, api, sync, onEnded }: SessionDeps): Session {
  const loadMe = async (): Promise<void> => {
    const me = await api<Me>({ method: 'GET', path: '/api/v1/me' });
    const before = store.getState().me;
    const samePerson = !before || before.id === me.id;
    store.setState({ me, session: 'signed-in', ...(samePerson ? {} : { replica: emptyReplica, ready: false }) });
    void startSync();
  };

  const startSync = async (): Promise<void> => {
    try {
      await sync().start();
    } catch (cause) {
      if (store.getState().session !== 'signed-in') return;
      store.setState({ connection: 'reconnecting' });
      console.warn('The first fetch failed and is tried again.', cause);
      setTimeout(() => store.getState().session === 'signed-in' && void startSync(), retryMs);
    }
  };

  const begin = async (): Promise<void> => {
    void api<PublicConfig>({ method: 'GET', path: '/api/v1/config' }).then(
      (config) => store.setState({ config }),
      () => undefined,
    );
    try {
      await loadMe();
    } catch (cause) {
      if (cause instanceof ApiProblem && cause.status === 401) store.setState({ session: 'signed-out' });
      else {
        store.setState({ connection: 'offline' });
        setTimeout(() => void begin(), retryMs);
      }
    }
  };

  return {
    begin,
    async signIn(email, password) {
      await api({ method: 'POST', path: '/api/auth/sign-in/email', body: { email, password } });
      await loadMe();
    },
    async signUp(account) {
      await api({ method: 'POST', path: '/api/auth/sign-up/email', body: account });
      // Where the browser is at home decides the order of dates; a refusal leaves the server's choice, which can be changed.
      await api({ method: 'PATCH', path: '/api/v1/me', body: homeHabits() }).catch(() => undefined);
      await loadMe();
    },
    async signOut() {
      // The next person at this browser must not see what was meant for this one.
      await leavePush(api).catch(() => undefined);
      await api({ method: 'POST', path: '/api/auth/sign-out', body: {} });
      sync().stop();
      store.setState({
        me: null,
        session: 'signed-out',
        replica: emptyReplica,
        ready: false,
        connection: 'connecting',
      });
    },
    ended() {
      if (store.getState().session !== 'signed-in') {
        store.setState({ session: 'signed-out' });
        return;
      }
      sync().stop();
      store.setState({ session: 'signed-out' });
      onEnded();
    },
    refreshSpaces: () => sync().refreshSpaces(),
  };
}
