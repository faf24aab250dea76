/** What an open connection at rest costs the server in memory, against a bare WebSocket server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BareBroadcast } from './bare/broadcast.ts';
import { startOwnProcess } from './frame/own-process.ts';
import { memoryOf } from './frame/processes.ts';
import { type Bench, below, short } from './frame/report.ts';
import { median } from './frame/rounds.ts';
import { openWorld } from './frame/world.ts';
import type { LiveClients } from './load/live-clients.ts';

const clientsPerPerson = 100;
const people = { long: 50, quick: 5 };
const kilobytesMax = 20;
/** Long enough for what opening left behind to be collected while nothing happens. */
const rest_ms = { long: 15_000, quick: 1500 };
const looks = 5;
const look_ms = 200;

export const measureSockets: Bench = async ({ quick, say }) => {
  const world = await openWorld();
  const broadcast = startOwnProcess<BareBroadcast>(new URL('./bare/broadcast.ts', import.meta.url));
  const clients = startOwnProcess<LiveClients>(new URL('./load/live-clients.ts', import.meta.url));
  try {
    const count = quick ? people.quick : people.long;
    const sockets = count * clientsPerPerson;
    const pause_ms = quick ? rest_ms.quick : rest_ms.long;
    say(`signing up ${count} people`);
    const rooms = (await world.people(count)).map(({ spaceId, bearer }) => ({ spaceId, bearer }));
    const { url, pid } = world.program;
    const costOf = async (server: number, socketUrl: string, apiUrl: string | null): Promise<number> => {
      // A few come and go first, so that what is made once is there already.
      await clients.ask('open', { socketUrl, apiUrl, rooms: rooms.slice(0, 1), clientsPerRoom: clientsPerPerson });
      await clients.ask('close', undefined);
      await sleep(pause_ms);
      const before = await restingMemory(server);
      await clients.ask('open', { socketUrl, apiUrl, rooms, clientsPerRoom: clientsPerPerson });
      await sleep(pause_ms);
      const open = await restingMemory(server);
      await clients.ask('close', undefined);
      return (open - before) / 1024 / sockets;
    };
    say(`${sockets} connections`);
    const program = await costOf(pid, `${url.replace('http', 'ws')}/api/v1/sync/ws`, url);
    const bareUrl = await broadcast.ask('open', undefined);
    say(`${sockets} connections of the bare server`);
    const bare = await costOf(broadcast.pid, bareUrl, null);
    return {
      figures: [
        [`each of ${sockets} connections at rest`, `${short(program)} kB`],
        ['of a bare WebSocket server', `${short(bare)} kB`],
        ['ratio', short(program / bare)],
      ],
      targets: [below('memory of a connection', program, kilobytesMax, ' kB')],
      faults: [],
    };
  } finally {
    await Promise.all([clients.stop(), broadcast.stop()]);
    await world.close();
  }
};

/** Resident memory in bytes, the median of a few looks. */
async function restingMemory(pid: number): Promise<number> {
  const found: number[] = [];
  for (let look = 0; look < looks; look++) {
    found.push(memoryOf(pid).rss);
    await sleep(look_ms);
  }
  return median(found);
}
