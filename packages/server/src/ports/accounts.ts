/**
 * What keeps passwords and makes sessions. Every method throws Problem where the person is at fault: `wrong_credentials`,
 * `account_disabled`, `validation_failed`, `conflict` for an address in use.
 */

/** From where someone signs in; shown in the list of sessions. */
export interface Whereabouts {
  readonly client: string | null;
  readonly address: string | null;
}

/** A new session and what carries it. */
export interface NewSession {
  readonly userId: string;
  /** By which the database knows it. */
  readonly token: string;
  /** What programs send as `Authorization: Bearer`. */
  readonly bearer: string;
  /** The text of a `Set-Cookie` header. */
  readonly cookie: string;
}

/** How a new account is let in; see auth.admit() in migration 0002. */
export type Admission = 'open' | 'invited' | 'first_only';

export interface Accounts {
  signUp(
    person: {
      email: string;
      password: string;
      name: string;
      timezone: string;
      admission: Admission;
      firstIsAdministrator: boolean;
    },
    from: Whereabouts,
  ): Promise<NewSession>;
  signIn(credentials: { email: string; password: string }, from: Whereabouts): Promise<NewSession>;
  /** `sessionToken` is of the session that asks, which lives on. */
  changePassword(sessionToken: string, passwords: { current: string; next: string }): Promise<void>;
  /** Makes the token of a link with which the person can choose a new password once; earlier links end. */
  makeResetToken(userId: string): Promise<string>;
  /** Uses such a token; all sessions of the person end. */
  resetPassword(token: string, password: string): Promise<void>;
  /** The text of the `Set-Cookie` header that signs a browser out. */
  readonly endedCookie: string;
  close(): Promise<void>;
}
