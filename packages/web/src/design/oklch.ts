/** Colour arithmetic for the contrast test: OKLCH to sRGB luminance and the WCAG ratio. */

export type Oklch = { lightness: number; chroma: number; hue_degrees: number };

/** Linear-light sRGB, each channel clipped to what a screen can show. */
function linearRgb(colour: Oklch): [number, number, number] {
  const angle = (colour.hue_degrees * Math.PI) / 180;
  const a = colour.chroma * Math.cos(angle);
  const b = colour.chroma * Math.sin(angle);
  const l = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (colour.lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Relative luminance as WCAG defines it, 0 to 1. */
export function luminance(colour: Oklch): number {
  const [red, green, blue] = linearRgb(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG contrast ratio, 1 to 21. */
export function contrast(first: Oklch, second: Oklch): number {
  const [low, high] = [luminance(first), luminance(second)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}
