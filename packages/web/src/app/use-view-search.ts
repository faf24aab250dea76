import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import { parseViewSearch, type ViewSearch } from '../views/view-search.ts';

export type SetViewSearch = (
  change: Partial<Record<keyof ViewSearch, string | undefined>>,
  options?: { replace?: boolean },
) => void;

/** The view's state in the address, and how to change a part of it. */
export function useViewSearch(): [ViewSearch, SetViewSearch] {
  const raw = useSearch({ strict: false });
  const navigate = useNavigate();
  const search = parseViewSearch(raw);
  const set = useCallback<SetViewSearch>(
    (change, options = {}) => {
      void navigate({
        to: '.',
        search: (before: Record<string, unknown>) => parseViewSearch({ ...before, ...change }),
        replace: options.replace ?? false,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return [search, set];
}
