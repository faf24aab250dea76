import { Link } from '@tanstack/react-router';
import { words } from '../text/words.ts';
import style from './account.module.css';

export function NotFoundScreen() {
  return (
    <div className={style.missing}>
      <p>{words.errors.notFoundPage}</p>
      <Link to="/today" className={style.link}>
        {words.errors.goToday}
      </Link>
    </div>
  );
}
