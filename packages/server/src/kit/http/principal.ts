/** Who is asking, as far as the HTTP edge has to know. */
import type { Scope } from '@daymark/core/contract/person.ts';

export interface Principal {
  readonly userId: string;
  /** Set when the request came with a session. */
  readonly sessionId: string | null;
  /** Set when the request came with an API token. */
  readonly tokenId: string | null;
  /** What an API token allows; a session allows all. */
  readonly scopes: readonly Scope[] | 'all';
  readonly isAdministrator: boolean;
  /** The program that asks, from its `User-Agent`. */
  readonly client: string | null;
  /** The network address it asks from. */
  readonly address: string | null;
}
