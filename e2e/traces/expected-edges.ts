/** The service map of the click in journey.ts, for each form in which the program runs. */
import type { Bus, Topology } from '../harness/topology.ts';
import type { Edge } from './service-map.ts';

const consumers = ['recurrence', 'reminders', 'audit'] as const;

/** Every edge that has to be there. */
export function edgesExpected(topology: Topology, bus: Bus): Edge[] {
  const service = (target: string): string => (topology === 'all' ? 'daymark' : `daymark-${target}`);
  const source = bus === 'postgres' ? 'daymark-log' : 'daymark-carrier';
  const between = (from: string, to: string): Edge[] =>
    service(from) === service(to) ? [] : [`${service(from)} → ${service(to)}`];
  return [
    `daymark-browser → ${service('api')}`,
    // What is written: the completion, the next instance, its reminder and its firing, the delivery.
    ...['api', 'recurrence', 'reminders', 'notifications'].map((from): Edge => `${service(from)} → daymark-log`),
    `daymark-log → ${service('sync')}`,
    ...(bus === 'postgres' ? [] : carried(service)),
    ...consumers.map((to): Edge => `${source} → ${service(to)}`),
    // Who causes what, whatever lies between.
    ...(bus === 'postgres' ? consumers.flatMap((to) => between('api', to)) : between('api', 'relay')),
    ...(bus === 'postgres' ? between('recurrence', 'reminders') : between('recurrence', 'relay')),
    ...between('reminders', 'notifications'),
    `${service('notifications')} → webhook`,
  ];
}

const carried = (service: (target: string) => string): Edge[] => [
  `daymark-log → ${service('relay')}`,
  `${service('relay')} → daymark-carrier`,
  ...consumers.flatMap((to): Edge[] =>
    service('relay') === service(to) ? [] : [`${service('relay')} → ${service(to)}`],
  ),
];
