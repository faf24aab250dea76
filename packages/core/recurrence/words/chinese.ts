import type { Phrases } from './phrases.ts';

const units = {
  SECONDLY: ['每秒', '秒'],
  MINUTELY: ['每分钟', '分钟'],
  HOURLY: ['每小时', '小时'],
  DAILY: ['每天', '天'],
  WEEKLY: ['每周', '周'],
  MONTHLY: ['每月', '个月'],
  YEARLY: ['每年', '年'],
} as const;

export const chinese: Phrases = {
  joined: (parts) => parts.join(''),
  comma: '，',
  every: (freq, interval) => (interval === 1 ? units[freq][0] : `每${interval}${units[freq][1]}`),
  everyWorkday: '每个工作日',
  onWorkdays: '（周一至周五）',
  on: (list) => `的${list}`,
  inMonths: (list) => `（${list}）`,
  dayOfMonth: (day) => (day > 0 ? `${day}日` : place(day, '天')),
  dayOfYear: (day) => `全年${place(day, '天')}`,
  nthWeekday: (nth, weekday) => place(nth, `个${weekday}`),
  everyWeekday: (weekday) => `每个${weekday}`,
  ofYear: '（按年计）',
  ifWeekday: (list) => `（须为${list}）`,
  week: (number) => place(number, '周'),
  inWeeks: (list) => `（${list}）`,
  position: (nth) => place(nth, '个'),
  chosen: (list) => `（仅其中${list}）`,
  nthWorkday: (nth) => place(nth, '个工作日'),
  clamped: (day) => `${day}或最后一天`,
  at: (list) => ` ${list}`,
  inHours: (list) => `（${list}）`,
  atMinutes: (list) => `第${list}分`,
  atSeconds: (list) => `第${list}秒`,
  until: (date) => `直到${date}`,
  times: (count) => `共${count}次`,
  afterDone: (words) => `完成后${words}`,
};

function place(number: number, what: string): string {
  if (number > 0) return `第${number}${what}`;
  return number === -1 ? `最后一${what}` : `倒数第${-number}${what}`;
}
