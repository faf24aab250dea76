/** The schema of the answer 204, which has no body. */
import { z } from 'zod';

export const NoContent = z.null().describe('Done');
