/** The people of a chaos run: each has a webhook to the sink and wants to be told in the application and by it. */
import { signUp } from '../people.ts';

/** A person has so many reminders, more or less. */
const REMINDERS_EACH = 250;
const PARTICIPANTS_MIN = 6;
const PARTICIPANTS_MAX = 40;
/** Making the hash of a password takes a processor for a moment. */
const SIGN_UPS_AT_ONCE = 2;

const channels = { in_app: true, webhook: true, web_push: false, email: false, sms: false };

export interface Participant {
  readonly bearer: string;
  readonly userId: string;
}

/** How many people share so many reminders. */
export function participantsFor(reminders: number): number {
  return Math.min(PARTICIPANTS_MAX, Math.max(PARTICIPANTS_MIN, Math.ceil(reminders / REMINDERS_EACH)));
}

/** Signs them up at a program, before anything is killed. */
export async function gatherParticipants(
  url: string,
  { count, sinkUrl }: { count: number; sinkUrl: string },
): Promise<Participant[]> {
  const gathered: Participant[] = [];
  const gather = async () => {
    while (gathered.length < count) {
      const place = gathered.push({ bearer: '', userId: '' }) - 1;
      gathered[place] = await gatherOne(url, sinkUrl);
    }
  };
  await Promise.all(Array.from({ length: SIGN_UPS_AT_ONCE }, gather));
  return gathered;
}

async function gatherOne(url: string, sinkUrl: string): Promise<Participant> {
  const person = await signUp(url, 'Participant');
  await person.must('POST', '/api/v1/webhooks', { name: 'Sink', url: sinkUrl });
  await person.must('PATCH', '/api/v1/me', { channels });
  return { bearer: person.bearer, userId: person.userId };
}
