/*
 * Shows what is pushed while no window of Daymark is looked at, and answers the two buttons of a reminder. The message is
 * {key, kind, subject, text, url, data}. Nothing is kept or cached here.
 */
const snoozeMinutes = 10;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => {
  const message = event.data?.json() ?? {};
  event.waitUntil(show(message));
});

async function show({ key, kind, subject, text, url, data }) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  // Who looks at Daymark sees its banner; two of the same would be one too many.
  if (kind === 'reminder' && windows.some((one) => one.focused)) return;
  const actions =
    kind === 'reminder' && data?.task_id
      ? [
          { action: 'complete', title: 'Complete' },
          { action: 'snooze', title: `Snooze ${snoozeMinutes} min` },
        ]
      : [];
  await self.registration.showNotification(subject ?? 'Daymark', {
    body: text ?? '',
    tag: key,
    icon: '/favicon.svg',
    badge: '/favicon.svg',
    data: { ...data, url },
    actions,
  });
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(answer(event.action, event.notification.data ?? {}));
});

async function answer(action, data) {
  if (action === 'complete') {
    await post(`/api/v1/tasks/${data.task_id}/complete`, {}, data);
    return post(`/api/v1/notifications/${data.notification_id}/read`, undefined, null);
  }
  if (action === 'snooze') {
    return post(`/api/v1/notifications/${data.notification_id}/snooze`, { minutes: snoozeMinutes }, data);
  }
  return open(data);
}

/** What cannot be sent is opened instead, so that it is not lost unseen. */
async function post(path, body, otherwise) {
  const answered = await fetch(path, {
    method: 'POST',
    credentials: 'same-origin',
    ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
  }).catch(() => null);
  if (!answered?.ok && otherwise) await open(otherwise);
}

/** Goes to the task in a window that is there, or in a new one. Other origins are not gone to. */
async function open({ task_id: taskId, url }) {
  const wanted = new URL(
    taskId ? `/today?task=${encodeURIComponent(taskId)}` : (url ?? '/notifications'),
    self.location.origin,
  );
  const address = wanted.origin === self.location.origin ? wanted.href : self.location.origin;
  const [known] = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  if (!known) return self.clients.openWindow(address);
  await known.focus();
  return known.navigate(address).catch(() => self.clients.openWindow(address));
}
