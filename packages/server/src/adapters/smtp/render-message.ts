/** How a message looks as mail: plain text, and the same as small HTML without pictures, scripts or anything fetched from elsewhere. */
import { cutText, oneLine } from '../../kit/cut-text.ts';
import type { Message } from '../../ports/channel.ts';

export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const subjectUnitsMax = 200;

export function renderMessage(message: Pick<Message, 'subject' | 'text' | 'url'>): RenderedMail {
  const subject = cutText(oneLine(message.subject), subjectUnitsMax);
  const body = message.text.replaceAll(/\r\n?/g, '\n').trim();
  const url = webAddress(message.url);
  const parts = [body === '' ? subject : body, ...(url === null ? [] : [url])];
  return { subject, text: `${parts.join('\n\n')}\n`, html: htmlOf(subject, body, url) };
}

/** Only addresses that a mail program opens in a browser become links. */
function webAddress(text: string | null): string | null {
  const url = text === null ? null : URL.parse(text);
  return url && /^https?:$/.test(url.protocol) ? url.href : null;
}

function htmlOf(subject: string, body: string, url: string | null): string {
  const paragraphs = body === '' ? [] : body.split(/\n{2,}/).map((text) => escaped(text).replaceAll('\n', '<br>'));
  const lines = [
    '<!doctype html>',
    `<html><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>`,
    '<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif">',
    `<p style="margin:0 0 16px;font-size:20px;font-weight:600">${escaped(subject)}</p>`,
    ...paragraphs.map((html) => `<p style="margin:0 0 16px">${html}</p>`),
    ...(url === null ? [] : [`<p style="margin:0"><a href="${escaped(url)}">${escaped(url)}</a></p>`]),
    '</body></html>',
  ];
  return `${lines.join('\n')}\n`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');
