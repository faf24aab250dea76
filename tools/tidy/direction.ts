/** Which part may import which: services call commands; commands use core, store and ports; app wires it all. */
import type { Complaint, Rule, Source } from './source.ts';

/** Part → the parts it may import besides itself. The longest matching prefix is a file's part. */
const allowed: Record<string, readonly string[]> = {
  'packages/core/contract': [],
  'packages/core': ['packages/core/contract'],
  'packages/web': ['packages/core/contract', 'packages/core'],
  'packages/server/src/kit': ['packages/core/contract'],
  'packages/server/src/store': ['packages/core/contract', 'packages/core', 'packages/server/src/kit'],
  'packages/server/src/ports': ['packages/core/contract', 'packages/server/src/kit', 'packages/server/src/store'],
  'packages/server/src/commands': [
    'packages/core/contract',
    'packages/core',
    'packages/server/src/kit',
    'packages/server/src/store',
    'packages/server/src/ports',
  ],
  'packages/server/src/consumers': [
    'packages/core/contract',
    'packages/server/src/kit',
    'packages/server/src/store',
    'packages/server/src/ports',
  ],
  'packages/server/src/adapters': [
    'packages/core/contract',
    'packages/core',
    'packages/server/src/kit',
    'packages/server/src/store',
    'packages/server/src/ports',
    'packages/server/src/consumers',
  ],
  'packages/server/src/services': [
    'packages/core/contract',
    'packages/core',
    'packages/server/src/kit',
    'packages/server/src/store',
    'packages/server/src/ports',
    'packages/server/src/commands',
  ],
};

/** Files that may import everything in the server: the composition root and the two entries. */
const rootPattern = /^packages\/server\/src\/(app\/|main\.ts$|cli\.ts$)/;

const partOf = (path: string): string | undefined =>
  Object.keys(allowed)
    .filter((part) => path.startsWith(`${part}/`))
    .sort((a, b) => b.length - a.length)[0];

/** `packages/server/src/services/api/…` → `api`: services never import one another. */
const serviceOf = (path: string): string | undefined => /^packages\/server\/src\/services\/([^/]+)\//.exec(path)?.[1];
const adapterOf = (path: string): string | undefined => /^packages\/server\/src\/adapters\/([^/]+)\//.exec(path)?.[1];

function complaint(source: Source, target: string): string | undefined {
  if (rootPattern.test(target)) return `nobody imports app: ${target}`;
  const part = partOf(source.path);
  const targetPart = partOf(target);
  if (!part || !targetPart) return undefined;
  if (part !== targetPart && !allowed[part]?.includes(targetPart)) return `${part} may not import ${target}`;
  const [service, targetService] = [serviceOf(source.path), serviceOf(target)];
  if (service && targetService && service !== targetService) return `services never import one another: ${target}`;
  const [adapter, targetAdapter] = [adapterOf(source.path), adapterOf(target)];
  if (adapter && targetAdapter && adapter !== targetAdapter) return `adapters never import one another: ${target}`;
  return undefined;
}

export const directionRule: Rule = (sources) =>
  sources
    .filter((source) => !rootPattern.test(source.path) && !/\.test\.tsx?$|(^|\/)test\//.test(source.path))
    .filter((source) => source.path.startsWith('packages/'))
    .flatMap((source) =>
      source.imports.flatMap((target): Complaint[] => {
        const message = complaint(source, target);
        return message === undefined ? [] : [{ path: source.path, rule: 'import direction', message }];
      }),
    );
