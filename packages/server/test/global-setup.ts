/**
 * One PostgreSQL for all tests of a run, with the migrations applied once to a template that each test database is
 * cloned from. Durability is off here and nowhere else: these databases end with the run.
 */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openLayout } from '../src/adapters/embedded-postgres/layout.ts';
import { takeFolderLock } from '../src/adapters/embedded-postgres/lock.ts';
import { endOrphan } from '../src/adapters/embedded-postgres/orphan.ts';
import { startEmbeddedPostgres } from '../src/adapters/embedded-postgres/start.ts';
import type { DatabaseUrls } from '../src/store/logins.ts';
import { migrate } from '../src/store/migrate.ts';
import { urlOfDatabase } from './database.ts';

const FOLDER_PREFIX = 'daymark-test-';
const TEMPLATE = 'daymark_template';

/** The secret of the test installation; logins derive their passwords from it. */
const SECRET = 'a secret of the tests and of nothing else';

const FAST_AND_FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  // Test files run side by side, each with pools of its own.
  max_connections: '300',
};

declare module 'vitest' {
  interface ProvidedContext {
    templateName: string;
    templateUrls: DatabaseUrls;
  }
}

/** Run by vitest before the tests; what it returns is run after them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), FOLDER_PREFIX));
  const postgres = await startEmbeddedPostgres({ folder, log: quiet, settings: FAST_AND_FORGETFUL });
  try {
    await createTemplate(postgres.ownerUrl);
    const ownerUrl = urlOfDatabase(postgres.ownerUrl, TEMPLATE);
    project.provide('templateUrls', await migrate({ ownerUrl, secret: SECRET, log: () => {} }));
    project.provide('templateName', TEMPLATE);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;

  async function tearDown() {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A run that was killed leaves its server and folder; a run in progress still has its lock. */
async function removeLeftovers(): Promise<void> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(FOLDER_PREFIX));
  // A folder without a cluster may be that of a run that is about to take its lock.
  const folders = names.map((name) => join(tmpdir(), name)).filter((folder) => existsSync(join(folder, 'postgres')));
  for (const folder of folders) {
    try {
      const layout = openLayout(folder);
      const lock = takeFolderLock(layout);
      await endOrphan(layout, quiet);
      lock.release();
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // In use, or somebody else's.
    }
  }
}

async function createTemplate(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
}

const nothing = () => {};
const loud = (fields: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(fields)}\n`);
const quiet = { debug: nothing, info: nothing, warn: loud, error: loud };
