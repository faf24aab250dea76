/**
 * Takes Scalar's program out of its package and hands it over compressed. The package hands it out only through its plugin, so a
 * server that never listens is asked for it. In a worker, because the package leaves 70 MB behind in whoever loads it.
 */
import { parentPort } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import scalar from '@scalar/fastify-api-reference';
import fastify from 'fastify';

const app = fastify();
await app.register(scalar, { routePrefix: '/docs', configuration: { url: '/openapi.json' } });
const { body } = await app.inject('/docs/js/scalar.js');
await app.close();
parentPort?.postMessage(gzipSync(body));
