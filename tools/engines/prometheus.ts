/** Prometheus on loopback, reading the metrics of given targets. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { freePort, LOOPBACK, statusOf } from './loopback.ts';

const READY_MAX_MS = 20_000;
const STOP_MAX_MS = 20_000;
const SCRAPE_MS = 1000;

export interface ScrapeTarget {
  job: string;
  /** Where its metrics are, such as `http://127.0.0.1:9000/metrics`. */
  url: string;
  /** Shown with the request, where the target asks for it. */
  bearerToken?: string;
}

export interface PrometheusOptions {
  folder: string;
  targets: readonly ScrapeTarget[];
  /** Between two readings of a target; a second unless said otherwise. */
  scrape_ms?: number;
}

export interface Prometheus extends EngineProcess {
  url: string;
  /** Answers a query with its series: labels, and the present value. Throws with what Prometheus said. */
  query(expression: string): Promise<{ metric: Record<string, string>; value: number }[]>;
}

export async function launchPrometheus(
  program: string,
  { folder, targets, scrape_ms = SCRAPE_MS }: PrometheusOptions,
): Promise<Prometheus> {
  await mkdir(folder, { recursive: true });
  const configuration = join(folder, 'prometheus.json');
  // JSON is YAML, and needs no quoting rules of its own.
  await writeFile(configuration, JSON.stringify(scraping(targets, scrape_ms), null, 2));
  const port = await freePort();
  const url = `http://${LOOPBACK}:${port}`;
  const engine = await startEngine({
    name: 'prometheus',
    program,
    args: [
      ...[`--config.file=${configuration}`, `--web.listen-address=${LOOPBACK}:${port}`],
      ...[`--storage.tsdb.path=${join(folder, 'data')}`, '--log.level=warn'],
    ],
    folder,
    logFile: join(folder, 'prometheus.log'),
    ready: async () => (await statusOf(`${url}/-/ready`)) === 200,
    readyMax_ms: READY_MAX_MS,
    stopMax_ms: STOP_MAX_MS,
  });
  const itself = { url, query: (expression: string) => query(url, expression) };
  return Object.defineProperties(itself as Prometheus, Object.getOwnPropertyDescriptors(engine));
}

function scraping(targets: readonly ScrapeTarget[], scrape_ms: number) {
  return {
    global: { scrape_interval: `${scrape_ms}ms`, scrape_timeout: `${scrape_ms}ms` },
    scrape_configs: targets.map(({ job, url, bearerToken }, at) => {
      const { protocol, host, pathname } = new URL(url);
      return {
        // Names must differ; the label says the job, which several targets may share.
        job_name: `${job} ${at}`,
        scheme: protocol.slice(0, -1),
        metrics_path: pathname,
        static_configs: [{ targets: [host], labels: { job } }],
        ...(bearerToken && { authorization: { credentials: bearerToken } }),
      };
    }),
  };
}

interface Answer {
  status: string;
  error?: string;
  data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
}

async function query(url: string, expression: string) {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
  const answer = (await response.json()) as Answer;
  if (!answer.data) throw new Error(`Prometheus does not answer ${expression}: ${answer.error ?? answer.status}`);
  return answer.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
}
