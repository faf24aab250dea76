import { words } from '../../text/words.ts';
import { Button } from '../controls/button.tsx';

/** What is shown when a screen failed: what happened, what was kept, what to do. */
export function Crash({ error }: { error: unknown }) {
  return (
    <div role="alert">
      <p>{words.errors.crash}</p>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      <Button onClick={() => location.reload()}>{words.errors.reload}</Button>
    </div>
  );
}
