/** What a reconciliation finds wrong, and what it counts. */

/**
 * lost       what the log and the rules say must be there is not
 * duplicate  it is there more than once
 * orphan     it is there, and nothing in the log says why
 * differs    it is there with another content than the log and the rules say
 */
export type FindingKind = 'lost' | 'duplicate' | 'orphan' | 'differs';

/** Names by id, never by what people wrote. */
export interface Finding {
  readonly kind: FindingKind;
  readonly what: string;
  readonly space_id: string;
  readonly id: string;
  readonly detail: string;
}

export interface Counts {
  spaces: number;
  events: number;
  /** Firings that were planned and not taken back: what had to remind by now or still has to. */
  planned: number;
  /** Reminders that reminded. */
  sent: number;
  suppressed: number;
  /** Planned for later. */
  waiting: number;
  /** Instances of series that were closed, and the instances that followed. */
  completed: number;
  successors: number;
  /** Hand-overs to channels outside that were recorded. */
  handed_over: number;
}

export const noCounts = (): Counts => ({
  spaces: 0,
  events: 0,
  planned: 0,
  sent: 0,
  suppressed: 0,
  waiting: 0,
  completed: 0,
  successors: 0,
  handed_over: 0,
});

/** Findings beyond this are counted and not told. */
export const findingsToldMax = 1000;

/** Takes findings as they come. */
export interface Findings {
  readonly told: Finding[];
  readonly totals: Record<FindingKind, number>;
  add(finding: Finding): void;
}

export function openFindings(): Findings {
  const told: Finding[] = [];
  const totals = { lost: 0, duplicate: 0, orphan: 0, differs: 0 };
  return {
    told,
    totals,
    add(finding) {
      totals[finding.kind] += 1;
      if (told.length < findingsToldMax) told.push(finding);
    },
  };
}
