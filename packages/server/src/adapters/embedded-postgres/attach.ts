import { setTimeout as sleep } from 'node:timers/promises';
import { readPassword } from './cluster.ts';
import { ensureDatabase } from './connect.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { openLayout } from './layout.ts';
import { isPostmasterOf, readPostmasterFile } from './orphan.ts';
import { type EmbeddedPostgres, type StartOptions, startEmbeddedPostgres } from './start.ts';

/** How long a process may take that has locked the folder and is still starting its server. */
const ATTACH_MAX_MS = 30_000;
const ATTACH_POLL_MS = 100;

/**
 * For the command line: connects to the server that another process runs on this data folder, or starts one for the
 * time until `stop`. Throws `EmbeddedPostgresError`.
 */
export async function attachEmbeddedPostgres({ folder, log, settings = {} }: StartOptions): Promise<EmbeddedPostgres> {
  const deadline = Date.now() + ATTACH_MAX_MS;
  for (;;) {
    const live = await connectToLive(folder);
    if (live) return live;
    try {
      return await startEmbeddedPostgres({ folder, log, settings });
    } catch (error) {
      const starting = error instanceof EmbeddedPostgresError && error.code === 'folder_in_use';
      if (!starting || Date.now() > deadline) throw error;
    }
    await sleep(ATTACH_POLL_MS);
  }
}

async function connectToLive(folder: string): Promise<EmbeddedPostgres | null> {
  const layout = openLayout(folder);
  const server = readPostmasterFile(layout.cluster);
  const password = readPassword(layout);
  if (!server?.ready || !password || !isPostmasterOf(server.pid, layout.cluster)) return null;
  // A server that goes away in this moment is none; the caller then starts one.
  const ownerUrl = await ensureDatabase(layout, { socketFolder: server.socketFolder, password }).catch(asGone);
  if (ownerUrl === null) return null;
  return { ownerUrl, role: 'adopted', stop: async () => {}, done: new Promise(() => {}) };
}

function asGone(error: unknown): null {
  if (error instanceof EmbeddedPostgresError && error.code === 'password_refused') throw error;
  return null;
}
