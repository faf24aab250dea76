/** Web Push in this browser: whether it can, whether it is on, turning it on and off. The worker that shows the messages is `public/sw.js`. */
import type { PushSubscription as Known } from '@daymark/core/contract/notification.ts';
import type { Api } from '../api/client.ts';

/** `missing` the browser cannot; `denied` the person forbade it; `on` and `off` otherwise. */
export type PushState = 'missing' | 'denied' | 'on' | 'off';

const workerPath = '/sw.js';

const canPush = (): boolean => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

async function current(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration();
  return (await registration?.pushManager.getSubscription()) ?? null;
}

export async function pushState(): Promise<PushState> {
  if (!canPush()) return 'missing';
  if (Notification.permission === 'denied') return 'denied';
  return (await current()) ? 'on' : 'off';
}

/** Asks the person, subscribes, and tells the server. Throws `ApiProblem`, or what the browser says. */
export async function turnPushOn(api: Api): Promise<PushState> {
  const permission = await Notification.requestPermission();
  if (permission === 'denied') return 'denied';
  if (permission !== 'granted') return 'off';
  const { public_key } = await api<{ public_key: string }>({ method: 'GET', path: '/api/v1/push-subscriptions/key' });
  await navigator.serviceWorker.register(workerPath);
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: public_key,
  });
  const { endpoint, keys, expirationTime } = subscription.toJSON();
  await api<Known>({
    method: 'POST',
    path: '/api/v1/push-subscriptions',
    body: { endpoint, keys, expirationTime: expirationTime ?? null },
  });
  return 'on';
}

/** The server forgets this browser, and the browser its subscription. */
export async function turnPushOff(api: Api): Promise<PushState> {
  const subscription = await current();
  if (!subscription) return 'off';
  const { items } = await api<{ items: Known[] }>({ method: 'GET', path: '/api/v1/push-subscriptions' });
  const mine = items.filter((one) => one.endpoint === subscription.endpoint);
  for (const { id } of mine) await api({ method: 'DELETE', path: `/api/v1/push-subscriptions/${id}` });
  await subscription.unsubscribe();
  return 'off';
}

/** Turns Web Push off where it is on. */
export async function leavePush(api: Api): Promise<void> {
  if ((await pushState()) === 'on') await turnPushOff(api);
}
