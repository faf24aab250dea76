import { expect, test } from 'vitest';
import { draftFrom } from './quick-add-draft.ts';
import type { LineReading } from './read-line.ts';

const view = { listId: 'inbox', date: '2026-11-21', tags: ['calls'], zone: 'Europe/Berlin' };
const reading: LineReading = {
  title: 'Pay rent',
  due: { date: '2026-12-01', time: '09:00' },
  recurrence: null,
  priority: 'high',
  tags: ['home', 'calls'],
  listId: 'house',
  assigneeId: null,
  reminders: [{ offset_minutes: 60 }],
  spans: [],
  text: '',
  next: [],
  alternatives: [],
};

test('until a line is understood it is a title, and the view says the rest', () => {
  expect(draftFrom('Pay rent tomorrow', null, {}, view)).toEqual({
    title: 'Pay rent tomorrow',
    due: { date: '2026-11-21', time: null, zone: 'Europe/Berlin' },
    priority: null,
    listId: 'inbox',
    tags: ['calls'],
    recurrence: null,
    reminders: [],
    assigneeId: null,
  });
});

test('what the line says goes before the view, and tags of both are kept once', () => {
  const draft = draftFrom('…', reading, {}, view);
  expect(draft).toMatchObject({ title: 'Pay rent', priority: 'high', listId: 'house', tags: ['calls', 'home'] });
  expect(draft.due).toEqual({ date: '2026-12-01', time: '09:00', zone: 'Europe/Berlin' });
});

test('what is chosen by hand goes before what the line says, nothing included', () => {
  const none = { date: null, time: null, zone: 'Europe/Berlin' };
  const draft = draftFrom('…', reading, { due: none, priority: null, listId: 'boat', reminders: [] }, view);
  expect(draft).toMatchObject({ due: none, priority: null, listId: 'boat', reminders: [] });
});
