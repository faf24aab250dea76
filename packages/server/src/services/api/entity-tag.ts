/** `ETag` and `If-Match`: the version of a resource in quotation marks, as in `"7"`. */
import { Problem } from '@daymark/core/contract/problem.ts';
import type { FastifyRequest } from 'fastify';
import { mustTake } from '../../kit/http/route-config.ts';

export const etagOf = (resource: { version: number }): string => `"${resource.version}"`;

/** The version that the client saw last; undefined without the header or with `*`. A weak tag cannot be matched. Throws Problem `validation_failed`. */
export function ifMatchOf(request: FastifyRequest): number | undefined {
  mustTake(request, 'If-Match');
  const value = request.headers['if-match'];
  if (value === undefined || value === '*') return undefined;
  const version = /^"([1-9]\d{0,14})"$/.exec(value)?.[1];
  if (version !== undefined) return Number(version);
  const message = 'must be one version in quotation marks, such as "7"';
  throw new Problem('validation_failed', `If-Match: ${message}`, { errors: [{ path: 'If-Match', message }] });
}
