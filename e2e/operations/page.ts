/**
 * A page for operators as steps that can be run. What its fenced blocks are is said by their language: `ini` is a file, whose first
 * line is its path; `sh` is typed; `text` is what the commands before it print, with … for what differs from run to run; `nginx` is the
 * balancer. A link to the section “Check” means that its steps are to be done there.
 */

export type Step =
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  | { readonly kind: 'typed'; readonly text: string; readonly prints: string | null }
  | { readonly kind: 'balancer'; readonly text: string }
  | { readonly kind: 'check' };

export interface Section {
  readonly title: string;
  readonly steps: readonly Step[];
}

/** Throws for a block of which it is not known what to do with it. */
export function readPage(markdown: string): Section[] {
  const sections: { title: string; steps: Step[] }[] = [];
  const parts = markdown.matchAll(
    /^## (?<title>.*)$|^```(?<language>\w*)\n(?<block>[\s\S]*?)^```$|\]\((?<check>#check)\)/gm,
  );
  for (const { groups = {} } of parts) {
    const { title, language, block = '', check } = groups;
    if (title !== undefined) sections.push({ title, steps: [] });
    const steps = sections.at(-1)?.steps;
    if (title !== undefined || !steps) continue;
    if (check !== undefined) steps.push({ kind: 'check' });
    else if (language === 'text') addPrint(steps, block);
    else steps.push(stepOf(language ?? '', block));
  }
  return sections;
}

function stepOf(language: string, block: string): Step {
  const path = /^# (\/\S+)\n/.exec(block)?.[1];
  if (language === 'ini' && path) return { kind: 'file', path, text: block };
  if (language === 'sh') return { kind: 'typed', text: block, prints: null };
  if (language === 'nginx') return { kind: 'balancer', text: block };
  throw new Error(`nobody knows what to do with this block of the language “${language}”:\n${block}`);
}

function addPrint(steps: Step[], prints: string): void {
  const last = steps.pop();
  if (last?.kind !== 'typed' || last.prints !== null) throw new Error(`no command prints this:\n${prints}`);
  steps.push({ ...last, prints });
}

/** The ports that the files of a page name. */
export const portsOf = (markdown: string): number[] => [
  ...new Set([...markdown.matchAll(/^\w*PORT=(\d+)$/gm)].map(([, port]) => Number(port))),
];

/** Whether what was printed is what the page shows. What npm says of itself does not count. */
export function isPrinted(shown: string, printed: string): boolean {
  const said = printed.split('\n').filter((line) => line !== '' && !/^> /.test(line));
  const pattern = shown.trim().split('…').map(RegExp.escape).join('[\\s\\S]*?');
  return new RegExp(`^${pattern}$`).test(said.join('\n'));
}
