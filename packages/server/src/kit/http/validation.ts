/** Requests are validated by their Zod schema; every refused field is named. Answers are trusted: presenters make them. */
import { type FieldError, Problem } from '@daymark/core/contract/problem.ts';
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';

const fieldErrorsMax = 20;

export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data) => {
    // Fastify hands a missing body over as null.
    const result = schema.safeParse(httpPart === 'body' ? (data ?? undefined) : data);
    return result.success ? { value: result.data } : { error: validationProblem(result.error) };
  };

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
  if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
  return issue.keys
    .slice(0, fieldErrorsMax)
    .map((key) => ({ path: [...path, key].join('.'), message: 'There is no such field' }));
}
