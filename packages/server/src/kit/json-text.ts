/**
 * Reads JSON that came from outside. JSON can say things that the rest of the program cannot hold: text with the NUL character or
 * half of a surrogate pair (PostgreSQL refuses both), keys that reach an object's prototype, and nesting that overflows the stack
 * of whoever walks it. They are refused here, once, for HTTP bodies and WebSocket frames alike.
 */
import { isUtf8 } from 'node:buffer';

const depthMax = 64;
/** Shorter texts cannot hold more than `depthMax` open and close brackets. */
const flatCharactersMax = depthMax * 2;

export class JsonTextError extends Error {
  /** Where in the document, dotted; empty when the text as a whole cannot be read. */
  readonly path: string;

  constructor(message: string, path = '') {
    super(message);
    this.name = 'JsonTextError';
    this.path = path;
  }
}

/** Decodes and parses bytes. Throws JsonTextError. */
export function parseJsonBytes(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw new JsonTextError('The text is not valid UTF-8.');
  return parseJsonText(bytes.toString('utf8'));
}

/** Parses text. Throws JsonTextError. */
export function parseJsonText(text: string): unknown {
  if (text.length > flatCharactersMax) refuseDeep(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new JsonTextError('The text is not valid JSON.');
  }
  // Only an escape can write NUL or half a pair, and most texts have none; those that do are walked.
  if (text.includes('\\u') || text.includes('__proto__')) refuseUnstorable(value, '');
  return value;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

function refuseDeep(text: string): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === backslash) index++;
      else if (character === quote) inString = false;
    } else if (character === quote) inString = true;
    else if (character === openBracket || character === openBrace) {
      if (++depth > depthMax) throw new JsonTextError(`The text is nested more than ${depthMax} levels deep.`);
    } else if (character === closeBracket || character === closeBrace) depth--;
  }
}

function refuseUnstorable(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (!isStorable(value)) {
      throw new JsonTextError('Text must not contain the NUL character or half of a character.', path);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (key === '__proto__' || !isStorable(key))
        throw new JsonTextError('A field has a name that is not allowed.', path);
      refuseUnstorable(member, path === '' ? key : `${path}.${key}`);
    }
  }
}

/** Whether PostgreSQL can store the text. */
function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
