/** The query of `GET /tasks`: filters that combine, and sorting on several criteria. */
import { z } from 'zod';
import { PageQuery, SpaceQuery } from './paging.ts';
import { Id, LocalDate, text } from './primitives.ts';
import { Priority, TaskStatus } from './task.ts';

export const searchCharactersMax = 200;
const criteriaMax = 6;

const commaSeparated = <Item extends z.ZodType<string, string>>(item: Item, itemsMax: number) =>
  z
    .string()
    .max(5000)
    .transform((value) => value.split(',').filter((part) => part !== ''))
    .pipe(z.array(item).min(1).max(itemsMax));

const flag = z.enum(['true', 'false']).transform((value) => value === 'true');

export const SortField = z.enum(['priority', 'due_date', 'title', 'created', 'updated', 'completed', 'position']);
export type SortField = z.infer<typeof SortField>;
export type SortCriterion = { field: SortField; direction: 'asc' | 'desc' };

/** `priority_desc,due_date_asc` → criteria in order. Nulls stand last in either direction. */
export const Sort = z
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

export const TaskQuery = z.object({
  ...PageQuery.shape,
  ...SpaceQuery.shape,
  search: text(searchCharactersMax).optional(),
  status: commaSeparated(TaskStatus, 4).optional(),
  priority: commaSeparated(z.enum([...Priority.options, 'none']), 4).optional(),
  tags: commaSeparated(z.string().max(60), 20).optional(),
  tags_match: z.enum(['any', 'all']).default('any'),
  list_id: Id.optional(),
  due_date_start: LocalDate.optional(),
  due_date_end: LocalDate.optional(),
  assignee_id: Id.optional(),
  parent_id: Id.optional(),
  overdue: flag.optional(),
  deleted: flag.default(false),
  total: flag.default(true),
  sort: Sort.optional(),
});
export type TaskQuery = z.infer<typeof TaskQuery>;
