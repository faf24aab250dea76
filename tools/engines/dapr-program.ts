/** Where daprd and Dapr's scheduler are: in the given folder, on the path, where `dapr init --slim` puts them, or built here. */
import { execFile } from 'node:child_process';
import { cp, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runTool } from './engine-process.ts';
import { inEnginesFolder } from './engines-folder.ts';
import { isProgram, programPlaces } from './installed-program.ts';

const run = promisify(execFile);

const DAPR_VERSION = '1.18.3';
const SCHEDULER = 'github.com/dapr/dapr/cmd/scheduler';
const MODULE = fileURLToPath(new URL('dapr', import.meta.url));
const GO_MIN = { major: 1, minor: 26 };
/** Ten minutes of one processor on an idle machine; this one may be busy. */
const BUILD_MAX_MS = 60 * 60_000;

export interface DaprProgram {
  daprd: string;
  scheduler: string;
}

/** The two programs, where they are already; always from one folder, since `scheduler` alone may be anything. */
export function findDapr(folder: string, env: NodeJS.ProcessEnv = process.env): DaprProgram | undefined {
  for (const place of [...programPlaces(env), join(homedir(), '.dapr', 'bin'), folder]) {
    const found = { daprd: join(place, 'daprd'), scheduler: join(place, 'scheduler') };
    if (isProgram(found.daprd) && isProgram(found.scheduler)) return found;
  }
  return undefined;
}

/** Why there can be no Dapr here, in one sentence that says what to install; undefined when there is, or it can be built. */
export async function daprIsMissing(folder: string): Promise<string | undefined> {
  if (findDapr(folder)) return undefined;
  const wanted = `${GO_MIN.major}.${GO_MIN.minor}`;
  const remedy = `run "dapr init --slim" or install Go ${wanted} to build it`;
  const version = await goVersion();
  if (!version) return `Dapr is not here: ${remedy}.`;
  const enough = version.major > GO_MIN.major || (version.major === GO_MIN.major && version.minor >= GO_MIN.minor);
  return enough ? undefined : `Dapr is not here and this Go is older than ${wanted}: ${remedy}.`;
}

/** Finds Dapr, or builds it into the folder, which takes about ten minutes once. `say` is told. */
export async function prepareDapr(folder: string, say: (line: string) => void): Promise<DaprProgram> {
  const missing = await daprIsMissing(folder);
  if (missing) throw new Error(missing);
  const here = findDapr(folder);
  if (here) return here;
  return await inEnginesFolder(folder, 'dapr', async (scratch) => {
    const meanwhile = findDapr(folder);
    if (meanwhile) return meanwhile;
    say(`Dapr ${DAPR_VERSION}: building daprd and scheduler, about ten minutes of processor time…`);
    await build(scratch);
    for (const name of ['scheduler', 'daprd']) await rename(join(scratch, 'bin', name), join(folder, name));
    return { daprd: join(folder, 'daprd'), scheduler: join(folder, 'scheduler') };
  });
}

async function build(scratch: string): Promise<void> {
  const source = join(scratch, 'source');
  await cp(MODULE, source, { recursive: true });
  await mkdir(join(scratch, 'bin'));
  const flags = `-s -w -X github.com/dapr/dapr/pkg/buildinfo.version=${DAPR_VERSION}`;
  const args = ['build', '-trimpath', '-ldflags', flags, '-o', `${join(scratch, 'bin')}/`, './cmd/daprd', SCHEDULER];
  const env = { ...process.env, CGO_ENABLED: '0', GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' };
  await runTool({ name: 'go build', program: 'go', args, env, folder: source, max_ms: BUILD_MAX_MS });
}

async function goVersion(): Promise<{ major: number; minor: number } | undefined> {
  const answer = await run('go', ['env', 'GOVERSION']).catch(() => undefined);
  const [, major, minor] = /go(\d+)\.(\d+)/.exec(answer?.stdout ?? '') ?? [];
  return major ? { major: Number(major), minor: Number(minor) } : undefined;
}
