/** Who of a space is connected now. A device is a signed-in browser or a token; its tabs count once. */
import { z } from 'zod';
import { Id } from './primitives.ts';

export const PresentMember = z.object({ user_id: Id, devices: z.int() }).meta({ id: 'PresentMember' });
export type PresentMember = z.infer<typeof PresentMember>;
