/**
 * A schema registry, by the HTTP API of Confluent's, which others speak too: subjects have versions, each version is a schema, each
 * schema has an id that never changes its meaning. So an id that was learnt once needs no registry any more.
 */
import { type HttpAnswer, httpClient } from '../../../kit/http-client.ts';
import type { RegistryAddress } from './registry-url.ts';

const timeout_ms = 5_000;
const answerBytesMax = 1_048_576;
const messageCharactersMax = 300;
const mediaType = 'application/vnd.schemaregistry.v1+json';

/** It does not answer, or says that it cannot answer now. */
export class RegistryUnavailable extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'RegistryUnavailable';
  }
}

/** It answered that it will not do this. */
export class RegistryRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'RegistryRefusal';
    this.status = status;
  }
}

/** Each request rejects with RegistryUnavailable or RegistryRefusal. */
export interface SchemaRegistry {
  /** For messages; without name and password. */
  readonly address: string;
  /** The id of this schema under a subject; null where the subject has no such version. */
  find(subject: string, schema: string): Promise<number | null>;
  /** Adds it as the newest version of the subject, which is made when it is new. A refusal with status 409: it is not compatible. */
  register(subject: string, schema: string): Promise<number>;
  /** The Avro schema of an id; null where there is none, or it is of another kind. */
  schemaOf(id: number): Promise<string | null>;
  /** Whether the subject has a rule of its own about which schemas may follow. */
  hasCompatibility(subject: string): Promise<boolean>;
  /** Sets it. False where the registry wants the subject to exist first. */
  setCompatibility(subject: string, level: 'BACKWARD'): Promise<boolean>;
}

export function schemaRegistry({ origin, path, authorization }: RegistryAddress): SchemaRegistry {
  const client = httpClient(origin);
  const headers = { accept: mediaType, ...(authorization !== null && { authorization }) };
  const ask = async (method: string, resource: string, body?: object): Promise<unknown> => {
    const request = {
      method,
      path: `${path}${resource}`,
      headers: { ...headers, ...(body && { 'content-type': mediaType }) },
      body: body && JSON.stringify(body),
      timeout_ms,
      answerBytesMax,
    };
    const answer = await client.request(request).catch((cause: unknown) => {
      throw new RegistryUnavailable(`the schema registry ${origin} does not answer`, { cause });
    });
    return contentOf(answer);
  };
  const subjectPath = (subject: string) => `/subjects/${encodeURIComponent(subject)}`;
  const configPath = (subject: string) => `/config/${encodeURIComponent(subject)}`;
  return {
    address: `${origin}${path}`,
    find: async (subject, schema) => idOrNull(await unlessMissing(ask('POST', subjectPath(subject), { schema }))),
    async register(subject, schema) {
      const id = idOrNull(await ask('POST', `${subjectPath(subject)}/versions`, { schema }));
      if (id === null) throw new RegistryRefusal(200, 'the answer to a registration has no id');
      return id;
    },
    async schemaOf(id) {
      const found = (await unlessMissing(ask('GET', `/schemas/ids/${id}`))) as Answer | null;
      const isAvro = found?.schemaType === undefined || found.schemaType === 'AVRO';
      return isAvro && typeof found?.schema === 'string' ? found.schema : null;
    },
    hasCompatibility: async (subject) => (await unlessMissing(ask('GET', configPath(subject)))) !== null,
    async setCompatibility(subject, level) {
      return (await unlessMissing(ask('PUT', configPath(subject), { compatibility: level }))) !== null;
    },
  };
}

interface Answer {
  readonly id?: unknown;
  readonly schema?: unknown;
  readonly schemaType?: unknown;
  readonly message?: unknown;
}

const idOrNull = (answer: unknown): number | null => {
  const id = (answer as Answer | null)?.id;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
};

async function unlessMissing(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof RegistryRefusal && error.status === 404) return null;
    throw error;
  }
}

/** Servers that are starting, stopping or crowded answer so; a proxy before a registry that is down does as well. */
const passing = new Set([408, 425, 429]);

function contentOf({ status, body }: HttpAnswer): unknown {
  const content = parsed(body);
  if (status >= 200 && status < 300 && content !== null) return content;
  const said = typeof content?.message === 'string' ? content.message : `status ${status}`;
  const message = said.slice(0, messageCharactersMax);
  if (status >= 500 || passing.has(status))
    throw new RegistryUnavailable(`the schema registry is in trouble: ${message}`);
  throw new RegistryRefusal(status, message);
}

function parsed(body: Buffer): Answer | null {
  try {
    const content: unknown = JSON.parse(body.toString());
    return typeof content === 'object' ? content : null;
  } catch {
    return null;
  }
}
