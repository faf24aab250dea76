/**
 * The fixed numbers of live sync. They stand apart from the schemas so that the browser can read them without loading
 * the validation library.
 */

/** Raised when a frame changes its shape; a test compares the schemas' hash with it. */
export const syncProtocolVersion = 2;

/** A client that lacks more versions of a space than this is given a snapshot instead of changes. */
export const changesVersionsMax = 5000;

/** A client that lacks more versions of a space than this is told on the live connection to fetch them by `GET /sync`. */
export const replayVersionsMax = 1000;

/** How often the server says `ping`. A client that heard nothing for three times as long has lost the connection. */
export const pingEvery_ms = 20_000;

/** Why the server closes a WebSocket. With all of them but `malformed`, `signedOut` and `gone` a client connects again later. */
export const closeCodes = {
  /** The process stops; connect again, another one answers. */
  restarting: 1012,
  /** The process has all the connections it takes, or the client reads too slowly. */
  tryLater: 1013,
  /** A frame that is not of the protocol. */
  malformed: 4400,
  /** The session or the token has ended. */
  signedOut: 4401,
  /** The connection was for one space, and the person is in it no longer. */
  gone: 4404,
  /** No `hello` came in time. */
  silent: 4408,
  /** This person has too many connections open. */
  tooMany: 4429,
} as const;
