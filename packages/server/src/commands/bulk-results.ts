/** Results kept under the idempotency keys of single operations of bulk requests. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { BulkOperation } from '@daymark/core/contract/task.ts';
import { findStoredAnswer, storeAnswer } from '../store/idempotency.ts';
import type { BulkResult } from './bulk-operation.ts';
import { AnswerStoredMeanwhile, type Change } from './command.ts';
import { fingerprintOf } from './fingerprint.ts';

export interface KeptResults {
  /** What the operation was answered before. Throws Problem `idempotency_mismatch` where its key was used for another. */
  find(operation: BulkOperation): BulkResult | undefined;
  keep(operation: BulkOperation, result: BulkResult): void;
  /** Writes what was kept since. */
  store(): Promise<void>;
}

type Kept = { readonly fingerprint: Buffer; readonly answer: unknown };

/** Loads what is kept under the keys of these operations. */
export async function loadKeptResults(change: Change, operations: readonly BulkOperation[]): Promise<KeptResults> {
  const { personId } = change;
  const keys = new Set(personId === null ? [] : operations.flatMap((operation) => operation.idempotency_key ?? []));
  const found = new Map<string, Kept>();
  await Promise.all(
    [...keys].map(async (key) => {
      const stored = personId === null ? undefined : await findStoredAnswer(change, personId, key);
      if (stored) found.set(key, stored);
    }),
  );
  const fresh = new Map<string, Kept>();
  return {
    find(operation) {
      const key = operation.idempotency_key;
      const kept = key === undefined ? undefined : (fresh.get(key) ?? found.get(key));
      if (!kept) return undefined;
      if (!kept.fingerprint.equals(fingerprint(operation))) throw new Problem('idempotency_mismatch');
      return kept.answer as BulkResult;
    },
    keep(operation, result) {
      if (operation.idempotency_key === undefined || personId === null) return;
      fresh.set(operation.idempotency_key, { fingerprint: fingerprint(operation), answer: result });
    },
    async store() {
      await Promise.all(
        [...fresh].map(async ([key, kept]) => {
          const isFirst = personId !== null && (await storeAnswer(change, { personId, key, ...kept }));
          if (!isFirst) throw new AnswerStoredMeanwhile('another request stored a result under this key');
        }),
      );
    },
  };
}

const fingerprint = ({ op, id, body, if_match }: BulkOperation): Buffer =>
  fingerprintOf(`bulk ${op} ${id ?? ''} ${if_match ?? ''}`, body);
