/** The operations of a running server, from its own OpenAPI document. */
import type { Schema } from './arbitrary.ts';

export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { name: string; in: 'path' | 'query' | 'header'; required: boolean; schema: Schema }[];
  readonly body: Schema | undefined;
  readonly bodyRequired: boolean;
  /** Status → JSON pointer of its schema in the document, for those with a JSON body. */
  readonly answers: ReadonlyMap<string, { pointer: string | null; contentType: string | null }>;
  readonly isPublic: boolean;
  /** Scopes that a token needs; undefined where no token is enough. */
  readonly scopes: readonly string[] | undefined;
}

type Content = Record<string, { schema?: Schema }>;
type RawOperation = {
  parameters?: { name: string; in: 'path' | 'query' | 'header'; required?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { content?: Content }>;
  security?: Record<string, string[]>[];
};

export interface ApiDocument {
  openapi: string;
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema> };
}

const escaped = (part: string): string => part.replaceAll('~', '~0').replaceAll('/', '~1');

export async function readApiDocument(url: string): Promise<ApiDocument> {
  const answer = await fetch(`${url}/openapi.json`);
  return (await answer.json()) as ApiDocument;
}

/** Every operation of the document, in its order. */
export function operationsOf(document: ApiDocument): Operation[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]): Operation => {
      const answers = new Map<string, { pointer: string | null; contentType: string | null }>();
      for (const [status, answer] of Object.entries(raw.responses)) {
        const [contentType, content] = Object.entries(answer.content ?? {})[0] ?? [null, undefined];
        const pointer = content?.schema
          ? `#/paths/${escaped(path)}/${method}/responses/${status}/content/${escaped(contentType ?? '')}/schema`
          : null;
        answers.set(status, { pointer, contentType });
      }
      return {
        method: method.toUpperCase(),
        path,
        parameters: (raw.parameters ?? []).map((parameter) => ({
          ...parameter,
          required: parameter.required ?? false,
        })),
        body: raw.requestBody?.content['application/json']?.schema,
        bodyRequired: raw.requestBody?.required ?? false,
        answers,
        isPublic: raw.security?.length === 0,
        scopes: raw.security?.find((entry) => entry.token)?.token,
      };
    }),
  );
}
