/** What the service worker of the web application is sent. */
import { cutText } from '../../kit/cut-text.ts';
import type { Message } from '../../ports/channel.ts';

const subjectUnitsMax = 200;
/** A unit of text takes at most this many bytes in JSON: \u0000. */
const bytesPerUnitMax = 6;

/**
 * `{key, kind, subject, text, url, sent_at, data}` as JSON of at most `bytesMax` bytes; the text is cut to fit. Null when the rest alone is
 * too long.
 */
export function pushPayload(message: Message, bytesMax: number): Buffer | null {
  const { key, kind, url, data } = message;
  const payload = {
    key,
    kind,
    subject: cutText(message.subject, subjectUnitsMax),
    text: '',
    url,
    sent_at: message.sentAt,
    data,
  };
  const room = bytesMax - bytesOf(payload).length;
  if (room < 0) return null;
  let text = cutText(message.text, room);
  for (;;) {
    const bytes = bytesOf({ ...payload, text });
    if (bytes.length <= bytesMax) return bytes;
    const tooMany = Math.ceil((bytes.length - bytesMax) / bytesPerUnitMax);
    text = cutText(text, Math.max(0, text.length - tooMany));
  }
}

const bytesOf = (value: object): Buffer => Buffer.from(JSON.stringify(value));
