/** From key presses to commands, sequences like `g t` included. Pure but for the time that the caller passes in. */
import { type CommandId, commandIds, keyMap } from './key-map.ts';

export type Press = { key: string; ctrl: boolean; meta: boolean; alt: boolean; shift: boolean };

/** The second stroke of a sequence must follow within this time. */
const sequenceMs = 1200;

/** How a press is written in the key map, or null for a bare modifier. */
export function strokeOf(press: Press): string | null {
  if (['Shift', 'Control', 'Meta', 'Alt', 'Dead', 'Process'].includes(press.key)) return null;
  const named = press.key === ' ' ? 'space' : press.key.toLowerCase();
  const modifiers = `${press.ctrl || press.meta ? 'mod+' : ''}${press.alt ? 'alt+' : ''}`;
  // Shift is part of a printed sign such as `?`, but a modifier of letters and named keys.
  const shift = press.shift && (named.length > 1 || /[a-z]/.test(named)) ? 'shift+' : '';
  return `${modifiers}${shift}${named}`;
}

export type Match = { command: CommandId | null; begun: boolean };

export function createKeyMatcher(): (press: Press, nowMs: number) => Match {
  const byKeys = new Map<string, CommandId>();
  const beginnings = new Set<string>();
  for (const id of commandIds) {
    for (const keys of keyMap[id].keys) {
      byKeys.set(keys, id);
      const [first, second] = keys.split(' ');
      if (first && second) beginnings.add(first);
    }
  }
  let begun: { stroke: string; atMs: number } | null = null;
  return (press, nowMs) => {
    const stroke = strokeOf(press);
    if (stroke === null) return { command: null, begun: begun !== null };
    const sequence = begun && nowMs - begun.atMs < sequenceMs ? byKeys.get(`${begun.stroke} ${stroke}`) : undefined;
    begun = null;
    if (sequence) return { command: sequence, begun: false };
    if (beginnings.has(stroke)) {
      begun = { stroke, atMs: nowMs };
      return { command: null, begun: true };
    }
    return { command: byKeys.get(stroke) ?? null, begun: false };
  };
}

const signs: Record<string, string> = {
  space: 'Space',
  enter: '↵',
  escape: 'Esc',
  delete: 'Del',
  arrowup: '↑',
  arrowdown: '↓',
};

/** The strokes of a command's first key as a person reads them: `['⌘', 'K']`, `['g', 'then', 't']`. */
export function strokesText(keys: string, mac: boolean): string[][] {
  return keys.split(' ').map((stroke) =>
    stroke.split(/\+(?!$)/).map((part) => {
      if (part === 'mod') return mac ? '⌘' : 'Ctrl';
      if (part === 'alt') return mac ? '⌥' : 'Alt';
      if (part === 'shift') return '⇧';
      return signs[part] ?? (stroke.includes('+') ? part.toUpperCase() : part);
    }),
  );
}

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** A command's first key on one line: `Ctrl K`, `g t`. Empty when it has none. */
export function keyText(command: CommandId): string {
  const [first] = keyMap[command].keys as readonly string[];
  return first
    ? strokesText(first, isMac())
        .map((stroke) => stroke.join(' '))
        .join(' ')
    : '';
}
