/** `npm run dev`: the server, started again whenever one of its files changes, and Vite's server, which sends API requests on to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const VITE_PORT = 5173;

const root = fileURLToPath(new URL('..', import.meta.url));
const port = process.env.PORT ?? '8080';

const children: ChildProcess[] = [
  start(['--watch', `${root}packages/server/src/main.ts`, ...process.argv.slice(2)], {
    cwd: root,
    // Pages come from Vite's address, so that is the one to accept requests and cookies from.
    env: { DAYMARK_PUBLIC_URL: process.env.DAYMARK_PUBLIC_URL ?? `http://localhost:${VITE_PORT}` },
  }),
  start([`${root}node_modules/vite/bin/vite.js`, '--port', String(VITE_PORT), '--strictPort'], {
    cwd: `${root}packages/web`,
    env: { DAYMARK_DEV_SERVER: `http://127.0.0.1:${port}` },
  }),
];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
process.on('disconnect', stop);

function start(args: string[], { cwd, env }: { cwd: string; env: Record<string, string> }): ChildProcess {
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
  child.once('exit', (code) => {
    process.exitCode ||= code ?? 1;
    stop();
  });
  return child;
}

/** Ends both; the process ends when they have. */
function stop(): void {
  if (process.connected) process.disconnect?.();
  for (const child of children) if (child.exitCode === null) child.kill('SIGTERM');
}
