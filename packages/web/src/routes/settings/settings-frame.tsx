import { Link, Outlet } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { useMe } from '../../app/daymark-context.ts';
import { words } from '../../text/words.ts';
import style from './settings.module.css';

const pages = [
  { to: '/settings/profile', label: words.settings.profile },
  { to: '/settings/notifications', label: words.channels.page },
  { to: '/settings/appearance', label: words.settings.appearance },
  { to: '/settings/spaces', label: words.settings.spaces },
  { to: '/settings/tags', label: words.settings.tagsPage },
  { to: '/settings/password', label: words.settings.password },
  { to: '/settings/sessions', label: words.settings.sessions },
  { to: '/settings/tokens', label: words.settings.tokens },
] as const;

/** The settings: their pages on one line, the open one below. */
export function SettingsFrame() {
  const me = useMe();
  const all = me.is_administrator
    ? [...pages, { to: '/settings/accounts', label: words.settings.accounts } as const]
    : pages;
  return (
    <div className={style.frame}>
      <h1 className={style.title}>{words.places.settings}</h1>
      <nav className={style.tabs} aria-label={words.places.settings}>
        {all.map((page) => (
          <Link key={page.to} to={page.to} className={style.tab}>
            {page.label}
          </Link>
        ))}
      </nav>
      <Outlet />
    </div>
  );
}

/** One page of the settings. */
export function SettingsPage({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title]);
  return (
    <section className={style.section}>
      <h2 className={style.heading} dir="auto">
        {title}
      </h2>
      {note && <p className={style.note}>{note}</p>}
      {children}
    </section>
  );
}
