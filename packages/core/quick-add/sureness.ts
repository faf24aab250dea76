/**
 * Decides which chains are meant as a date and which belong to the title. A missed date is seen at once and typed again; a word that
 * was eaten is lost. So what is in doubt stays in the title.
 */
import type { Chain } from './chains.ts';
import { type Words, wordAt } from './match.ts';
import { units, weekdays } from './vocabulary.ts';

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Behind these words a date belongs to the sentence: "tickets for friday", "after tomorrow", "the 9/11". */
const holders = setOf(
  'the a an of from since until till before after than to between and or for about like re not no any every each last past previous ' +
    'my your his our their & - – — / + = vs versus per as into black good nearly almost around is are was were be',
);
/** Behind these a time belongs to the sentence: "until 9pm", "from 9am". */
const timeHolders = setOf('to from until till before after than since between and or for & - – — / + =');
/** "where she sat", "some sun": words that sound like a short weekday. */
const soundAlikes = setOf('sat sun wed mon');
const soundAlikeHolders = setOf('he she it i we you they who that this some more enough her cat dog baby ma mi ta');
/** Behind these a number is no date and no time. */
const counters = setOf(
  'part step page episode chapter room version v no nr number route section level volume vol season size line track',
);
/** "sell at 20" is a price, "look at 3" a thing. */
const aims = setOf('look looking stare aim laugh point throw sell buy sold bought priced stock capped least most');
/** "call tom" */
const personVerbs = setOf(
  'call ask email mail text meet with tell ping message see help thank pay visit write invite phone remind about by uncle from contact join pick dear hi hello and or to for of the',
);
/** After these words the date before them is a sentence of its own. */
const openers = setOf(
  'about with to re for from in at before after because if when while and then so via per w/ using into as but unless near under over regarding concerning until @ - – — &',
);
/** "Today is a good day" */
const verbs = setOf('is was are were will has had never always and or to of - – — & + vs show');
const ranges = setOf('and or to - – — & through thru until till');

type Place = 'start' | 'middle' | 'end';

/** The chains that are dates, times and rules of the task, with no slot filled twice: the end of the text wins, then its start. */
export function sureChains(words: Words, chains: readonly Chain[]): Chain[] {
  const order: readonly Place[] = ['end', 'start', 'middle'];
  const sure = chains.filter((chain, index) => isSure(words, chain, chains[index - 1], chains[index + 1]));
  const taken = new Set<string>();
  const chosen = new Set<Chain>();
  for (const place of order) {
    for (const chain of sure.filter((each) => placeOf(words, each) === place)) {
      const slots = chain.map(({ kind }) => kind);
      if (slots.some((slot) => taken.has(slot))) continue;
      for (const slot of slots) taken.add(slot);
      chosen.add(chain);
    }
  }
  return sure.filter((chain) => chosen.has(chain));
}

const bounds = (chain: Chain): { from: number; to: number } => ({
  from: chain[0]?.from ?? 0,
  to: chain.at(-1)?.to ?? 0,
});

function placeOf(words: Words, chain: Chain): Place {
  const { from, to } = bounds(chain);
  if (to === words.length) return 'end';
  return from === 0 ? 'start' : 'middle';
}

function isSure(words: Words, chain: Chain, before: Chain | undefined, after: Chain | undefined): boolean {
  const hasRule = chain.some(({ kind }) => kind === 'recurrence');
  const hasBound = chain.some(({ kind }) => kind === 'bound');
  if (hasBound && !hasRule) return false;
  if (isHeld(words, chain) || isName(words, chain) || isRange(words, chain, before, after)) return false;
  const place = placeOf(words, chain);
  if (wordAt(words, bounds(chain).to) === 'or') return false;
  if (place === 'end') return chain.some(({ sureness }) => sureness !== 'beside');
  return place === 'start' ? isSureAtStart(words, chain) : isSureInMiddle(words, chain);
}

/** Several parts make each other sure: `friday at 5`, `every month on the 1st 9am`. */
const isStrong = (chain: Chain): boolean => chain.length > 1 || chain.some(({ sureness }) => sureness === 'anywhere');

/** The word before takes the chain into the sentence. */
function isHeld(words: Words, chain: Chain): boolean {
  const { from } = bounds(chain);
  const before = words[from - 1];
  // A comma or full stop sets the phrase apart.
  if (before === undefined || before.trail !== '') return false;
  const first = chain[0];
  const text = words[from]?.text ?? '';
  if (first?.kind === 'time') {
    return timeHolders.has(before.lower) || (first.sureness === 'end' && aims.has(before.lower));
  }
  if (soundAlikes.has(text.toLowerCase()) && soundAlikeHolders.has(before.lower)) return true;
  if (text === 'tom' || text === 'tod') return personVerbs.has(before.lower) || holders.has(before.lower);
  if (/^\d/.test(text) && counters.has(before.lower)) return true;
  return holders.has(before.lower) || before.lower.endsWith("'s") || before.lower.endsWith('’s');
}

/** "Read Every Day", "Around the World in 80 Days": names of things have capital letters where a date has none. */
function isName(words: Words, chain: Chain): boolean {
  const { from, to } = bounds(chain);
  const phrase = words.slice(from, to);
  if (words.every(({ text }) => text === text.toUpperCase())) return false;
  return phrase.some(({ text, lower }, index) => {
    const isFirst = from + index === 0 || phrase.length === 1;
    return !isFirst && /^\p{Lu}/u.test(text) && (units.has(lower) || lower === 'weekend' || lower === 'tomorrow');
  });
}

/** "monday and tuesday", "9am to 10am", "jan 5 - jan 7": more is said than one date. */
function isRange(words: Words, chain: Chain, before: Chain | undefined, after: Chain | undefined): boolean {
  const { from, to } = bounds(chain);
  const joins = (at: number): boolean => ranges.has(wordAt(words, at));
  // Two dates side by side: neither is sure.
  const isDoubled =
    (before !== undefined && bounds(before).to === from) || (after !== undefined && bounds(after).from === to);
  const isBefore = before !== undefined && bounds(before).to === from - 1 && joins(from - 1);
  const isAfter =
    joins(to) && ((after !== undefined && bounds(after).from === to + 1) || /^\d/.test(wordAt(words, to + 1)));
  return isDoubled || isBefore || isAfter;
}

function isSureAtStart(words: Words, chain: Chain): boolean {
  const { to } = bounds(chain);
  const last = words[to - 1];
  if (last !== undefined && /[:,;]/.test(last.trail)) return true;
  const next = words[to];
  if (next === undefined || verbs.has(next.lower)) return false;
  if (isStrong(chain)) return true;
  if (chain[0]?.sureness !== 'edges') return false;
  // "friday Pay rent": the title begins with a capital letter. "Friday Night" and "Monday meeting" are titles.
  const isWeekday = weekdays.has(wordAt(words, 0));
  const startsSmall = words[0]?.text === words[0]?.lower;
  return /^\p{Lu}/u.test(next.text) && (!isWeekday || startsSmall);
}

function isSureInMiddle(words: Words, chain: Chain): boolean {
  if (!isStrong(chain)) return false;
  const { to } = bounds(chain);
  const last = words[to - 1];
  const dayAndTime = new Set(chain.map(({ kind }) => kind)).size > 1;
  return dayAndTime || (last !== undefined && last.trail !== '') || openers.has(wordAt(words, to));
}
