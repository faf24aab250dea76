/** Where people reach the server, for links in messages. A process that serves no pages cannot know it by itself. */
import { OperatorError } from '../kit/operator-error.ts';
import type { Config } from './config.ts';
import { servesPages } from './target-names.ts';

type Known = Pick<Config, 'publicUrl' | 'targets'>;

/** The origin; null while it is not known. `openPort` is the port of this process, 0 before it is open. */
export function originOf({ publicUrl, targets }: Known, openPort: number): string | null {
  if (publicUrl !== undefined) return publicUrl;
  return openPort === 0 || !servesPages(targets) ? null : `http://localhost:${openPort}`;
}

/** Mails of which one is nothing but a link could never be sent. Throws OperatorError. */
export function requireOrigin({ publicUrl, targets, smtpServer }: Known & Pick<Config, 'smtpServer'>): void {
  if (publicUrl !== undefined || servesPages(targets) || smtpServer === undefined) return;
  throw new OperatorError(
    'DAYMARK_PUBLIC_URL is not set, and this process sends mail with links but does not serve the pages they lead to.',
    'Set it to the address under which people reach the server.',
  );
}
