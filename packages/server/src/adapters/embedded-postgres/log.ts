/** The part of the program's logger that the embedded PostgreSQL needs; a pino logger is one. */
export interface PostgresLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
