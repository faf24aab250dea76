import { tokensOf } from '@daymark/core/search/fold.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSpine, type Spine, type TestPerson } from '../../test/fixtures.ts';
import { insertTasks, type PlainTask, plainTask } from '../../test/task-rows.ts';

let spine: Spine;
let ann: TestPerson;
let bob: TestPerson;

beforeAll(async () => {
  spine = await openSpine();
  ann = await spine.person('Ann');
  bob = await spine.person('Bob');
});
afterAll(() => spine.close());

/** Adds tasks to a person's own space, replacing those that were there. */
async function tasksOf(person: TestPerson, tasks: readonly Partial<PlainTask>[]): Promise<PlainTask[]> {
  await spine.databases.owner.sql.rows('delete from tasks where space_id = $1', [person.spaceId]);
  const plain = tasks.map((task) =>
    plainTask({ space_id: person.spaceId, list_id: person.inboxId, created_by: person.id, ...task }),
  );
  await insertTasks(spine.databases.owner, plain);
  return plain;
}

/** The titles found, best first; `few` is how many exact ones keep similar ones away. */
async function found(person: TestPerson, search: string, few = 5): Promise<string[]> {
  const rows = await spine.databases.app.readAs(person.id, (sql) =>
    sql.rows<{ title: string }>(
      `select tasks.title from search_tasks($1, null, 100, $2) as matched join tasks on tasks.id = matched.task_id
       order by matched.rank desc, matched.task_id desc`,
      [search, few],
    ),
  );
  return rows.map((row) => row.title);
}

describe('words', () => {
  test('are found whatever their case and accents', async () => {
    await tasksOf(ann, [{ title: 'Café in STRASBOURG' }, { title: 'Straße fegen' }, { title: 'Ёлка и чай' }]);
    expect(await found(ann, 'cafe', 0)).toEqual(['Café in STRASBOURG']);
    expect(await found(ann, 'CAFÉ strasbourg', 0)).toEqual(['Café in STRASBOURG']);
    expect(await found(ann, 'strasse', 0)).toEqual(['Straße fegen']);
    expect(await found(ann, 'елка ЧАЙ')).toEqual(['Ёлка и чай']);
  });

  test('must all be there, the last one as a beginning', async () => {
    await tasksOf(ann, [{ title: 'Pay rent' }, { title: 'Pay the renovation' }, { title: 'Rent a payload' }]);
    expect(await found(ann, 'pay ren', 0)).toEqual(['Pay the renovation', 'Pay rent']);
    expect(await found(ann, 'ren pay', 0)).toEqual([]);
  });

  test('are found in notes and tags, across all three', async () => {
    await tasksOf(ann, [{ title: 'Call', notes: 'ask for the invoice', tag_names: ['Office supplies'] }]);
    expect(await found(ann, 'call invoice office')).toEqual(['Call']);
    expect(await found(ann, 'suppl')).toEqual(['Call']);
  });

  test('count more in the title than in tags, and more there than in notes', async () => {
    await tasksOf(ann, [
      { title: 'Planning' },
      { title: 'Plan' },
      { title: 'In a tag', tag_names: ['plan'] },
      { title: 'In the notes', notes: 'the plan' },
    ]);
    expect(await found(ann, 'plan')).toEqual(['Plan', 'Planning', 'In a tag', 'In the notes']);
  });

  test('of a renamed tag are found at once, the old ones no longer', async () => {
    await tasksOf(ann, [{ title: 'Paint', tag_names: ['house'] }]);
    await spine.databases.owner.sql.rows(
      `update tags set name = 'Garden', name_key = 'garden' where space_id = $1 and name_key = 'house'`,
      [ann.spaceId],
    );
    expect(await found(ann, 'garden', 0)).toEqual(['Paint']);
    expect(await found(ann, 'house', 0)).toEqual([]);
  });

  test('follow the changes of a task and of its tags', async () => {
    const [task] = await tasksOf(ann, [{ title: 'Before', notes: 'earlier', tag_names: ['sooner'] }]);
    const { owner } = spine.databases;
    await owner.sql.rows(`update tasks set title = 'After', notes = 'later' where id = $1`, [task?.id]);
    expect(await found(ann, 'before', 0)).toEqual([]);
    expect(await found(ann, 'after later sooner', 0)).toEqual(['After']);
    await owner.sql.rows('delete from task_tags where task_id = $1', [task?.id]);
    expect(await found(ann, 'sooner', 0)).toEqual([]);
    expect(await found(ann, 'later', 0)).toEqual(['After']);
  });
});

describe('scripts without spaces between words', () => {
  test('are found in the middle of a run, by one character, two or more', async () => {
    await tasksOf(ann, [
      { title: '明天去东京都买牛奶' },
      { title: '京都と東京' },
      { title: 'กาแฟร้อนที่ร้าน' },
      { title: '회의를 준비하다' },
    ]);
    for (const part of ['奶', '东京', '去东京都', '明天去东京都买牛奶']) {
      expect(await found(ann, part), part).toEqual(['明天去东京都买牛奶']);
    }
    expect(await found(ann, '京')).toEqual(['京都と東京', '明天去东京都买牛奶']);
    expect(await found(ann, 'ร้อน')).toEqual(['กาแฟร้อนที่ร้าน']);
    expect(await found(ann, '회의')).toEqual(['회의를 준비하다']);
    expect(await found(ann, '준비')).toEqual(['회의를 준비하다']);
  });

  test('are not found when their characters stand apart', async () => {
    await tasksOf(ann, [{ title: '東京 京都', notes: '京都東京' }]);
    expect(await found(ann, '東京都')).toEqual([]);
    expect(await found(ann, '都東')).toEqual(['東京 京都']);
  });

  test('stand beside words of other scripts, in tags too', async () => {
    await tasksOf(ann, [{ title: 'iPhone手机壳', tag_names: ['购物清单'] }, { title: 'ｶﾞｽ料金' }]);
    expect(await found(ann, 'iphone 手机')).toEqual(['iPhone手机壳']);
    expect(await found(ann, '物清单')).toEqual(['iPhone手机壳']);
    expect(await found(ann, 'ガス')).toEqual(['ｶﾞｽ料金']);
  });

  test('include emoji and symbols', async () => {
    await tasksOf(ann, [{ title: 'Party🎉🎂 tonight' }, { title: 'Heart ❤️' }]);
    expect(await found(ann, '🎂')).toEqual(['Party🎉🎂 tonight']);
    expect(await found(ann, '❤')).toEqual(['Heart ❤️']);
  });

  test('and right to left ones are found with or without their vowel marks', async () => {
    await tasksOf(ann, [{ title: 'اجتماع مُحَمَّد' }, { title: 'פגישה עם שָׁלוֹם' }]);
    expect(await found(ann, 'محمد')).toEqual(['اجتماع مُحَمَّد']);
    expect(await found(ann, 'שלום')).toEqual(['פגישה עם שָׁלוֹם']);
  });
});

describe('typing errors', () => {
  test('are forgiven when few tasks have the words as typed', async () => {
    await tasksOf(ann, [
      { title: 'Prepare the meeting' },
      { title: 'Milk', notes: 'receive the parcel' },
      { title: 'Paint', tag_names: ['Household'] },
    ]);
    for (const [typed, title] of [
      ['meetting', 'Prepare the meeting'],
      ['meeitng', 'Prepare the meeting'],
      ['prepaer meet', 'Prepare the meeting'],
      ['mlik', 'Milk'],
      ['recieve parcle', 'Milk'],
      ['househlod', 'Paint'],
    ] as const) {
      expect(await found(ann, typed), typed).toEqual([title]);
      expect(await found(ann, typed, 0), typed).toEqual([]);
    }
  });

  test('come after what was typed right', async () => {
    await tasksOf(ann, [{ title: 'Form' }, { title: 'From here' }]);
    expect(await found(ann, 'form')).toEqual(['Form', 'From here']);
  });

  test('are corrected from words of the own space only', async () => {
    await tasksOf(ann, [{ title: 'Shopping' }]);
    await tasksOf(bob, [{ title: 'Blackmail' }]);
    expect(await found(ann, 'blackmial')).toEqual([]);
    expect(await found(bob, 'blackmial')).toEqual(['Blackmail']);
  });

  test('do not keep words of tasks that are gone', async () => {
    const vocabulary = async () =>
      (
        await spine.databases.owner.sql.rows<{ word: string }>(
          'select word from search_vocabulary where space_id = $1 order by word',
          [ann.spaceId],
        )
      ).map((row) => row.word);
    const [first] = await tasksOf(ann, [{ title: 'Secret dinner' }, { title: 'Dinner party' }]);
    expect(await vocabulary()).toEqual(['dinner', 'party', 'secret']);
    await spine.databases.owner.sql.rows(`update tasks set title = 'Lunch' where id = $1`, [first?.id]);
    expect(await vocabulary()).toEqual(['dinner', 'lunch', 'party']);
    await tasksOf(ann, []);
    expect(await vocabulary()).toEqual([]);
    const left = await spine.databases.owner.sql.rows('select task_id from task_search where space_id = $1', [
      ann.spaceId,
    ]);
    expect(left).toEqual([]);
  });
});

describe('a search', () => {
  test('never finds tasks of spaces the person is not in, whatever space is named', async () => {
    await tasksOf(ann, [{ title: 'Mine alone' }]);
    await tasksOf(bob, [{ title: 'Mine alone too' }]);
    expect(await found(bob, 'alone')).toEqual(['Mine alone too']);
    const foreign = await spine.databases.app.readAs(bob.id, (sql) =>
      sql.rows('select task_id from search_tasks($1, $2, 100, 5)', ['alone', ann.spaceId]),
    );
    expect(foreign).toEqual([]);
    const nobody = await spine.databases.app.sql.rows('select task_id from search_tasks($1, null, 100, 5)', ['alone']);
    expect(nobody).toEqual([]);
  });

  test('keeps its tables from every login', async () => {
    for (const login of ['app', 'worker', 'audit'] as const) {
      for (const table of ['task_search', 'search_vocabulary']) {
        const reading = spine.databases[login].sql.rows(`select space_id from ${table}`);
        await expect(reading, `${login} ${table}`).rejects.toThrow(/permission denied/);
      }
    }
  });

  test('answers every text, hostile ones too, without an error', async () => {
    await tasksOf(ann, [{ title: 'x', notes: "it's a \\ test: 100% & more | !(less)", tag_names: ["o'neill"] }]);
    const hostile = [
      "'; drop table tasks; --",
      "'".repeat(200),
      '\\'.repeat(200),
      '%_'.repeat(100),
      '& | ! ( ) <-> :* :A'.repeat(10),
      "a':*A & 'b",
      '"unbalanced',
      '=東京',
      '#abcdef',
      'ﷺ'.repeat(200),
      'a'.repeat(200),
      '字'.repeat(200),
      '🎉'.repeat(100),
      '\u0301\u0301',
      '𠀀'.repeat(100),
    ];
    for (const text of hostile) expect(await found(ann, text), text).toBeInstanceOf(Array);
    expect(await found(ann, "it's 100%")).toEqual(['x']);
    expect(await found(ann, "o'neill")).toEqual(['x']);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        const storable = text.replaceAll('\0', '').toWellFormed();
        expect(await found(ann, storable)).toBeInstanceOf(Array);
      }),
      { numRuns: 200 },
    );
  });

  test('finds nothing where the text holds no word', async () => {
    await tasksOf(ann, [{ title: '?!' }]);
    for (const text of ['', ' ', '?!', '...', "''"]) expect(await found(ann, text), text).toEqual([]);
  });

  test('holds the longest notes of any script', async () => {
    const distinct = Array.from({ length: 20_000 }, (_, place) => String.fromCodePoint(0x4e00 + place)).join('');
    const notes = [
      distinct + distinct.split('').reverse().join('').slice(0, 29_999),
      'ﷺ'.repeat(50_000),
      'é '.repeat(25_000),
    ];
    const tasks = await tasksOf(
      ann,
      notes.map((text, place) => ({ title: `long ${place}`, notes: text })),
    );
    expect(tasks).toHaveLength(3);
    expect(await found(ann, 'long', 0)).toHaveLength(3);
    expect(await found(ann, distinct.slice(500, 700), 0)).toEqual(['long 0']);
  });
});

test('the database and the marking of words see the same words', async () => {
  const letters = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0x20, max: 0x17f }) },
    { weight: 2, arbitrary: fc.integer({ min: 0x370, max: 0x5ff }) },
    { weight: 2, arbitrary: fc.integer({ min: 0x600, max: 0x6ff }) },
    { weight: 1, arbitrary: fc.constantFrom(0x301, 0x308, 0x307, 0x3099, 0x200d, 0xfe0f) },
    { weight: 1, arbitrary: fc.integer({ min: 0xe01, max: 0xe5b }) },
    { weight: 2, arbitrary: fc.integer({ min: 0x2e80, max: 0x30ff }) },
    { weight: 2, arbitrary: fc.integer({ min: 0x4e00, max: 0x9fff }) },
    { weight: 1, arbitrary: fc.integer({ min: 0xac00, max: 0xd7a3 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0xff01, max: 0xff9f }) },
    { weight: 1, arbitrary: fc.integer({ min: 0x1f300, max: 0x1f64f }) },
  );
  const texts = fc.sample(
    fc.array(letters, { maxLength: 30 }).map((codes) => String.fromCodePoint(...codes)),
    { numRuns: 3000, seed: 20261121 },
  );
  const rows = await spine.databases.owner.sql.rows<{ words: string }>(
    `select search_words(content) as words from unnest($1::text[]) with ordinality as given (content, place) order by place`,
    [texts],
  );
  const ours = texts.map((text) =>
    tokensOf(text)
      .map((token) => (token.kind === 'run' ? `=${token.text}` : token.text))
      .join(' '),
  );
  const differing = texts.flatMap((text, place) =>
    ours[place] === rows[place]?.words ? [] : [{ text, ours: ours[place], theirs: rows[place]?.words }],
  );
  expect(differing).toEqual([]);
});
