import type { ButtonHTMLAttributes, ReactNode } from 'react';
import type { CommandId } from '../../keys/key-map.ts';
import style from './button.module.css';

type ButtonKind = 'plain' | 'primary' | 'quiet' | 'danger';

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> & { kind?: ButtonKind; small?: boolean };

export function Button({ kind = 'plain', small = false, type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} className={style.button} data-kind={kind} data-small={small || undefined} />;
}

type IconButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'aria-label'> & {
  label: string;
  command?: CommandId | undefined;
  children: ReactNode;
};

/** A button that shows only a sign; its name is read aloud and shown by the tooltip with its key. */
export function IconButton({ label, command, children, type = 'button', ...rest }: IconButtonProps) {
  return (
    <button {...rest} type={type} className={style.icon} aria-label={label} data-tip={label} data-tip-command={command}>
      {children}
    </button>
  );
}
