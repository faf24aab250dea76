/** Traces of clicks in a real page. */
import { type ClickTraces, createClickTraces } from './click-traces.ts';

export const browserTraces = (): ClickTraces =>
  createClickTraces({
    now: () => performance.timeOrigin + performance.now(),
    hex: (digits) =>
      Array.from(crypto.getRandomValues(new Uint8Array(digits / 2)), (byte) => byte.toString(16).padStart(2, '0')).join(
        '',
      ),
    onGesture(listener) {
      // Before whoever acts on it and may stop it.
      addEventListener('click', () => listener('click'), { capture: true });
      addEventListener('keydown', () => listener('key'), { capture: true });
    },
    onLeaving: (listener) => addEventListener('pagehide', listener),
    later: (act, ms) => void setTimeout(act, ms),
    send(spans) {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify(spans);
      const request = { method: 'POST', headers, body, keepalive: true, credentials: 'same-origin' } as const;
      fetch('/api/v1/traces', request).catch(() => undefined);
    },
  });
