import { Outlet, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useDaymarkState } from './daymark-context.ts';

const homePath = '/today';

/** Only places of ours are gone to after signing in, whatever an address says. */
const safeTarget = (after: string | undefined): string =>
  after?.startsWith('/') && !after.startsWith('//') ? after : homePath;

/** Screens of a person who is signed in; others are sent to sign in and come back after. */
export function SignedInOnly() {
  const session = useDaymarkState((state) => state.session);
  const me = useDaymarkState((state) => state.me);
  const router = useRouter();
  const navigate = useNavigate();
  useEffect(() => {
    if (session !== 'signed-out') return;
    // Read once: while the next screen is fetched the address is already that of the next screen.
    const { href } = router.state.location;
    void navigate({ to: '/sign-in', search: href === homePath ? {} : { after: href }, replace: true });
  }, [session, router, navigate]);
  return session === 'signed-in' && me ? <Outlet /> : null;
}

/** Screens that make no sense to someone who is signed in. */
export function SignedOutOnly() {
  const session = useDaymarkState((state) => state.session);
  const router = useRouter();
  const navigate = useNavigate();
  useEffect(() => {
    if (session !== 'signed-in') return;
    const { after } = router.state.location.search as { after?: string };
    void navigate({ to: safeTarget(after), replace: true });
  }, [session, router, navigate]);
  return session === 'signed-out' ? <Outlet /> : null;
}
