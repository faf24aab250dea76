/** What a process of this machine is seen to do from outside, for tests that look whether anything is left. Linux only. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Whether a process is there and is more than an entry that nobody has collected yet. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The states of sockets in the system's tables: 0A is one that listens. */
const LISTENING = '0A';

/** The addresses on which a process listens, such as `127.0.0.1:9092`; `0.0.0.0` is every interface. */
export function listenersOf(pid: number): string[] {
  const own = new Set(readdirSync(`/proc/${pid}/fd`).map((name) => linkOf(`/proc/${pid}/fd/${name}`)));
  return ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/${pid}/net/${table}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((cells) => cells[3] === LISTENING && own.has(`socket:[${cells[9]}]`))
    .map((cells) => addressOf(cells[1] ?? ''))
    .sort();
}

/** `0100007F:2384` is 127.0.0.1:9092: the last four bytes of the address, the lowest first, then the port. */
function addressOf(text: string): string {
  const [host = '', port = ''] = text.split(':');
  const bytes = Buffer.from(host.slice(-8), 'hex').reverse();
  return `${bytes.join('.')}:${Number.parseInt(port, 16)}`;
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
