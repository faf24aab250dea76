import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { lineOf } from '../../test/secrets-contract.ts';
import { openLog } from '../kit/log.ts';
import { openAlarm, openCompanion } from './companion.ts';
import { readConfig } from './config.ts';
import { runProgram } from './program.ts';

const { log } = openLog({ level: 'silent', service: 'test' });
const open = (environment: Record<string, string>) => openCompanion(log, readConfig([], environment));

it('has no sidecar and no port where nothing asks for one', async () => {
  const companion = await open({});
  expect(companion.openable).toBeUndefined();
  expect(() => companion.sidecar()).toThrow('Nothing in the configuration asks for a sidecar.');
  await companion.stop();
});

it('opens no port without the token that calls to it show', async () => {
  expect(await lineOf(open({ DAYMARK_DAPR_APP_PORT: '0' }))).toBe(
    'DAYMARK_DAPR_APP_PORT is set without APP_API_TOKEN. Set the token that the sidecar shows, or anybody on this machine could hand events over.',
  );
});

it('says what alarms by jobs lack', async () => {
  const config = readConfig([], { DAYMARK_ALARM: 'dapr' });
  const companion = await openCompanion(log, config);
  expect(await lineOf(openAlarm(log, config, companion))).toBe(
    'DAYMARK_ALARM=dapr needs a port that the sidecar can call. Set DAYMARK_DAPR_APP_PORT and APP_API_TOKEN.',
  );
  await companion.stop();
});

it('says that the port is taken', async () => {
  const first = await open({ DAYMARK_DAPR_APP_PORT: '0', APP_API_TOKEN: 'x' });
  const opened = await first.openable?.open();
  const second = await open({ DAYMARK_DAPR_APP_PORT: String(opened?.port), APP_API_TOKEN: 'x' });
  expect(await lineOf(second.callbacks('a test').open())).toMatch(
    /^The port \d+ for calls of the sidecar cannot be opened/,
  );
  await opened?.stop();
});

it('finds with --check what would fail at the start', async () => {
  const check = async (environment: Record<string, string>) => {
    let printed = '';
    const print = (text: string) => {
      printed += text;
    };
    const code = await runProgram({
      flags: ['--check'],
      environment: { DAYMARK_LOG_LEVEL: 'silent', DAYMARK_DATA: tmpdir(), ...environment },
      ...{ isTerminal: false, version: '1.2.3', webFolder: tmpdir(), print, printError: print },
      ...{ stopWanted: new Promise<string>(() => {}), crashed: new Promise<never>(() => {}) },
    });
    return { code, printed };
  };
  const port = { DAYMARK_DAPR_APP_PORT: '3000' };
  expect(await check(port)).toMatchObject({ code: 1, printed: expect.stringContaining('without APP_API_TOKEN') });
  expect(await check({ DAYMARK_ALARM: 'dapr' })).toMatchObject({ code: 1 });
  expect(await check({ DAYMARK_ALARM: 'dapr', APP_API_TOKEN: 'x', ...port })).toMatchObject({ code: 0 });
});
