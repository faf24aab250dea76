/** `Temporal` knows the zones. Browsers that lack it are given it, and only they fetch it. */
export async function ensureTemporal(): Promise<void> {
  if (!('Temporal' in globalThis)) await import('temporal-polyfill/global');
}
