/**
 * Many WebSocket clients in a process of their own, of the program or of the bare broadcast server, and changes that they should
 * hear of. Who changes and who hears are in one process, so that one clock measures both.
 */
import { WebSocket } from 'ws';
import { answerAsks } from '../frame/own-process.ts';
import { type Measured, summarise } from '../frame/rounds.ts';
import { type HttpConnection, openHttpConnection } from './http-connection.ts';

/** A room is a space of the program, or what the bare server calls by that name. */
export interface Room {
  spaceId: string;
  bearer: string;
}

interface Given {
  /** Where clients connect: `ws://…`. */
  socketUrl: string;
  /** The program's address; null for the bare server, which is told of changes on a WebSocket. */
  apiUrl: string | null;
  rooms: Room[];
  clientsPerRoom: number;
}

export interface Heard {
  /** From the moment at which the request of the change was sent. */
  fromRequest: Measured;
  /** From the moment at which its answer came; negative when clients heard first. Null where there are no answers. */
  fromAnswer: Measured | null;
  /** Deliveries that should have come and did not. */
  missing: number;
  refused: number;
}

interface Change {
  sent: number;
  answered: number | null;
  heard: number[];
}

const connectsAtOnce = 50;
/** After the last change, so long is waited for what is still on its way. */
const trailing_ms = 2000;
/** Stands before a change's number in its text. */
const mark = 'change ~';
/** As long as the frame of a task's change. */
const padding = 'x'.repeat(850);

let given: Given;
let sockets: WebSocket[] = [];
let tellers: HttpConnection[] = [];
let changes: Change[] = [];

const asks = {
  /** Opens all clients and resolves when each is up to date. */
  async open(argument: Given): Promise<void> {
    given = argument;
    changes = [];
    const wanted = given.rooms.flatMap((room) => Array.from({ length: given.clientsPerRoom }, () => room));
    let next = 0;
    sockets = [];
    const openSome = async () => {
      for (let place = next++; place < wanted.length; place = next++)
        sockets[place] = await openClient(wanted[place] as Room);
    };
    await Promise.all(Array.from({ length: connectsAtOnce }, openSome));
    const { apiUrl } = given;
    if (apiUrl !== null) tellers = given.rooms.map(() => openHttpConnection(apiUrl));
  },

  /** Makes `changesPerSecond` changes at even distances, in one room after the other. */
  async change({ duration_ms, changesPerSecond }: { duration_ms: number; changesPerSecond: number }): Promise<Heard> {
    changes = [];
    let refused = 0;
    const started = performance.now();
    const total = Math.floor((duration_ms * changesPerSecond) / 1000);
    for (let number = 0; number < total; number++) {
      const due = started + (number * 1000) / changesPerSecond;
      while (performance.now() < due) await pause(Math.max(0, due - performance.now()));
      const change: Change = { sent: performance.now(), answered: null, heard: [] };
      changes.push(change);
      if (given.apiUrl === null) sockets[place(number)]?.send(`${mark}${number}~${padding}`);
      else {
        const { spaceId, bearer } = given.rooms[number % given.rooms.length] as Room;
        const body = { title: `${mark}${number}~`, space_id: spaceId };
        tellers[number % given.rooms.length]
          ?.ask(bearer, { method: 'POST', path: '/api/v1/tasks', body })
          .then((status) => {
            change.answered = performance.now();
            if (status >= 400) refused += 1;
          });
      }
    }
    await pause(trailing_ms);
    const heard = changes.reduce((sum, change) => sum + change.heard.length, 0);
    return {
      fromRequest: summarise(
        changes.flatMap(({ heard, sent }) => heard.map((at) => at - sent)),
        duration_ms,
      ),
      fromAnswer:
        given.apiUrl === null
          ? null
          : summarise(
              changes.flatMap(({ heard, answered }) => (answered === null ? [] : heard.map((at) => at - answered))),
              duration_ms,
            ),
      missing: total * given.clientsPerRoom - heard,
      refused,
    };
  },

  async close(): Promise<void> {
    for (const socket of sockets) socket.terminate();
    for (const teller of tellers) teller.close();
    sockets = [];
    tellers = [];
  },
};

/** The client of the bare server that tells a change to its room. */
const place = (number: number): number => (number % given.rooms.length) * given.clientsPerRoom;

const pause = (duration_ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, duration_ms));

async function openClient(room: Room): Promise<WebSocket> {
  const isBare = given.apiUrl === null;
  const socket = new WebSocket(isBare ? `${given.socketUrl}/${room.spaceId}` : given.socketUrl, {
    perMessageDeflate: false,
    ...(!isBare && { headers: { authorization: `Bearer ${room.bearer}` } }),
  });
  const ready = Promise.withResolvers<void>();
  socket.on('error', ready.reject);
  socket.on('close', (code, reason) => ready.reject(new Error(`closed with ${code} ${reason}`)));
  socket.on('open', () => {
    if (isBare) ready.resolve();
    // A cursor beyond all versions asks for nothing of the past.
    else socket.send(JSON.stringify({ type: 'hello', cursors: {} }));
  });
  socket.on('message', (data: Buffer) => {
    const text = data.toString('latin1');
    const at = text.indexOf(mark);
    if (at !== -1) changes[Number.parseInt(text.slice(at + mark.length), 10)]?.heard.push(performance.now());
    else if (text.startsWith('{"type":"current"') || text.startsWith('{"type":"resync"')) ready.resolve();
  });
  await ready.promise;
  return socket;
}

export type LiveClients = typeof asks;

answerAsks(asks);
