/** HTTP clients that are never idle: each sends its next request when the answer of the last has come. */
import { type Measured, summarise } from '../frame/rounds.ts';
import { type LoadRequest, openHttpConnection } from './http-connection.ts';

export interface LoadResult extends Measured {
  /** Answers of 400 and above. */
  failures: number;
}

/** Runs `connections` clients for `duration_ms`. */
export async function httpLoad(options: {
  url: string;
  bearer: (client: number) => string;
  connections: number;
  duration_ms: number;
  request: (client: number, turn: number) => LoadRequest;
}): Promise<LoadResult> {
  const latencies: number[] = [];
  let failures = 0;
  const started = performance.now();
  const end = started + options.duration_ms;
  await Promise.all(
    Array.from({ length: options.connections }, async (_, client) => {
      const connection = openHttpConnection(options.url);
      for (let turn = 0; performance.now() < end; turn++) {
        const sent = performance.now();
        const status = await connection.ask(options.bearer(client), options.request(client, turn));
        latencies.push(performance.now() - sent);
        if (status >= 400) failures += 1;
      }
      connection.close();
    }),
  );
  return { failures, ...summarise(latencies, performance.now() - started) };
}
