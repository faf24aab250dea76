/**
 * Which traces are recorded. By a share of trace ids, so that all processes choose the same ones; or as the process says in which
 * the trace began. A request from outside cannot have a trace recorded that the share leaves out: else strangers would decide how
 * much is recorded.
 */
import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { ParentBasedSampler, type Sampler, SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import type { Sampling } from './settings.ts';

/** Set in the context of a span whose parent came from outside. */
const outside = createContextKey('daymark outside');

export const markOutside = (context: Context): Context => context.setValue(outside, true);

export function samplerOf({ ratio, followsParent }: Sampling): Sampler {
  const byShare = new TraceIdRatioBasedSampler(ratio);
  if (!followsParent) return byShare;
  const inside = new ParentBasedSampler({ root: byShare });
  const fromOutside = new ParentBasedSampler({ root: byShare, remoteParentSampled: byShare });
  return {
    shouldSample(context, ...asked) {
      const sampler = context.getValue(outside) === true ? fromOutside : inside;
      return sampler.shouldSample(context, ...asked);
    },
    toString: () => `Daymark{${byShare.toString()}}`,
  };
}

/** Whether the share has a trace in it, whoever began it. */
export function shareOf({ ratio }: Sampling): (traceId: string) => boolean {
  const byShare = new TraceIdRatioBasedSampler(ratio);
  return (traceId) => byShare.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
}
