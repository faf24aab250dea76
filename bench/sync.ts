/** A change on its way to the other clients of its space, against a bare WebSocket server with the same fan-out. */
import type { BareBroadcast } from './bare/broadcast.ts';
import { startOwnProcess } from './frame/own-process.ts';
import { settle } from './frame/processes.ts';
import { type Bench, below, latency, short } from './frame/report.ts';
import { median } from './frame/rounds.ts';
import { openWorld } from './frame/world.ts';
import type { Heard, LiveClients } from './load/live-clients.ts';

const changesPerSecond = 50;
const long = { rooms: 100, clientsPerRoom: 10, rounds: 2, round_ms: 10_000 };
const quickly = { rooms: 10, clientsPerRoom: 10, rounds: 1, round_ms: 3000 };
const p50Max_ms = 10;
const p99Max_ms = 50;

export const measureSync: Bench = async ({ quick, say }) => {
  const { rooms, clientsPerRoom, rounds, round_ms } = quick ? quickly : long;
  const world = await openWorld();
  const broadcast = startOwnProcess<BareBroadcast>(new URL('./bare/broadcast.ts', import.meta.url));
  const file = new URL('./load/live-clients.ts', import.meta.url);
  const ofProgram = startOwnProcess<LiveClients>(file);
  const ofBare = startOwnProcess<LiveClients>(file);
  try {
    say(`signing up ${rooms} people`);
    const people = await world.people(rooms);
    const places = people.map(({ spaceId, bearer }) => ({ spaceId, bearer }));
    const { url } = world.program;
    say(`opening ${rooms * clientsPerRoom} connections each`);
    const socketUrl = `${url.replace('http', 'ws')}/api/v1/sync/ws`;
    await ofProgram.ask('open', { socketUrl, apiUrl: url, rooms: places, clientsPerRoom });
    const bareUrl = await broadcast.ask('open', undefined);
    await ofBare.ask('open', { socketUrl: bareUrl, apiUrl: null, rooms: places, clientsPerRoom });
    const measure = (clients: typeof ofProgram, duration_ms: number) =>
      clients.ask('change', { duration_ms, changesPerSecond });
    await measure(ofProgram, round_ms / 4);
    await measure(ofBare, round_ms / 4);
    say(`${rounds} rounds of ${round_ms / 1000} s`);
    const heard: Heard[] = [];
    const bare: Heard[] = [];
    for (let round = 0; round < rounds; round++) {
      await settle(world.program);
      heard.push(await measure(ofProgram, round_ms));
      bare.push(await measure(ofBare, round_ms));
    }
    const fromRequest = medians(heard.map((each) => each.fromRequest));
    const ofBroadcast = medians(bare.map((each) => each.fromRequest));
    return {
      figures: [
        [`${rooms * clientsPerRoom} clients in ${rooms} spaces, from the request`, latency(fromRequest)],
        ['  from the answer to it', latency(medians(heard.flatMap(({ fromAnswer }) => fromAnswer ?? [])))],
        ['bare broadcast, from the message', latency(ofBroadcast)],
        ['ratio of the medians', short(fromRequest.p50 / ofBroadcast.p50)],
        ['deliveries', `${short(fromRequest.perSecond)}/s`],
      ],
      targets: [
        below('p50 from the request', fromRequest.p50, p50Max_ms, ' ms'),
        below('p99 from the request', fromRequest.p99, p99Max_ms, ' ms'),
      ],
      faults: heard.flatMap(({ missing, refused }) => [
        ...(missing !== 0 ? [`${missing} deliveries did not come`] : []),
        ...(refused > 0 ? [`${refused} changes were refused`] : []),
      ]),
    };
  } finally {
    await Promise.all([ofProgram.stop(), ofBare.stop(), broadcast.stop()]);
    await world.close();
  }
};

const medians = (all: readonly Heard['fromRequest'][]): Heard['fromRequest'] => ({
  perSecond: median(all.map((one) => one.perSecond)),
  p50: median(all.map((one) => one.p50)),
  p95: median(all.map((one) => one.p95)),
  p99: median(all.map((one) => one.p99)),
});
