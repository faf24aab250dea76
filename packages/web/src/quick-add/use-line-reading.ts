import { useEffect, useMemo, useState } from 'react';
import { useEntities } from '../app/daymark-context.ts';
import { usePlace } from '../app/use-place.ts';
import { ensureTemporal } from '../recurrence/temporal.ts';
import { words } from '../text/words.ts';
import { localMoment } from '../text/zone-time.ts';
import type { Range } from './literal-ranges.ts';
import type { LineReading } from './read-line.ts';
import { signMode } from './sign-mode.ts';

type Reader = typeof import('./read-line.ts');
let fetched: Reader | null = null;

/** Fetches the parser. Rejects when it cannot be fetched. */
export async function loadLineReader(): Promise<Reader> {
  await ensureTemporal();
  fetched ??= await import('./read-line.ts');
  return fetched;
}

/** What the line means; null while it is empty, or until the parser is here: then the line is a title as it stands. */
export function useLineReading(text: string, literals: readonly Range[], spaceId: string): LineReading | null {
  const place = usePlace();
  const [reader, setReader] = useState<Reader | null>(fetched);
  const lists = useEntities((entities) => entities.lists);
  const spaces = useEntities((entities) => entities.spaces);
  const members = useEntities((entities) => entities.members);
  const wanted = reader === null && text !== '';
  useEffect(() => {
    // Without it, for instance offline, a line is a title; the next visit tries again.
    if (wanted) loadLineReader().then(setReader, () => undefined);
  }, [wanted]);
  return useMemo(() => {
    if (!reader || text.trim() === '') return null;
    const { date, time } = localMoment(place.nowMs, place.zone);
    const offered = Object.values(lists)
      .filter((list) => list.archived_at === null && spaces[list.space_id]?.role !== 'viewer')
      .map((list) => ({
        id: list.id,
        name: list.kind === 'inbox' ? words.places.inbox : list.name,
        own: list.space_id === spaceId,
      }))
      .sort((a, b) => Number(b.own) - Number(a.own));
    const people = Object.values(members)
      .filter((member) => member.space_id === spaceId)
      .map((member) => ({ id: member.user_id, name: member.name }));
    return reader.readLine(text, {
      now: `${date}T${time}:00`,
      timezone: place.zone,
      locale: place.locale,
      mode: signMode(),
      literals,
      lists: offered,
      members: people,
    });
  }, [reader, text, literals, place, lists, spaces, members, spaceId]);
}
