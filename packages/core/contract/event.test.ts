import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { type EventType, eventSchemaVersion, eventTypes, LogEvent, topicOf } from './event.ts';
import { List } from './list.ts';
import { Delivery, Notification, PushSubscription, Webhook } from './notification.ts';
import { Series, SeriesInstance } from './recurrence.ts';
import { Reminder } from './reminder.ts';
import { Member, Space } from './space.ts';
import { Tag } from './tag.ts';
import { Task } from './task.ts';

/** The shape of events in each version that was ever written. Never change a line: raise eventSchemaVersion and add one. */
const hashes: Record<number, string> = {
  1: '66df7925a576bbe2',
  2: 'ef71aa0302f3ab25',
};

test('events have the shape that their schema version stands for', () => {
  // The entities are what snapshots hold, so they belong to the shape.
  const ofSpaces = [Task, List, Tag, Space, Member, Series, SeriesInstance];
  const ofPeople = [Reminder, Notification, Delivery, Webhook, PushSubscription];
  const text = JSON.stringify([LogEvent, ...ofSpaces, ...ofPeople].map((schema) => z.toJSONSchema(schema)));
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 16);
  expect({ [eventSchemaVersion]: hash }).toEqual({ [eventSchemaVersion]: hashes[eventSchemaVersion] });
});

test('every type of event belongs to one topic and names its entity and what happened', () => {
  const types = Object.values(eventTypes).flat() as EventType[];
  expect(new Set(types).size).toBe(types.length);
  for (const type of types) {
    expect(type).toMatch(/^[a-z]+\.[a-z_]+$/);
    expect(eventTypes[topicOf(type)] as readonly string[]).toContain(type);
  }
});
