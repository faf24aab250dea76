/** The sources as the rules see them: path, text, and what each file imports. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface Source {
  /** From the repository's root, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Files of the repository that it imports, from the root; type-only imports included, since they bind design too. */
  readonly imports: readonly string[];
  /** Specifiers of packages and of Node's modules. */
  readonly packages: readonly string[];
}

export interface Complaint {
  readonly path: string;
  readonly rule: string;
  readonly message: string;
}

export type Rule = (sources: readonly Source[]) => Complaint[];

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g;

/** Reads one file's imports. Exported for the tests of the rules. */
export function sourceOf(filePath: string, text: string): Source {
  const imports: string[] = [];
  const packages: string[] = [];
  for (const match of text.matchAll(importPattern)) {
    const specifier = match[1] ?? match[2] ?? match[3] ?? '';
    if (specifier.startsWith('.')) imports.push(path.posix.join(path.posix.dirname(filePath), specifier));
    else if (specifier.startsWith('@daymark/')) imports.push(`packages/${specifier.slice('@daymark/'.length)}`);
    else packages.push(specifier);
  }
  return { path: filePath, text, imports, packages };
}

/** All files that git tracks or would track. */
export function readSources(root: string): Source[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  return [...new Set(listed.split('\n'))]
    .filter((file) => /\.(ts|tsx|mjs|js|css|sql|md|json|html|sh)$/.test(file) || file === '.ci/run')
    .filter((file) => file !== 'package-lock.json')
    .flatMap((file) => {
      try {
        return [sourceOf(file, readFileSync(path.join(root, file), 'utf8'))];
      } catch (error) {
        // Deleted in the work tree and not yet in the index.
        if ((error as { code?: string }).code === 'ENOENT') return [];
        throw error;
      }
    });
}
