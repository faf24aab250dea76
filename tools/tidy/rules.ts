/**
 * The house rules as a test: each rule is a function from the sources to complaints. What a linter knows, the linter
 * does; these are the rules of this repository.
 */
import { directionRule } from './direction.ts';
import type { Complaint, Rule, Source } from './source.ts';

const linesMax = 400;
const isCode = (source: Source): boolean => /\.(ts|tsx|mjs|js)$/.test(source.path);
const isTest = (source: Source): boolean => /\.test\.tsx?$|(^|\/)test\/|^e2e\//.test(source.path);

/** One rule that looks at each file alone. */
const eachFile =
  (rule: string, check: (source: Source) => string | undefined): Rule =>
  (sources) =>
    sources.flatMap((source) => {
      const message = check(source);
      return message === undefined ? [] : [{ path: source.path, rule, message }];
    });

/** The line on which a pattern first matches, for the message. */
function firstMatch(source: Source, pattern: RegExp): string | undefined {
  const match = pattern.exec(source.text);
  if (!match) return undefined;
  const line = source.text.slice(0, match.index).split('\n').length;
  return `line ${line}: ${match[0].trim().slice(0, 80)}`;
}

const lengthRule = eachFile('length', (source) => {
  const lines = source.text.split('\n').length - 1;
  const counts = /\.(ts|tsx|mjs|css)$/.test(source.path);
  return counts && lines > linesMax ? `${lines} lines; past ${linesMax} it is two files` : undefined;
});

const namelessPattern = /(^|\/)(utils?|helpers?|common|lib|misc|shared|index)(\/|\.[a-z]+$)/;

const nameRule = eachFile('name', (source) => {
  const name = source.path.split('/').at(-1) ?? '';
  if (source.path === 'packages/web/index.html') return undefined;
  const nothing = namelessPattern.exec(source.path);
  if (nothing && isCode(source)) return `“${nothing[2]}” says nothing; name it for what it holds`;
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/;
  return isCode(source) && !kebab.test(name) ? 'file names are kebab-case' : undefined;
});

const barrelRule = eachFile('no barrels', (source) =>
  isCode(source) ? firstMatch(source, /^export\s+(\*|\{[^}]*\})\s+from\s.*$/m) : undefined,
);

// Put together here, so that the rule does not complain about itself.
const leftOpenPattern = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'not ' + 'implemented'].join('|')})\\b`);

const leftOpenRule = eachFile('nothing left open', (source) => firstMatch(source, leftOpenPattern));

const skippedRule = eachFile('every test runs', (source) =>
  isTest(source) ? firstMatch(source, /\b(it|test|describe)\.(skip|only|todo|fails)\b/) : undefined,
);

const machinePathRule = eachFile('no path of a machine', (source) =>
  firstMatch(source, /(^|[\s'"`(=:])\/(work|root|Users|home\/[a-z]+)\/[\w.]/m),
);

const starRule = eachFile('columns are named', (source) =>
  isTest(source) ? undefined : firstMatch(source, /\bselect\s+(\w+\.)?\*\s*(from|,)/i),
);

/** Below `app/` and `adapters/` nobody may know which target runs or which engine carries the events. */
const topologyRule = eachFile('topology', (source) =>
  /^packages\/server\/src\/(services|commands|store|ports|kit)\//.test(source.path) && !isTest(source)
    ? firstMatch(source, /\b(kafka|dapr|DAYMARK_TARGET|DAYMARK_BUS|--target)\b/i)
    : undefined,
);

const environmentRule = eachFile('the environment is read once', (source) =>
  /^packages\/(server\/src|core)\//.test(source.path) &&
  !/\/src\/(app\/|main\.ts|cli\.ts)/.test(source.path) &&
  !isTest(source)
    ? firstMatch(source, /process\.env[.[]/)
    : undefined,
);

const pureRule = eachFile('core is pure', (source) => {
  if (!source.path.startsWith('packages/core/') || !isCode(source) || isTest(source)) return undefined;
  // The date words of other languages are the one thing that core takes from elsewhere, loaded on demand.
  const allowed = source.path === 'packages/core/quick-add/date-words.ts' ? /^(zod|chrono-node(\/[a-z]+)?)$/ : /^zod$/;
  const forbidden = source.packages.find((name) => !allowed.test(name));
  if (forbidden) return `imports ${forbidden}`;
  return firstMatch(
    source,
    /\b(Date\.now|performance\.now|Math\.random|setTimeout|setInterval|fetch)\(|\bTemporal\.Now\b|\bnew Date\(\)/,
  );
});

/** Finds one cycle of imports and names its files. Type-only cycles count: they are cycles of design. */
export const cycleRule: Rule = (sources) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const state = new Map<string, 'open' | 'done'>();
  const complaints: Complaint[] = [];
  const visit = (path: string, trail: string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      const cycle = trail.slice(trail.indexOf(path)).concat(path);
      complaints.push({ path, rule: 'no cycles', message: cycle.join(' → ') });
      return;
    }
    state.set(path, 'open');
    for (const next of byPath.get(path)?.imports ?? []) if (byPath.has(next)) visit(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const source of sources) visit(source.path, []);
  return complaints;
};

export const rules: readonly Rule[] = [
  directionRule,
  cycleRule,
  lengthRule,
  nameRule,
  barrelRule,
  leftOpenRule,
  skippedRule,
  machinePathRule,
  starRule,
  topologyRule,
  environmentRule,
  pureRule,
];

/** All complaints about the sources. */
export const tidy = (sources: readonly Source[]): Complaint[] => rules.flatMap((rule) => rule(sources));
