/** The TCP ports from which a process has connected: by them PostgreSQL and the sink know whose work they have in hand. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** Those of a process that lives; none for one that is gone. Only Linux can be asked, elsewhere there are none. */
export function localPortsOf(pid: number): Set<number> {
  if (process.platform !== 'linux') return new Set();
  const sockets = socketsOf(pid);
  const ports = TABLES.flatMap(linesOf).flatMap((line) => {
    const [, local = '', , , , , , , , inode = ''] = line.trim().split(/\s+/);
    return sockets.has(inode) ? [Number.parseInt(local.split(':')[1] ?? '', 16)] : [];
  });
  return new Set(ports);
}

/** The kernel's numbers of the sockets that a process has open. */
function socketsOf(pid: number): Set<string> {
  const folder = `/proc/${pid}/fd`;
  try {
    return new Set(readdirSync(folder).flatMap((descriptor) => socketAt(`${folder}/${descriptor}`)));
  } catch {
    return new Set();
  }
}

function socketAt(path: string): string[] {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.slice(1) ?? [];
  } catch {
    // Closed since the folder was read.
    return [];
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
}
