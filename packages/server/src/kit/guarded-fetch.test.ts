import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import tlsOptions from 'smtp-server/lib/tls-options';
import { afterEach, expect, test } from 'vitest';
import { type Conduct, type HttpPeer, startHttpPeer } from '../../test/peers/http-peer.ts';
import { ForbiddenAddress, guardedPosts, type PostClient, postFailure, type Resolve } from './guarded-fetch.ts';
import { type AddressRule, anyAddress, publicAddresses, publicAndPrivateAddresses } from './safe-address.ts';

const limits = { timeout_ms: 10_000, answerBytesMax: 1000 };
const never = new AbortController().signal;
const hello = { headers: {}, body: 'hello', signal: never };

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function peerThat(conduct: Conduct = () => undefined) {
  const requests: string[] = [];
  const peer: HttpPeer = await startHttpPeer((request, count) => {
    requests.push(`${request.method} ${request.path} ${request.body}`);
    return conduct(request, count) ?? { status: 200, body: 'well' };
  });
  ending.push(peer.stop);
  return { ...peer, requests, port: new URL(peer.origin).port };
}

function client(rule: AddressRule, resolve?: Resolve, own = limits): PostClient {
  const posts = guardedPosts(rule, own, resolve);
  ending.push(() => posts.close());
  return posts;
}

const failure = (sending: Promise<unknown>): Promise<unknown> =>
  sending.then(
    () => 'it was sent',
    (error: unknown) => error,
  );

test('a post reaches the peer, and its answer comes back', async () => {
  const peer = await peerThat(() => ({ status: 202, headers: { 'x-id': '7' }, body: 'grüezi' }));
  const answer = await client(anyAddress).post(new URL(`${peer.origin}/a?b=c`), hello);
  expect(answer).toMatchObject({ status: 202, text: 'grüezi', headers: { 'x-id': '7' } });
  expect(peer.requests).toEqual(['POST /a?b=c hello']);
});

test('no spelling of loopback gets through, as a number or as a name', async () => {
  const peer = await peerThat();
  const hosts = ['127.0.0.1', '127.1', '2130706433', '0x7f.1', '0177.0.0.1', '127.0.0.1.', '①②⑦.⓪.⓪.①', '0', '[::1]'];
  const more = [
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    'localhost',
    'LOCALHOST',
  ];
  for (const host of [...hosts, ...more]) {
    const error = await failure(client(publicAddresses).post(new URL(`http://${host}:${peer.port}/`), hello));
    expect([host, error]).toEqual([host, expect.any(ForbiddenAddress)]);
  }
  expect(peer.connections()).toBe(0);
});

test('a name that answers differently the second time gains nothing: it is asked once, and the checked address is used', async () => {
  const peer = await peerThat();
  const asked: string[] = [];
  // First the address that may be reached, afterwards one that may not.
  const resolve: Resolve = async (hostname) => {
    asked.push(hostname);
    return [{ address: asked.length === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }];
  };
  const onlyFirst: AddressRule = (address) => address === '127.0.0.1';
  const posts = client(onlyFirst, resolve);
  const url = new URL(`http://rebinding.example:${peer.port}/`);
  expect((await posts.post(url, hello)).status).toBe(200);
  expect(asked).toEqual(['rebinding.example']);
  expect(peer.requests).toHaveLength(1);
});

test('a name whose first answer is public and whose second is loopback never leads to loopback', async () => {
  const peer = await peerThat();
  let asked = 0;
  const resolve: Resolve = async () => {
    asked += 1;
    return [{ address: asked % 2 === 1 ? '192.0.2.1' : '127.0.0.1', family: 4 }];
  };
  // 192.0.2.1 stands for a public address and is routed nowhere: connecting to it fails or takes too long.
  const rule: AddressRule = (address) => address === '192.0.2.1';
  const url = new URL(`http://rebinding.example:${peer.port}/`);
  const first = await failure(client(rule, resolve, { ...limits, timeout_ms: 300 }).post(url, hello));
  const second = await failure(client(rule, resolve).post(url, hello));
  expect(first).not.toBeInstanceOf(ForbiddenAddress);
  expect(second).toBeInstanceOf(ForbiddenAddress);
  expect(peer.connections()).toBe(0);
});

test('a name with one good and one near address is refused whole', async () => {
  const peer = await peerThat();
  const resolve: Resolve = async () => [
    { address: '1.1.1.1', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ];
  const error = await failure(
    client(publicAddresses, resolve).post(new URL(`http://two.example:${peer.port}/`), hello),
  );
  expect(error).toBeInstanceOf(ForbiddenAddress);
  expect(peer.connections()).toBe(0);
});

test('loopback is reached where the operator allows private networks', async () => {
  const peer = await peerThat();
  const posts = client(publicAndPrivateAddresses);
  expect((await posts.post(new URL(`http://localhost:${peer.port}/`), hello)).status).toBe(200);
});

test('a redirect is an answer and nothing more', async () => {
  const secret = await peerThat();
  const peer = await peerThat(() => ({ status: 307, headers: { location: `${secret.origin}/secret` } }));
  const answer = await client(anyAddress).post(new URL(peer.origin), hello);
  expect(answer.status).toBe(307);
  expect(secret.connections()).toBe(0);
});

test('the proxy of the environment is not used: it would resolve names by itself', async () => {
  const peer = await peerThat();
  const proxy = await peerThat();
  const before = { ...process.env };
  Object.assign(process.env, { HTTP_PROXY: proxy.origin, http_proxy: proxy.origin, NODE_USE_ENV_PROXY: '1' });
  ending.push(() => {
    process.env = before;
  });
  await client(anyAddress).post(new URL(peer.origin), hello);
  expect([peer.requests.length, proxy.connections()]).toEqual([1, 0]);
});

test('an endless answer is read up to the limit and dropped', async () => {
  const peer = await peerThat(() => ({ status: 200, body: 'x'.repeat(5_000_000) }));
  const answer = await client(anyAddress).post(new URL(peer.origin), hello);
  expect(answer.text).toBe('x'.repeat(limits.answerBytesMax));
});

test('connections are kept for the next post', async () => {
  const peer = await peerThat();
  const posts = client(anyAddress);
  for (let n = 0; n < 3; n++) await posts.post(new URL(peer.origin), hello);
  expect([peer.requests.length, peer.connections()]).toEqual([3, 1]);
});

test('a peer that never answers ends at the time limit', async () => {
  const peer = await peerThat(() => 'silent');
  const error = await failure(
    client(anyAddress, undefined, { ...limits, timeout_ms: 100 }).post(new URL(peer.origin), hello),
  );
  expect(postFailure(error)).toBe('no answer within the time limit');
});

test('an answer that changes the protocol is an answer and nothing more', async () => {
  const head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n';
  const server = createServer((socket) => socket.on('error', () => {}).on('data', () => socket.write(head)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  ending.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const answer = await client(anyAddress).post(new URL(`http://127.0.0.1:${port}/`), hello);
  expect(answer).toMatchObject({ status: 101, text: '' });
});

test('a name that is never resolved ends at the time limit too', async () => {
  const resolve: Resolve = () => new Promise(() => {});
  const posts = client(anyAddress, resolve, { ...limits, timeout_ms: 100 });
  expect(postFailure(await failure(posts.post(new URL('http://slow.example/'), hello)))).toBe(
    'no answer within the time limit',
  );
});

test('the caller can give up, before and while the peer is silent', async () => {
  const peer = await peerThat(() => 'silent');
  const posts = client(anyAddress);
  const giving = new AbortController();
  const sending = failure(posts.post(new URL(peer.origin), { ...hello, signal: giving.signal }));
  giving.abort();
  expect(postFailure(await sending)).toBe('the hand-over was cut off');
  const late = failure(posts.post(new URL(peer.origin), { ...hello, signal: giving.signal }));
  expect(postFailure(await late)).toBe('the hand-over was cut off');
});

test('closing ends what is under way, and later posts are refused', async () => {
  const peer = await peerThat(() => 'silent');
  const posts = client(anyAddress);
  const sending = failure(posts.post(new URL(peer.origin), hello));
  posts.close();
  expect(postFailure(await sending)).toBe('the hand-over was cut off');
  expect(postFailure(await failure(posts.post(new URL(peer.origin), hello)))).toBe('the hand-over was cut off');
});

test('a server with a certificate that nobody vouches for is told nothing', async () => {
  let requests = 0;
  // The key pair for tests that a package carries; its certificate is signed by itself.
  const server = createSecureServer(tlsOptions(), (_request, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ending.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const error = await failure(client(anyAddress).post(new URL(`https://127.0.0.1:${port}/`), hello));
  expect(postFailure(error)).toMatch(/^the connection failed \((ERR_TLS|DEPTH_ZERO|CERT|SELF_SIGNED|UNABLE)_?\w*\)$/);
  expect(requests).toBe(0);
});

test('failures are told in words that hold nothing of the request', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => closed.once('listening', resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  const dropping = await peerThat(() => 'drop');
  const posts = client(anyAddress, async () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND secret.example'), { code: 'ENOTFOUND' });
  });
  const reasonOf = async (url: string) => postFailure(await failure(posts.post(new URL(url), hello)));
  expect(await reasonOf(`http://127.0.0.1:${port}/secret`)).toBe('the connection was refused');
  expect(await reasonOf(`${dropping.origin}/secret`)).toBe('the connection broke off');
  expect(await reasonOf('http://secret.example/')).toBe('the name has no address');
  expect(await reasonOf('ftp://127.0.0.1/secret')).toBe('the connection failed');
});
