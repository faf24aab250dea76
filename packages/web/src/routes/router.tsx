/** Every address and its screen. What a person seldom opens is fetched when it is opened. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { SignedInOnly, SignedOutOnly } from '../app/session-gate.tsx';
import { Crash } from '../components/frame/crash.tsx';
import { Frame } from '../components/frame/frame.tsx';
import { parseSearch, parseViewSearch, stringifySearch } from '../views/view-search.ts';
import { AllScreen } from './all.tsx';
import { CompletedScreen } from './completed.tsx';
import { InboxScreen, ListScreen } from './list.tsx';
import { NotFoundScreen } from './not-found.tsx';
import { TodayScreen } from './today.tsx';
import { TrashScreen } from './trash.tsx';
import { UpcomingScreen } from './upcoming.tsx';

const only =
  <Key extends string>(...keys: Key[]) =>
  (raw: Record<string, unknown>): { [One in Key]?: string } =>
    Object.fromEntries(keys.flatMap((key) => (typeof raw[key] === 'string' ? [[key, raw[key]]] : []))) as {
      [One in Key]?: string;
    };

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundScreen, errorComponent: Crash });

const gate = createRoute({ getParentRoute: () => root, id: 'gate', component: SignedOutOnly });
const account = () => import('./account.tsx');
const signIn = createRoute({
  getParentRoute: () => gate,
  path: '/sign-in',
  validateSearch: only('after'),
  component: lazyRouteComponent(account, 'SignInScreen'),
});
const signUp = createRoute({
  getParentRoute: () => gate,
  path: '/sign-up',
  validateSearch: only('after'),
  component: lazyRouteComponent(account, 'SignUpScreen'),
});
const forgot = createRoute({
  getParentRoute: () => gate,
  path: '/forgot-password',
  component: lazyRouteComponent(account, 'ForgotPasswordScreen'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: only('token'),
  component: lazyRouteComponent(account, 'ResetPasswordScreen'),
});
const join = createRoute({
  getParentRoute: () => root,
  path: '/join/$token',
  component: lazyRouteComponent(() => import('./join.tsx'), 'JoinScreen'),
});

const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: SignedInOnly });
const frame = createRoute({
  getParentRoute: () => signedIn,
  id: 'frame',
  validateSearch: parseViewSearch,
  component: Frame,
  notFoundComponent: NotFoundScreen,
});
const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/today' });
  },
});
const today = createRoute({ getParentRoute: () => frame, path: '/today', component: TodayScreen });
const inbox = createRoute({ getParentRoute: () => frame, path: '/inbox', component: InboxScreen });
const upcoming = createRoute({ getParentRoute: () => frame, path: '/upcoming', component: UpcomingScreen });
const all = createRoute({ getParentRoute: () => frame, path: '/all', component: AllScreen });
const list = createRoute({ getParentRoute: () => frame, path: '/lists/$listId', component: ListScreen });
const notifications = createRoute({
  getParentRoute: () => frame,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./notifications.tsx'), 'NotificationsScreen'),
});
const completed = createRoute({ getParentRoute: () => frame, path: '/completed', component: CompletedScreen });
const trash = createRoute({ getParentRoute: () => frame, path: '/trash', component: TrashScreen });

const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  component: lazyRouteComponent(() => import('./settings/settings-frame.tsx'), 'SettingsFrame'),
});
const settingsHome = createRoute({
  getParentRoute: () => settings,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/settings/profile' });
  },
});
const profile = createRoute({
  getParentRoute: () => settings,
  path: '/profile',
  component: lazyRouteComponent(() => import('./settings/profile.tsx'), 'ProfileScreen'),
});
const appearance = createRoute({
  getParentRoute: () => settings,
  path: '/appearance',
  component: lazyRouteComponent(() => import('./settings/appearance.tsx'), 'AppearanceScreen'),
});
const spaces = createRoute({
  getParentRoute: () => settings,
  path: '/spaces',
  component: lazyRouteComponent(() => import('./settings/spaces.tsx'), 'SpacesScreen'),
});
const space = createRoute({
  getParentRoute: () => settings,
  path: '/spaces/$spaceId',
  component: lazyRouteComponent(() => import('./settings/space.tsx'), 'SpaceScreen'),
});
const tags = createRoute({
  getParentRoute: () => settings,
  path: '/tags',
  component: lazyRouteComponent(() => import('./settings/tags.tsx'), 'TagsScreen'),
});
const channels = createRoute({
  getParentRoute: () => settings,
  path: '/notifications',
  component: lazyRouteComponent(() => import('./settings/channels.tsx'), 'ChannelsScreen'),
});
const password = createRoute({
  getParentRoute: () => settings,
  path: '/password',
  component: lazyRouteComponent(() => import('./settings/password.tsx'), 'PasswordScreen'),
});
const sessions = createRoute({
  getParentRoute: () => settings,
  path: '/sessions',
  component: lazyRouteComponent(() => import('./settings/sessions.tsx'), 'SessionsScreen'),
});
const tokens = createRoute({
  getParentRoute: () => settings,
  path: '/tokens',
  component: lazyRouteComponent(() => import('./settings/tokens.tsx'), 'TokensScreen'),
});
const accounts = createRoute({
  getParentRoute: () => settings,
  path: '/accounts',
  component: lazyRouteComponent(() => import('./settings/accounts.tsx'), 'AccountsScreen'),
});

const tree = root.addChildren([
  home,
  reset,
  join,
  gate.addChildren([signIn, signUp, forgot]),
  signedIn.addChildren([
    frame.addChildren([
      today,
      inbox,
      upcoming,
      all,
      list,
      notifications,
      completed,
      trash,
      settings.addChildren([
        settingsHome,
        profile,
        channels,
        appearance,
        spaces,
        space,
        tags,
        password,
        sessions,
        tokens,
        accounts,
      ]),
    ]),
  ]),
]);

export const createAppRouter = () =>
  createRouter({
    routeTree: tree,
    parseSearch,
    stringifySearch,
    defaultPreload: false,
    defaultErrorComponent: Crash,
    scrollRestoration: false,
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
