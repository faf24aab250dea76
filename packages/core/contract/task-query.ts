/** The query of `GET /tasks`: filters that combine, and sorting on several criteria. */
import { z } from 'zod';
import { PageQuery, page, SpaceQuery } from './paging.ts';
import { Id, LocalDate, text } from './primitives.ts';
import { PersonalTask, Priority, TaskStatus, tagNameCharactersMax } from './task.ts';

const searchCharactersMax = 200;
const criteriaMax = 6;
const tagsMax = 20;

const commaSeparated = <Item extends z.ZodType<string, string>>(item: Item, itemsMax: number) =>
  z
    .string()
    .max(5000)
    .transform((value) => value.split(',').filter((part) => part !== ''))
    .pipe(z.array(item).min(1).max(itemsMax));

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const SortField = z.enum([
  'priority',
  'due_date',
  'title',
  'created',
  'updated',
  'completed',
  'deleted',
  'position',
]);
export type SortField = z.infer<typeof SortField>;
export type SortCriterion = { field: SortField; direction: 'asc' | 'desc' };

/** `priority_desc,due_date_asc` → criteria in order. Nulls stand last in either direction. */
const Sort = z
  .string()
  .max(200)
  .transform((value, context): SortCriterion[] => {
    const criteria: SortCriterion[] = [];
    for (const part of value.split(',')) {
      const [, name, direction] = /^([a-z_]+)_(asc|desc)$/.exec(part) ?? [];
      const field = SortField.safeParse(name);
      if (!field.success || criteria.some((criterion) => criterion.field === field.data)) {
        context.addIssue({
          code: 'custom',
          message: `"${part}" is not a sort criterion such as due_date_asc, or is named twice`,
        });
        return z.NEVER;
      }
      criteria.push({ field: field.data, direction: direction as 'asc' | 'desc' });
    }
    if (criteria.length > criteriaMax) {
      context.addIssue({ code: 'custom', message: `at most ${criteriaMax} criteria` });
      return z.NEVER;
    }
    return criteria;
  })
  .meta({ examples: ['priority_desc,due_date_asc,title_asc,created_desc'] });

/**
 * Filters combine: a task must pass each. Lists of values (`status`, `priority`, `tags`) are separated by commas and mean any
 * of them, but for `tags_match=all`.
 */
export const TaskQuery = z
  .strictObject({
    ...PageQuery.shape,
    ...SpaceQuery.shape,
    search: text(searchCharactersMax).optional().meta({
      description:
        'Words that stand in title, notes or tags; the last may be the beginning of a word. Case and accents do not matter. Where few tasks have the words, tasks with similar ones follow.',
    }),
    status: commaSeparated(TaskStatus, 4).optional(),
    priority: commaSeparated(z.enum([...Priority.options, 'none']), 4).optional(),
    tags: commaSeparated(text(tagNameCharactersMax), tagsMax).optional(),
    tags_match: z.enum(['any', 'all']).default('any'),
    list_id: Id.optional(),
    due_date_start: LocalDate.optional().meta({ description: 'Due on this day of the person or later.' }),
    due_date_end: LocalDate.optional().meta({ description: 'Due on this day of the person or earlier.' }),
    assignee_id: Id.optional(),
    parent_id: Id.optional(),
    series_id: Id.optional(),
    has_recurrence: flag.optional().meta({ description: 'Whether it repeats.' }),
    overdue: flag.optional().meta({ description: 'Still open though its time or, all-day, its day has passed.' }),
    deleted: flag.default(false).meta({ description: 'Tasks in the trash instead of the others.' }),
    total: flag.optional().meta({
      description: 'Whether to count all tasks that match. Counted unless the page is asked for by `cursor`.',
    }),
    sort: Sort.optional(),
  })
  .refine((query) => query.cursor === undefined || query.offset === undefined, {
    error: 'give cursor or offset, not both',
    path: ['offset'],
  });
export type TaskQuery = z.infer<typeof TaskQuery>;

/** Parts of a text, as [start, end) in UTF-16 units. They do not overlap and stand in order. */
const Ranges = z.array(z.tuple([z.int(), z.int()]));

/** Where the words of a search stand in a task. All of it is plain text: whoever shows it escapes it as any other. */
export const Highlights = z
  .object({
    title: Ranges,
    /** A piece of the notes around the first word found in them; null when there is none. */
    notes: z.object({ excerpt: z.string(), ranges: Ranges }).nullable(),
    tags: z.array(z.object({ name: z.string(), ranges: Ranges })),
  })
  .meta({ id: 'Highlights' });
export type Highlights = z.infer<typeof Highlights>;

/** A task in a list; with `search` it says where the words stand. */
export const FoundTask = PersonalTask.extend({ highlights: Highlights.optional() }).meta({ id: 'FoundTask' });
export type FoundTask = z.infer<typeof FoundTask>;

export const TaskPage = page(FoundTask).meta({ id: 'TaskPage' });
export type TaskPage = z.infer<typeof TaskPage>;
