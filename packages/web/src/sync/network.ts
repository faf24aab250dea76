/** Whether this device has a network at all, as far as the browser knows. */
export type Network = {
  isOnline(): boolean;
  /** Calls back on each change; gives back how to stop. */
  watch(events: { onOnline: () => void; onOffline: () => void }): () => void;
};

export const browserNetwork: Network = {
  isOnline: () => navigator.onLine,
  watch({ onOnline, onOffline }) {
    addEventListener('online', onOnline);
    addEventListener('offline', onOffline);
    return () => {
      removeEventListener('online', onOnline);
      removeEventListener('offline', onOffline);
    };
  },
};
