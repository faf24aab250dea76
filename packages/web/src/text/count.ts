/** A number with its noun. The one place that knows how a plural is made; another language has other rules. */
export const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;
