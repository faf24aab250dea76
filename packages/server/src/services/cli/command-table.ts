/** THE table of commands of the `daymark` command line. */
import { auditHead, auditVerify } from './audit.ts';
import type { CliCommand, Typed } from './command-line.ts';
import { deadLettersList, deadLettersReplay, deadLettersShow } from './dead-letters.ts';
import { deliveriesList, deliveriesReplay } from './deliveries.ts';
import { logNewEpoch } from './log.ts';
import { reconcileCommand } from './reconcile.ts';
import { relayForget, relayRewind, relayState } from './relay.ts';
import { userAdmin, userDisable, userList, userResetLink } from './user.ts';

const text = (typed: Typed, name: string): string | undefined => {
  const value = typed.options[name];
  return typeof value === 'string' ? value : undefined;
};
const parameter = (typed: Typed, name: string): string => typed.parameters[name] ?? '';

export const commandTable: readonly CliCommand[] = [
  {
    name: 'user list',
    parameters: [],
    options: {},
    help: 'Lists the accounts.',
    run: (line) => userList(line),
  },
  {
    name: 'user reset-link',
    parameters: ['email'],
    options: {},
    help: 'Prints an address where the person chooses a new password, once, within 24 hours.',
    run: (line, typed) => userResetLink(line, parameter(typed, 'email')),
  },
  {
    name: 'user admin',
    parameters: ['email'],
    options: {},
    help: 'Makes the person an administrator.',
    run: (line, typed) => userAdmin(line, parameter(typed, 'email')),
  },
  {
    name: 'user disable',
    parameters: ['email'],
    options: {},
    help: 'Disables the account; its sessions end at once.',
    run: (line, typed) => userDisable(line, parameter(typed, 'email'), true),
  },
  {
    name: 'user enable',
    parameters: ['email'],
    options: {},
    help: 'Enables the account again.',
    run: (line, typed) => userDisable(line, parameter(typed, 'email'), false),
  },
  {
    name: 'dead-letters list',
    parameters: [],
    options: { consumer: 'name', all: null },
    help: 'Lists the events that a consumer gave up, the newest first; with --all also those replayed since.',
    run: ({ databases, print }, typed) =>
      deadLettersList(databases.worker, { consumer: text(typed, 'consumer'), all: typed.options.all === true }, print),
  },
  {
    name: 'dead-letters show',
    parameters: ['id'],
    options: {},
    help: 'Shows one of them.',
    run: ({ databases, print }, typed) => deadLettersShow(databases.worker, parameter(typed, 'id'), print),
  },
  {
    name: 'dead-letters replay',
    parameters: ['id'],
    options: {},
    help: 'Gives one of them to its consumer once more.',
    run: ({ databases, wakes, print }, typed) =>
      deadLettersReplay(databases.worker, wakes, parameter(typed, 'id'), print),
  },
  {
    name: 'relay state',
    parameters: [],
    options: {},
    help: 'Shows how far the log was handed to the broker, if there is one, and what it refuses.',
    run: ({ databases, print }) => relayState(databases.worker, print),
  },
  {
    name: 'relay rewind',
    parameters: [],
    options: { to: 'instant' },
    help: 'Publishes again what was committed since an instant, for a broker that is new or was emptied.',
    run: ({ databases, print }, typed) => relayRewind(databases.worker, text(typed, 'to'), print),
  },
  {
    name: 'relay forget',
    parameters: [],
    options: {},
    help: 'After leaving the broker for good: what it was to get no longer counts as waiting.',
    run: ({ databases, print }) => relayForget(databases.worker, print),
  },
  {
    name: 'deliveries list',
    parameters: [],
    options: { state: 'name' },
    help: 'Lists the deliveries that were given up, the last changed first; with --state those in another state.',
    run: ({ accounts, print }, typed) => deliveriesList(accounts.worker, { state: text(typed, 'state') }, print),
  },
  {
    name: 'deliveries replay',
    parameters: ['id'],
    options: {},
    help: 'Sends one of them once more, under the same key.',
    run: ({ accounts, print }, typed) => deliveriesReplay(accounts.worker, parameter(typed, 'id'), print),
  },
  {
    name: 'audit verify',
    parameters: [],
    options: { space: 'id', head: 'file' },
    help: 'Walks the hash chain of every space and names the first broken link; with --head also against exported heads.',
    run: ({ databases, print }, typed) =>
      auditVerify(databases.audit, { spaceId: text(typed, 'space'), headFile: text(typed, 'head') }, print),
  },
  {
    name: 'audit head',
    parameters: [],
    options: {},
    help: 'Prints the head of each chain. Keep it where the owner of the database cannot write.',
    run: ({ databases, print }) => auditHead(databases.audit, print),
  },
  {
    name: 'reconcile',
    parameters: [],
    options: { space: 'id', grace: 'seconds' },
    help: 'Holds the log and the rules against what is there: names what was lost, doubled or has no cause, then sums up.',
    run: ({ databases, print }, typed) =>
      reconcileCommand(databases.worker, { spaceId: text(typed, 'space'), grace: text(typed, 'grace') }, print),
  },
  {
    name: 'log new-epoch',
    parameters: [],
    options: {},
    help: 'After a copy was restored by hand: devices that saw more than the copy holds take a fresh snapshot.',
    run: ({ ownerUrl, print }) => logNewEpoch(ownerUrl, print),
  },
];
