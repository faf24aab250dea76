/** What a rule means, asked before it is used: its dates, in words, and what would follow a completion. Nothing is stored. */
import {
  previewCountMax,
  RecurrenceNext,
  RecurrenceNextAnswer,
  RecurrencePreview,
  RecurrencePreviewAnswer,
} from '@daymark/core/contract/recurrence.ts';
import { occurrenceBefore, occurrencesAfter, occurrencesBetween } from '@daymark/core/recurrence/occurrences.ts';
import type { Schedule } from '@daymark/core/recurrence/schedule.ts';
import { successorOf } from '@daymark/core/recurrence/successor.ts';
import { ruleInWords } from '@daymark/core/recurrence/words.ts';
import type { z } from 'zod';
import { readRule, refuseSchedule } from '../../commands/read-rule.ts';
import type { Edge } from '../../kit/http/edge.ts';

const previewCountDefault = 10;
const tags = ['Recurrence'];
const config = { access: 'signed_in', scope: 'tasks:read' } as const;

export function recurrenceRoutes(edge: Edge): void {
  edge.route({
    method: 'POST',
    url: '/recurrence/preview',
    schema: {
      summary: 'The dates of a rule, and the rule in words',
      description:
        'From the first date on, or `after` a moment, within `from` and `to`, or the latest one `before` a moment. For all-day rules the moments may be dates. Without `count` ten dates are answered, and of a window all, as far as 500.',
      tags,
      body: RecurrencePreview,
      response: { 200: RecurrencePreviewAnswer },
    },
    config,
    handler: async (request) => preview(request.body),
  });

  edge.route({
    method: 'POST',
    url: '/recurrence/next',
    schema: {
      summary: 'What would follow if an instance were completed',
      description: 'The same function that completing uses.',
      tags,
      body: RecurrenceNext,
      response: { 200: RecurrenceNextAnswer },
    },
    config,
    handler: async (request) => {
      const { dtstart: start, timezone, mode, missed = 'latest', completed_at } = request.body;
      const rule = readRule(request.body, { start, timezone, prefix: '' });
      const completion = { due: start, mode, missed, completedAt: completed_at };
      return { next: successorOf({ rule, start, timezone }, completion).next };
    },
  });
}

/** Throws Problem `validation_failed` with the reason for a rule that is none. */
function preview(body: RecurrencePreview): z.infer<typeof RecurrencePreviewAnswer> {
  const { dtstart: start, timezone, exdates = [], rdates = [], mode } = body;
  const schedule: Schedule = {
    rule: readRule(body, { start, timezone, prefix: '' }),
    start,
    timezone,
    exdates,
    rdates,
  };
  refuseSchedule(body, schedule, '');
  const text = ruleInWords(schedule.rule, start, mode, 'en', timezone);
  if (body.before !== undefined) {
    const found = occurrenceBefore(schedule, body.before);
    return { occurrences: found ? [found] : [], exhausted: true, text };
  }
  // A window says itself how much is asked for.
  const dates =
    body.from !== undefined && body.to !== undefined
      ? occurrencesBetween(schedule, body.from, body.to, body.count ?? previewCountMax)
      : occurrencesAfter(schedule, body.after ?? null, body.count ?? previewCountDefault);
  return { ...dates, text };
}
