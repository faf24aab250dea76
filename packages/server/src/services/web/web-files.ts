/**
 * The files of the built web application, read once into memory: there are few, and a file that is sent from memory needs no
 * disk, no descriptor and no path that could lead elsewhere.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export interface WebFile {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly plain: Buffer;
  /** Compressed forms, where they are smaller. */
  readonly br: Buffer | undefined;
  readonly gzip: Buffer | undefined;
}

/** By path from the root of the site: `/assets/app-1a2b3c4d.js`. */
export type WebFiles = ReadonlyMap<string, WebFile>;

const bytesTotalMax = 64 * 1_048_576;
const compressibleBytesMin = 1024;
/** Better than 5 takes ten times as long for a few per cent; the build makes the best ones ahead. */
const brotliQuality = 5;

const types: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  map: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
  webp: 'image/webp',
  woff2: 'font/woff2',
};
const compressible = new Set(['css', 'html', 'js', 'json', 'map', 'svg', 'txt', 'webmanifest']);

/** Vite writes the hash of the content into these names, so they never change their meaning. */
const hashed = /^\/assets\/.+-[\w-]{8,}\.\w+$/;
const forever = 'public, max-age=31536000, immutable';
const alwaysAsk = 'no-cache';

/** Reads a folder; `x.br` and `x.gz` beside `x` are its compressed forms. Undefined when there is no folder. */
export async function readWebFiles(folder: string): Promise<WebFiles | undefined> {
  if (!(await stat(folder).catch(() => undefined))?.isDirectory()) return undefined;
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = new Map<string, Buffer>();
  let bytesTotal = 0;
  for (const path of paths) {
    const bytes = await readFile(path);
    bytesTotal += bytes.length;
    if (bytesTotal > bytesTotalMax) throw new Error(`the web application is larger than ${bytesTotalMax} bytes`);
    contents.set(`/${path.slice(folder.length).split(sep).filter(Boolean).join('/')}`, bytes);
  }
  const files = new Map<string, WebFile>();
  for (const [path, bytes] of contents) {
    if (!/\.(br|gz)$/.test(path)) files.set(path, await webFile(path, bytes, contents));
  }
  return files;
}

async function webFile(path: string, plain: Buffer, contents: ReadonlyMap<string, Buffer>): Promise<WebFile> {
  const extension = path.slice(path.lastIndexOf('.') + 1);
  const worthIt = compressible.has(extension) && plain.length >= compressibleBytesMin;
  const params = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
  return {
    type: types[extension] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
    cacheControl: hashed.test(path) ? forever : alwaysAsk,
    plain,
    br: contents.get(`${path}.br`) ?? (worthIt ? await promisify(brotliCompress)(plain, { params }) : undefined),
    gzip: contents.get(`${path}.gz`) ?? (worthIt ? await promisify(gzip)(plain) : undefined),
  };
}
