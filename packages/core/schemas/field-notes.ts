/**
 * What each record and field of the Avro schemas says, in a line. The notes stand in the schemas as `doc`, where people who read a
 * topic look for them, and on the reference page of the topics. Changing one makes a new version of its schema.
 */
import type { z } from 'zod';
import type { DeadLetterData, EventData, ProcessedData, ProcessedEntry, UpdateData } from '../contract/cloud-event.ts';
import type { Actor } from '../contract/event.ts';

interface RecordNotes<Shape> {
  readonly about: string;
  readonly fields: Readonly<Record<keyof Shape & string, string>>;
}

export interface Notes {
  readonly Event: RecordNotes<EventData>;
  readonly Actor: RecordNotes<Actor>;
  readonly Update: RecordNotes<UpdateData>;
  readonly DeadLetter: RecordNotes<DeadLetterData>;
  readonly Processed: RecordNotes<ProcessedData>;
  readonly ProcessedEntry: RecordNotes<z.infer<typeof ProcessedEntry>>;
}

export const notes: Notes = {
  Event: {
    about: 'An event of the log: one entity of one space changed, and is as it says after the change.',
    fields: {
      event_id: 'Of the event, the same however often it is sent; also the id of the CloudEvent.',
      event_type: 'What happened: task.completed.',
      schema_version: 'Raised when a payload changes its meaning.',
      space_id: 'The space; also the key of the record.',
      version: 'Place among the events of the space: 1, 2, 3, … without a hole.',
      epoch: 'Counts restores of the database: positions of one epoch say nothing about another.',
      entity: 'What kind of thing changed: task, list, series.',
      entity_id: 'Which one.',
      operation_id: 'The command that made it, together with the other events that have the same.',
      actor: 'Who did it.',
      correlation_id: 'The request that it goes back to, over any number of consequences.',
      causation_id: 'The event whose consequence it is.',
      time: 'When it was recorded: RFC 3339, UTC, with milliseconds.',
      has_payload:
        'False when the payload was erased or is too large to travel: then it is only in the log, if anywhere.',
      task_snapshot: 'The task after the change, as JSON; null for other entities and where it is gone.',
      entity_snapshot: 'What is no task after the change, as JSON; null where it is gone.',
      changes: 'Field to [before, after], for the fields that changed, as JSON.',
      client: 'The program that the person used.',
      address: 'The network address that the request came from.',
    },
  },
  Actor: {
    about: 'Who did something.',
    fields: { type: 'user, system or assistant.', id: 'The person; null for the system.' },
  },
  Update: {
    about: 'A thin word that a space has a new version.',
    fields: {
      event_id: 'The event that made it.',
      space_id: 'The space; also the key of the record.',
      version: 'The new version.',
      entity: 'What kind of thing changed.',
      entity_id: 'Which one.',
    },
  },
  DeadLetter: {
    about: 'An event that a consumer gave up.',
    fields: {
      id: 'Of the dead letter; also the id of the CloudEvent.',
      consumer: 'Who gave it up.',
      error: 'Why, without what people wrote.',
      attempts: 'How often it was tried.',
      first_failed_at: 'RFC 3339, UTC.',
      died_at: 'RFC 3339, UTC.',
      topic: 'The topic that the event belongs to.',
      event: 'The event as it was.',
    },
  },
  Processed: {
    about: 'What one process handled, in a batch. It is word for dashboards: some may be missing.',
    fields: {
      space_id: 'The space of the events; also the key of the record.',
      processed: 'One entry for each event and consumer.',
    },
  },
  ProcessedEntry: {
    about: 'An event that a consumer handled.',
    fields: {
      consumer: 'Who handled it.',
      event_id: 'The event.',
      duration_ms: 'How long that took.',
      outcome: 'handled, failed, dead, replayed or replay_failed.',
    },
  },
};
