/** A schema registry that speaks as Confluent's does: subjects, versions, ids, a rule for each subject, error codes in the answers. */
import avro from 'avsc';
import { type Conduct, type PeerAnswer, startHttpPeer } from './http-peer.ts';

const login = { user: 'daymark', password: 'a:secret/with@signs' };

interface Body {
  readonly schema?: string;
  readonly compatibility?: string;
}

/** `url` is for DAYMARK_SCHEMA_REGISTRY_URL. `requests` shows method and path of each request. */
export async function startRegistryPeer(options: { conduct?: Conduct; port?: number } = {}) {
  const schemas: string[] = [];
  const subjects = new Map<string, number[]>();
  const rules = new Map<string, string>();
  const requests: string[] = [];

  const idOf = (schema: string): number => {
    if (!schemas.includes(schema)) schemas.push(schema);
    return schemas.indexOf(schema) + 1;
  };
  const add = (subject: string, schema: string): PeerAnswer => {
    const versions = subjects.get(subject) ?? [];
    const newest = schemas[(versions.at(-1) ?? 0) - 1];
    if (rules.get(subject) === 'BACKWARD' && newest !== undefined && !reads(schema, newest)) {
      return problem(409, 409, 'Schema being registered is incompatible with an earlier schema');
    }
    const id = idOf(schema);
    subjects.set(subject, [...versions, id]);
    return ok({ id });
  };
  const find = (subject: string, schema: string): PeerAnswer => {
    const versions = subjects.get(subject);
    if (!versions) return problem(404, 40401, 'Subject not found');
    const id = schemas.indexOf(schema) + 1;
    return versions.includes(id) ? ok({ subject, id, schema }) : problem(404, 40403, 'Schema not found');
  };
  const rule = (subject: string): PeerAnswer => {
    const level = rules.get(subject);
    return level === undefined ? problem(404, 40408, 'no rule for the subject') : ok({ compatibilityLevel: level });
  };
  const answer = (method: string, path: string, { schema = '', compatibility = '' }: Body): PeerAnswer => {
    const [, root, of = '', last] = path.split('/').map(decodeURIComponent);
    if (method === 'POST' && root === 'subjects') return last === 'versions' ? add(of, schema) : find(of, schema);
    if (method === 'GET' && root === 'config') return rule(of);
    if (method === 'PUT' && root === 'config') {
      rules.set(of, compatibility);
      return ok({ compatibility });
    }
    if (method === 'GET' && root === 'schemas') {
      const found = schemas[Number(last) - 1];
      return found === undefined ? problem(404, 40403, 'Schema not found') : ok({ schema: found });
    }
    return problem(404, 404, 'HTTP 404 Not Found');
  };

  const peer = await startHttpPeer((request, count) => {
    const { method, path, headers, body } = request;
    requests.push(`${method} ${path}`);
    const conduct = options.conduct?.(request, count);
    if (conduct) return conduct;
    const expected = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`;
    if (headers.authorization !== expected) return problem(401, 401, 'Unauthorized');
    return answer(method, path.replace(/^\/base/, ''), body.length > 0 ? JSON.parse(body.toString()) : {});
  }, options);
  const { host, port } = new URL(peer.origin);
  return {
    url: `http://${login.user}:${encodeURIComponent(login.password)}@${host}/base/`,
    origin: peer.origin,
    port: Number(port),
    requests,
    subjects,
    rules,
    /** As if another program had registered it; answers its id. */
    register: (subject: string, schema: object): number => {
      const { body } = add(subject, JSON.stringify(schema));
      return JSON.parse(body ?? '').id;
    },
    stop: peer.stop,
  };
}

const ok = (content: object): PeerAnswer => ({ status: 200, body: JSON.stringify(content) });

const problem = (status: number, error_code: number, message: string): PeerAnswer => ({
  status,
  body: JSON.stringify({ error_code, message }),
});

function reads(reader: string, writer: string): boolean {
  const typeOf = (schema: string) => avro.Type.forSchema(JSON.parse(schema), { registry: {} });
  try {
    typeOf(reader).createResolver(typeOf(writer));
    return true;
  } catch {
    return false;
  }
}
