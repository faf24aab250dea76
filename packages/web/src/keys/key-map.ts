/** The one table of keys. The palette, the tooltips, the menus and the keyboard map read it; nothing else names a key. */
import { words } from '../text/words.ts';

export type KeyGroup = 'go' | 'task' | 'list' | 'app';

/** `keys` are alternatives; a sequence has a space between its strokes; `mod` is ⌘ on a Mac and Ctrl elsewhere. */
type KeyRow = { keys: readonly string[]; group: KeyGroup; label: string };

export const keyMap = {
  'app.add': { keys: ['q'], group: 'task', label: words.places.add },
  'task.complete': { keys: ['space'], group: 'task', label: words.task.complete },
  'task.open': { keys: ['enter', 'e'], group: 'task', label: words.task.open },
  'task.due': { keys: ['d'], group: 'task', label: words.task.setDue },
  'task.priority': { keys: ['p'], group: 'task', label: words.task.setPriority },
  'task.tags': { keys: ['t'], group: 'task', label: words.task.setTags },
  'task.move': { keys: ['m'], group: 'task', label: words.task.move },
  'task.repeat': { keys: ['r'], group: 'task', label: words.repeat.set },
  'task.remind': { keys: ['b'], group: 'task', label: words.remind.set },
  'task.assign': { keys: ['a'], group: 'task', label: words.task.setAssignee },
  'task.trash': { keys: ['#', 'delete'], group: 'task', label: words.task.trash },
  'app.undo': { keys: ['z', 'mod+z'], group: 'task', label: words.toast.undo },
  'list.next': { keys: ['j', 'arrowdown'], group: 'list', label: 'Next task' },
  'list.previous': { keys: ['k', 'arrowup'], group: 'list', label: 'Previous task' },
  'list.select': { keys: ['x'], group: 'list', label: words.task.select },
  'list.select-all': { keys: ['mod+a'], group: 'list', label: 'Select all' },
  'list.move-up': { keys: ['alt+arrowup'], group: 'list', label: words.task.moveUp },
  'list.move-down': { keys: ['alt+arrowdown'], group: 'list', label: words.task.moveDown },
  'app.escape': { keys: ['escape'], group: 'list', label: words.keys.escape },
  'go.inbox': { keys: ['g i'], group: 'go', label: words.places.inbox },
  'go.today': { keys: ['g t'], group: 'go', label: words.places.today },
  'go.upcoming': { keys: ['g u'], group: 'go', label: words.places.upcoming },
  'go.all': { keys: ['g a'], group: 'go', label: words.places.all },
  'go.completed': { keys: ['g d'], group: 'go', label: words.places.completed },
  'go.trash': { keys: ['g x'], group: 'go', label: words.places.trash },
  'go.notifications': { keys: ['g n'], group: 'go', label: words.places.notifications },
  'go.settings': { keys: ['g s'], group: 'go', label: words.places.settings },
  'app.search': { keys: ['/'], group: 'app', label: words.places.search },
  'app.palette': { keys: ['mod+k'], group: 'app', label: words.places.commands },
  'app.keys': { keys: ['?'], group: 'app', label: words.places.keyMap },
  'app.filter': { keys: ['f'], group: 'app', label: words.filter.button },
  'app.sort': { keys: ['s'], group: 'app', label: words.filter.sort },
  'app.new-list': { keys: [], group: 'app', label: words.places.newList },
  'app.new-space': { keys: [], group: 'app', label: words.places.newSpace },
  'app.sign-out': { keys: [], group: 'app', label: words.places.signOut },
} as const satisfies Record<string, KeyRow>;

export type CommandId = keyof typeof keyMap;

export const commandIds = Object.keys(keyMap) as CommandId[];

/** Commands that also work while something is typed. */
export const worksWhileTyping: readonly CommandId[] = ['app.palette', 'app.escape'];
