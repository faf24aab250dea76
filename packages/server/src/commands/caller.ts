/** On whose behalf a command runs. Made once per request by authentication, passed by the drivers, never changed. */
import type { Principal } from '../kit/http/principal.ts';

export type Caller = Principal;
