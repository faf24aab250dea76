/** Requests are validated by their Zod schema; every refused field is named. Answers are trusted: presenters make them. */
import { type FieldError, Problem } from '@daymark/core/contract/problem.ts';
import type { FastifySchemaCompiler, RouteOptions } from 'fastify';
import { z } from 'zod';

const fieldErrorsMax = 20;

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data) => {
    // Fastify hands a missing body over as null.
    const result = schema.safeParse(httpPart === 'body' ? (data ?? undefined) : data, { error: plainWords });
    return result.success ? { value: result.data } : { error: validationProblem(result.error) };
  };

/**
 * A write that takes no query refuses one: ignored, `POST /tasks?space_id=…` would store the task in another space than was meant.
 * Call it for each route.
 */
export function refuseUnknownQuery(route: RouteOptions): void {
  if (route.schema === undefined || route.schema.querystring !== undefined) return;
  const methods = [route.method].flat();
  if (methods.some((method) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method))) {
    route.schema = { ...route.schema, querystring: z.strictObject({}) };
  }
}

/** What the schema itself does not say in words of its own; undefined leaves it to the library. */
function plainWords(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      return `must be ${typeWords[issue.expected] ?? `of the type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `must ${sizeWords(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${sizeWords(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'invalid_format':
      return formatWords[issue.format] && `must be ${formatWords[issue.format]}`;
    default:
      return undefined;
  }
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a JSON object',
  array: 'a JSON array',
  null: 'null',
};

const formatWords: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  datetime: 'an instant such as 2026-12-01T08:00:00Z',
  date: 'a date such as 2026-12-01',
  email: 'an e-mail address',
  url: 'an address',
};

function sizeWords(origin: string, bound: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${bound} ${limit} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array' || origin === 'set') return `have ${bound} ${limit} ${limit === 1 ? 'item' : 'items'}`;
  return `be ${bound} ${limit}`;
}

/** Conformity of answers to their schemas is proved by tests from outside; checking each again would cost every request. */
export const serializerCompiler = () => JSON.stringify;

/** The problem that names each refused field, at most 20. */
export function validationProblem(error: z.core.$ZodError): Problem {
  const errors = error.issues.slice(0, fieldErrorsMax).flatMap(fieldErrorsOf);
  const [first] = errors;
  const where = first === undefined || first.path === '' ? '' : `${first.path}: `;
  return new Problem('validation_failed', first && `${where}${first.message}`, { errors });
}

/** A field that the schema does not know is named itself, not the object it stands in. */
function fieldErrorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String);
  const nearest = issue.code === 'invalid_union' && issue.message === unionSilence ? nearestForm(issue.errors) : [];
  if (nearest.length > 0) {
    return nearest.flatMap((inner) => fieldErrorsOf({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys
    .slice(0, fieldErrorsMax)
    .map((key) => ({ path: [...path, key].join('.'), message: 'There is no such field' }));
}

/** What the library says of a value that has none of several forms, where the schema has no words of its own. */
const unionSilence = 'Invalid input';

/** What is wrong with the form that was most likely meant: one of the right type, with the fewest faults, and not null. */
function nearestForm(forms: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] {
  const distance = (issues: readonly z.core.$ZodIssue[]): number => {
    const asksNull = issues.some((issue) => issue.code === 'invalid_type' && issue.expected === 'null');
    const otherType = issues.some((issue) => issue.path.length === 0 && issue.code === 'invalid_type');
    return (asksNull ? 2 : otherType ? 1 : 0) * fieldErrorsMax + Math.min(issues.length, fieldErrorsMax - 1);
  };
  return forms.toSorted((a, b) => distance(a) - distance(b))[0] ?? [];
}
