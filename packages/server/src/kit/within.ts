/** Waits until all have settled, at most so long. What is late goes on unheard. */
export async function within(patience_ms: number, work: Iterable<Promise<unknown>>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience_ms);
  });
  await Promise.race([Promise.allSettled(work), late]);
  clearTimeout(timer);
}
