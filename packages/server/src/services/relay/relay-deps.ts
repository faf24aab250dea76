/** What the parts of the relay are given. */
import type { CarriedTopic } from '@daymark/core/contract/topics.ts';
import type { FailPoints } from '../../kit/fail-point.ts';
import type { Log } from '../../kit/log.ts';
import type { Tracing } from '../../kit/tracing.ts';
import type { EventCarrier } from '../../ports/event-carrier.ts';
import type { Database } from '../../store/database.ts';
import type { RelayState } from '../../store/relay.ts';
import type { Wakes } from '../../store/wakes.ts';
import type { RelayPace } from './relay-pace.ts';

export interface RelayReports {
  /** Told of messages that the carrier has taken; thin words are not counted. */
  readonly onRelayed: (topic: CarriedTopic, count: number) => void;
  /** Told of each request to the carrier. */
  readonly onRequest: (duration_s: number) => void;
  /** Told of each request of which something was not taken; `too_large` goes out without its payload. */
  readonly onFailure: (reason: 'carrier' | 'too_large') => void;
  /** Told again and again what is still to be sent. */
  readonly onState: (state: RelayState) => void;
}

export interface RelayDeps extends RelayReports {
  /** The worker login. */
  readonly db: Database;
  readonly carrier: EventCarrier;
  readonly wakes: Pick<Wakes, 'subscribe'>;
  readonly log: Log;
  readonly tracing: Tracing;
  readonly failPoints: FailPoints;
  readonly pace: RelayPace;
}
