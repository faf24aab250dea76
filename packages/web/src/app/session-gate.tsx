import { Navigate, Outlet, useRouterState } from '@tanstack/react-router';
import { useDaymarkState } from './daymark-context.ts';

/** Screens of a person who is signed in; others are sent to sign in and come back after. */
export function SignedInOnly() {
  const session = useDaymarkState((state) => state.session);
  const me = useDaymarkState((state) => state.me);
  const href = useRouterState({ select: (state) => state.location.href });
  if (session === 'signed-out')
    return <Navigate to="/sign-in" search={href === '/today' ? {} : { after: href }} replace />;
  return session === 'signed-in' && me ? <Outlet /> : null;
}

/** Screens that make no sense to someone who is signed in. */
export function SignedOutOnly() {
  const session = useDaymarkState((state) => state.session);
  const after = useRouterState({ select: (state) => (state.location.search as { after?: string }).after });
  if (session === 'signed-in')
    return <Navigate to={after?.startsWith('/') && !after.startsWith('//') ? after : '/today'} replace />;
  return session === 'signed-out' ? <Outlet /> : null;
}
