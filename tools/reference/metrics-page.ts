/** The reference page of the metrics, from the registry of a process. */
import { createMetrics } from '../../packages/server/src/kit/metrics.ts';

interface Described {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/** What every process measures, by name; without what the runtime adds. */
export function describedMetrics(): Described[] {
  // The library keeps type and labels in fields that its types do not name.
  const metrics = createMetrics({ runtime: false }).registry.getMetricsAsArray() as unknown as {
    name: string;
    type: string;
    help: string;
    labelNames: string[];
  }[];
  return metrics
    .map(({ name, type, help, labelNames }) => ({ name, type, help, labels: labelNames }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The whole page, as it stands in docs/reference/metrics.md. */
export function metricsPage(): string {
  return [
    '# Metrics',
    '',
    'Each process answers `GET /metrics` in the text format of Prometheus, with these and with the usual `process_` and `nodejs_`',
    'metrics of the runtime. Labels are bounded: patterns of routes, names of consumers, topics and channels; never ids or addresses.',
    'A counter with labels is there from the first time that it counts.',
    '',
    '| name | type | labels | what it says |',
    '| --- | --- | --- | --- |',
    ...describedMetrics().map(
      ({ name, type, labels, help }) =>
        `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
    ),
    '',
    'This page is made by `npm run reference`.',
    '',
  ].join('\n');
}
