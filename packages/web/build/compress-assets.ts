/**
 * Writes `x.br` and `x.gz` beside every built text file, so that the server sends ready bytes
 * and spends no time compressing.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const compressible = /\.(js|css|html|svg|json|webmanifest|txt)$/;

/** @param options.bytesMin Files smaller than this are left alone: their headers weigh more than the saving. */
export function compressAssets(options: { bytesMin: number }): Plugin {
  let folder = 'dist';
  return {
    name: 'daymark-compress-assets',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      const files = (await readdir(folder, { recursive: true })).filter((name) => compressible.test(name));
      await Promise.all(files.map((name) => compressFile(join(folder, name), options.bytesMin)));
    },
  };
}

async function compressFile(path: string, bytesMin: number): Promise<void> {
  const bytes = await readFile(path);
  if (bytes.length < bytesMin) return;
  const brotli = await promisify(brotliCompress)(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  await Promise.all([
    writeFile(`${path}.br`, brotli),
    writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 })),
  ]);
}
