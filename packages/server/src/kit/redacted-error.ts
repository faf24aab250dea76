/**
 * What an error says, without what people wrote. Messages quote values – a parser its input, PostgreSQL the text it could not read –
 * and they are shown to operators, who must not read foreign tasks.
 */

const charactersMax = 500;
/** Shorter texts say nothing about a person, and removing them would take messages apart. */
const privateCharactersMin = 3;
const removed = '…';
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One line: name, code and message, cut at 500 characters. `privateValue` is JSON; none of the texts in it remains. */
export function redactedError(error: unknown, privateValue: unknown): string {
  const { name, code, message } = partsOf(error);
  const texts = [...new Set(textsIn(privateValue))].sort((a, b) => b.length - a.length);
  let clean = message.replaceAll(/(["'`“«])([^"'`”»]+)(["'`”»])/g, (quoted, open, inner, close) =>
    texts.some((text) => text.includes(inner)) ? `${open}${removed}${close}` : quoted,
  );
  for (const text of texts) {
    const whole = new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(text)}(?![\\p{L}\\p{N}])`, 'gu');
    clean = clean.replaceAll(whole, removed);
  }
  const line = `${name}${code === undefined ? '' : ` ${code}`}: ${clean}`.replaceAll(/[\s\0]+/g, ' ').toWellFormed();
  return line.length > charactersMax ? `${line.slice(0, charactersMax - 1).toWellFormed()}…` : line;
}

function partsOf(error: unknown): { name: string; code: string | undefined; message: string } {
  if (!(error instanceof Error)) return { name: 'Error', code: undefined, message: String(error) };
  const { code } = error as { code?: unknown };
  // Bundled classes have shortened names; the constructor's own is what people search for.
  const name = error.name === 'error' ? error.constructor.name : error.name;
  return { name, code: typeof code === 'string' ? code : undefined, message: error.message };
}

/** All strings in a JSON value that could be text of a person: keys and ids are not. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') {
    return value.length >= privateCharactersMin && !uuid.test(value) ? [value] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}
