import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrast, luminance, type Oklch } from './oklch.ts';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const colour = 'oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\)';

function readTokens(): Map<string, { light: Oklch; dark: Oklch }> {
  const tokens = new Map<string, { light: Oklch; dark: Oklch }>();
  for (const match of css.matchAll(new RegExp(`--([a-z-]+): light-dark\\(${colour}, ${colour}\\)`, 'g'))) {
    const [name, ...numbers] = match.slice(1);
    const [l1, c1, h1, l2, c2, h2] = numbers.map(Number) as [number, number, number, number, number, number];
    tokens.set(name as string, {
      light: { lightness: l1, chroma: c1, hue_degrees: h1 },
      dark: { lightness: l2, chroma: c2, hue_degrees: h2 },
    });
  }
  return tokens;
}

const tokens = readTokens();
const grounds = ['surface', 'surface-sunken', 'surface-raised', 'surface-hover', 'surface-selected', 'surface-pressed'];
const texts = ['ink', 'ink-quiet', 'accent', 'late', 'soon'];
const marks = [
  'p-high',
  'p-medium',
  'p-low',
  'done',
  'line-strong',
  ...[...tokens.keys()].filter((name) => name.startsWith('list-')),
];

function ratio(front: string, back: string, theme: 'light' | 'dark'): number {
  const pair = [tokens.get(front), tokens.get(back)];
  if (!pair[0] || !pair[1]) throw new Error(`no token ${front} or ${back}`);
  return contrast(pair[0][theme], pair[1][theme]);
}

describe('colour tokens', () => {
  test('black on white is 21 to 1, so the arithmetic is the one WCAG means', () => {
    const white = { lightness: 1, chroma: 0, hue_degrees: 0 };
    const black = { lightness: 0, chroma: 0, hue_degrees: 0 };
    expect(contrast(white, black)).toBeCloseTo(21, 2);
    expect(luminance({ lightness: 0.62796, chroma: 0.25768, hue_degrees: 29.23 })).toBeCloseTo(0.2126, 3);
  });

  test('there are eight list colours', () => {
    expect([...tokens.keys()].filter((name) => name.startsWith('list-'))).toHaveLength(8);
  });

  for (const theme of ['light', 'dark'] as const) {
    test(`every text colour reads at 4.5 to 1 on every ground, ${theme}`, () => {
      const weak = texts.flatMap((text) =>
        grounds
          .map((ground) => ({ pair: `${text} on ${ground}`, ratio: ratio(text, ground, theme) }))
          .filter((pair) => pair.ratio < 4.5),
      );
      expect(weak).toEqual([]);
    });

    test(`every mark stands out at 3 to 1 from where it lies, ${theme}`, () => {
      const weak = marks.flatMap((mark) =>
        ['surface', 'surface-sunken', 'surface-raised', 'surface-hover']
          .map((ground) => ({ pair: `${mark} on ${ground}`, ratio: ratio(mark, ground, theme) }))
          .filter((pair) => pair.ratio < 3),
      );
      expect(weak).toEqual([]);
    });

    test(`text on the accent reads at 4.5 to 1, ${theme}`, () => {
      expect(ratio('ink-on-accent', 'accent', theme)).toBeGreaterThanOrEqual(4.5);
      expect(ratio('ink-on-accent', 'accent-strong', theme)).toBeGreaterThanOrEqual(4.5);
      expect(ratio('accent', 'accent-wash', theme)).toBeGreaterThanOrEqual(4.5);
    });
  }
});
