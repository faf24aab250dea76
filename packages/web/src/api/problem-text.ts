/** What a person is told when a request failed: what happened, what was kept, what to do. */
import { words } from '../text/words.ts';
import { ApiProblem } from './client.ts';

const byCode: Record<string, string> = {
  wrong_credentials: words.errors.wrongPassword,
  sign_up_closed: words.errors.signUpClosed,
  version_conflict: words.errors.conflict,
};

/** One or two sentences for a form or a toast. */
export function problemText(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return words.errors.server;
  const known = byCode[problem.code];
  if (known) return known;
  if (problem.status === 0) return words.errors.unreachableForm;
  if (problem.status === 429) return words.errors.tooMany;
  if (problem.status >= 500) return words.errors.server;
  if (problem.status === 404) return words.errors.notFound;
  if (problem.status === 403 && problem.code === 'forbidden') return words.errors.forbidden;
  return sentence(problem.message);
}

const sentence = (text: string): string => {
  const trimmed = text.trim();
  if (trimmed === '') return words.errors.server;
  const upper = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(upper) ? upper : `${upper}.`;
};
