import { useState } from 'react';
import { SelectField } from '../../components/controls/field.tsx';
import { chooseSignMode, type SignMode, signMode } from '../../quick-add/sign-mode.ts';
import { words } from '../../text/words.ts';
import style from './settings.module.css';
import { SettingsPage } from './settings-frame.tsx';

type Theme = 'system' | 'light' | 'dark';
const themes: Theme[] = ['system', 'light', 'dark'];
/** Also read by public/theme.js before the first paint. */
const storageKey = 'daymark.theme';

function choose(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, theme);
  } catch {
    // Without storage the choice holds until the page is left.
  }
}

export function AppearanceScreen() {
  const [theme, setTheme] = useState<Theme>((document.documentElement.dataset.theme as Theme | undefined) ?? 'system');
  return (
    <SettingsPage title={words.settings.appearance} note={words.settings.appearanceNote}>
      <div className={style.themes} role="radiogroup" aria-label={words.settings.appearance}>
        {themes.map((one) => (
          <label key={one} className={style.theme}>
            <input
              type="radio"
              name="theme"
              value={one}
              checked={theme === one}
              onChange={() => {
                setTheme(one);
                choose(one);
              }}
            />
            <span className={style.sample} data-theme={one} aria-hidden="true">
              <i />
              <i />
              <i />
            </span>
            {words.settings[one]}
          </label>
        ))}
      </div>
      <SignChoice />
    </SettingsPage>
  );
}

function SignChoice() {
  const [mode, setMode] = useState<SignMode>(signMode);
  return (
    <div className={style.form}>
      <SelectField
        label={words.understood.signs}
        value={mode}
        onChange={(event) => {
          const next = event.target.value as SignMode;
          setMode(next);
          chooseSignMode(next);
        }}
      >
        <option value="todoist">{words.understood.todoist}</option>
        <option value="vikunja">{words.understood.vikunja}</option>
      </SelectField>
    </div>
  );
}
