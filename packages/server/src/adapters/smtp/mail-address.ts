/**
 * Mail addresses as they are used today: one `local@host`, in letters of any script. Quoted local parts, comments, groups and lists are
 * legal somewhere and refused here, because they are how one address becomes two.
 */

export interface Mailbox {
  readonly name: string | null;
  readonly address: string;
}

const addressCharactersMax = 254;
/** Characters that have a meaning in headers and commands, white space and control characters are in neither part. */
const addressPattern =
  /^[^\s\p{Cc}\p{Zl}\p{Zp}<>()[\],;:"@\\]+@([^\s\p{Cc}\p{Zl}\p{Zp}<>()[\],;:"@\\.]+(\.[^\s\p{Cc}\p{Zl}\p{Zp}<>()[\],;:"@\\.]+)*)$/u;

export const isMailAddress = (text: string): boolean =>
  text.length <= addressCharactersMax && addressPattern.test(text);

/** Reads `me@example.org` or `Name <me@example.org>`, the name in quotation marks or not. Null when it is neither. */
export function parseMailbox(text: string): Mailbox | null {
  const trimmed = text.trim();
  const named = /^([^<>\r\n]*)<([^<>]+)>$/.exec(trimmed);
  const address = (named?.[2] ?? trimmed).trim();
  if (!isMailAddress(address)) return null;
  const name = (named?.[1] ?? '').trim().replace(/^"(.*)"$/, '$1');
  return { name: name === '' ? null : name, address };
}
