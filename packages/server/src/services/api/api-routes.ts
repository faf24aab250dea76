/** The routes under `/api/v1`: each resource is a file beside this one, registered here. */
import type { Edge } from '../../kit/http/edge.ts';

export async function apiRoutes(_app: Edge): Promise<void> {}
