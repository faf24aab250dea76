/** Changing only what one has seen: a change may name the version it is made against. */
import { Problem } from '@daymark/core/contract/problem.ts';

/** The version that is expected; undefined when any will do. */
export type ExpectedVersion = number | undefined;

/** Throws Problem `version_conflict` with the resource as it is now. */
export function requireVersion(current: { readonly version: number }, expected: ExpectedVersion): void {
  if (expected === undefined || expected === current.version) return;
  throw new Problem('version_conflict', `The current version is ${current.version}.`, { extras: { current } });
}
