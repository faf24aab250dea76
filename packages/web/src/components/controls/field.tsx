import { type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, useId } from 'react';
import style from './field.module.css';

type Described = { label: string; note?: ReactNode; error?: string | null };

type TextFieldProps = Described & Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'id'>;

/** A labelled line of text; what is wrong with it stands below it and is read with it. */
export function TextField({ label, note, error, ...rest }: TextFieldProps) {
  const id = useId();
  const described = error || note ? `${id}-note` : undefined;
  return (
    <div className={style.field}>
      <label htmlFor={id} className={style.label}>
        {label}
      </label>
      <input
        {...rest}
        id={id}
        className={style.input}
        aria-invalid={error ? true : undefined}
        aria-describedby={described}
      />
      {described && (
        <p id={described} className={error ? style.error : style.note}>
          {error || note}
        </p>
      )}
    </div>
  );
}

type SelectFieldProps = Described & Omit<SelectHTMLAttributes<HTMLSelectElement>, 'className' | 'id'>;

export function SelectField({ label, note, error, children, ...rest }: SelectFieldProps) {
  const id = useId();
  const described = error || note ? `${id}-note` : undefined;
  return (
    <div className={style.field}>
      <label htmlFor={id} className={style.label}>
        {label}
      </label>
      <select {...rest} id={id} className={style.select} aria-describedby={described}>
        {children}
      </select>
      {described && (
        <p id={described} className={error ? style.error : style.note}>
          {error || note}
        </p>
      )}
    </div>
  );
}

type CheckFieldProps = { label: ReactNode } & Omit<InputHTMLAttributes<HTMLInputElement>, 'className' | 'type'>;

export function CheckField({ label, ...rest }: CheckFieldProps) {
  return (
    <label className={style.check}>
      <input {...rest} type="checkbox" />
      <span>{label}</span>
    </label>
  );
}

/** A problem with the whole form, said once and read aloud. */
export function FormProblem({ text }: { text: string | null }) {
  return (
    <p role="alert" className={style.error} hidden={!text}>
      {text}
    </p>
  );
}
