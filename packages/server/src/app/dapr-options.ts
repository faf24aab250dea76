/** The options of a Dapr sidecar: those without DAYMARK_ in front are names that the sidecar has too. */
import { z } from 'zod';

const portMax = 65_535;
const port = z
  .string()
  .regex(/^\d{1,5}$/, `must be a whole number from 0 to ${portMax}`)
  .transform(Number)
  .refine((value) => value <= portMax, `must be a whole number from 0 to ${portMax}`);

const address = z
  .string()
  .refine(
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'must be an address such as http://127.0.0.1:3500',
  )
  .transform((text) => new URL(text).origin);

const token = z.string().min(1, 'must not be empty');
const componentName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/, 'must be the name of a component');

export const daprOptions = {
  daprUrl: {
    env: 'DAYMARK_DAPR_URL',
    schema: address,
    default: 'http://127.0.0.1:3500',
    value: '<address>',
    help: 'The HTTP address of the Dapr sidecar beside this process.',
  },
  daprApiToken: {
    env: 'DAPR_API_TOKEN',
    schema: token,
    defaultText: 'none',
    value: '<text>',
    secret: true,
    help: 'What the sidecar wants to see in each call to it: the same name and value as in its own environment.',
  },
  daprAppPort: {
    env: 'DAYMARK_DAPR_APP_PORT',
    schema: port,
    defaultText: 'none: the sidecar calls nothing here',
    value: '<number>',
    help: 'TCP port on 127.0.0.1 that the sidecar calls with events, jobs and invocations: its `--app-port`. Needs APP_API_TOKEN. Let it probe `/healthz` there each second with a threshold of 1 or 2.',
  },
  appApiToken: {
    env: 'APP_API_TOKEN',
    schema: token,
    defaultText: 'none; needed with DAYMARK_DAPR_APP_PORT',
    value: '<text>',
    secret: true,
    help: 'What the sidecar shows in each call to this process: the same name and value as in its own environment.',
  },
  daprPubsub: {
    env: 'DAYMARK_DAPR_PUBSUB',
    schema: componentName,
    default: 'events',
    value: '<name>',
    help: 'The pub/sub component of the sidecar that carries events with DAYMARK_BUS=dapr.',
  },
  daprStateStore: {
    env: 'DAYMARK_DAPR_STATE_STORE',
    schema: componentName,
    defaultText: 'none: it is kept in PostgreSQL',
    value: '<name>',
    help: 'A Dapr state store (Redis, PostgreSQL v2) for what processes share and may lose: attempts to sign in, who is connected. Where app ids differ between processes, set `keyPrefix` to one name in the component.',
  },
  daprSecretStore: {
    env: 'DAYMARK_DAPR_SECRET_STORE',
    schema: componentName,
    defaultText: 'none',
    value: '<name>',
    help: 'A Dapr secret store. Secrets that are given neither in the environment nor as a file are asked from it under their environment names, before anything else; the start waits up to 60 seconds for the sidecar.',
  },
  alarm: {
    env: 'DAYMARK_ALARM',
    schema: z.enum(['timer', 'dapr'], { error: 'must be one of timer, dapr' }),
    default: 'timer',
    value: 'timer|dapr',
    help: 'What wakes the reminders at their moment: timers of the process, or jobs of Dapr, which need DAYMARK_DAPR_APP_PORT. Either way PostgreSQL says what is due, and is asked every second.',
  },
} as const;
