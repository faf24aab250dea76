/**
 * Sub-tasks: a task has at most one parent, in the same space and list, no task is below itself, and the tree is at most so deep.
 * Depth counts from 1: a task without a parent has depth 1.
 */

export interface Node {
  readonly id: string;
  readonly parent_id: string | null;
}

/** Finds a task by id; undefined when it is not there. */
export type FindNode<N extends Node> = (id: string) => N | undefined;
/** The ids of the direct sub-tasks of a task. */
export type FindChildren = (id: string) => Iterable<string>;

/** The depth of a task, given all its ancestors. Throws when there is a cycle. */
export function depthOf<N extends Node>(task: Node, find: FindNode<N>): number {
  const passed = new Set<string>();
  let depth = 0;
  for (let node: Node | undefined = task; node; node = node.parent_id === null ? undefined : find(node.parent_id)) {
    if (passed.has(node.id)) throw new Error('a task is below itself');
    passed.add(node.id);
    depth += 1;
  }
  return depth;
}

/** How many levels the tree below and including a task has, given all its descendants. */
export function heightOf(id: string, childrenOf: FindChildren): number {
  let height = 0;
  for (let level = [id]; level.length > 0; level = level.flatMap((each) => [...childrenOf(each)])) height += 1;
  return height;
}

/** All tasks below a task, parents before their children. */
export function descendantsOf(id: string, childrenOf: FindChildren): string[] {
  const found: string[] = [];
  for (let level = [...childrenOf(id)]; level.length > 0; level = level.flatMap((each) => [...childrenOf(each)])) {
    found.push(...level);
  }
  return found;
}

/** Whether `id` is `ancestorId` or below it, given all ancestors of `id`. */
export function isWithin<N extends Node>(id: string, ancestorId: string, find: FindNode<N>): boolean {
  for (let node = find(id); node; node = node.parent_id === null ? undefined : find(node.parent_id)) {
    if (node.id === ancestorId) return true;
  }
  return false;
}
