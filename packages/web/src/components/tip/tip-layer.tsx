import { useEffect, useRef, useState } from 'react';
import { type CommandId, keyMap } from '../../keys/key-map.ts';
import { KeyHint } from '../controls/key-hint.tsx';
import style from './tip-layer.module.css';

type Tip = { text: string; command: CommandId | null; left: number; top: number; above: boolean };

const delayMs = 500;
/** Right after one tip the next comes at once. */
const warmMs = 400;
const edgePx = 8;

/**
 * One layer for all tips: an element asks for one with `data-tip` and names its command with `data-tip-command`.
 * A tip only shows what the element's accessible name says already, so it is hidden from screen readers.
 */
export function TipLayer() {
  const [tip, setTip] = useState<Tip | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let warmUntil = 0;
    let owner: Element | null = null;

    const hide = (): void => {
      clearTimeout(timer);
      if (owner) warmUntil = Date.now() + warmMs;
      owner = null;
      setTip(null);
    };
    const show = (element: HTMLElement, delay: number): void => {
      clearTimeout(timer);
      owner = element;
      timer = setTimeout(() => {
        if (!element.isConnected) return;
        const command = element.dataset.tipCommand;
        setTip({
          ...placeOf(element),
          text: element.dataset.tip ?? '',
          command: command && command in keyMap ? (command as CommandId) : null,
        });
      }, delay);
    };
    const over = (event: PointerEvent): void => {
      if (event.pointerType !== 'mouse') return;
      const element = (event.target as Element).closest<HTMLElement>('[data-tip]');
      if (element === owner) return;
      hide();
      if (element) show(element, Date.now() < warmUntil ? 60 : delayMs);
    };
    const focus = (event: FocusEvent): void => {
      const element = (event.target as Element).closest<HTMLElement>('[data-tip]');
      hide();
      if (element?.matches(':focus-visible') && !element.matches('input')) show(element, delayMs);
    };
    document.addEventListener('pointerover', over);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('focusin', focus);
    document.addEventListener('keydown', hide);
    document.addEventListener('scroll', hide, true);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('pointerover', over);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('keydown', hide);
      document.removeEventListener('scroll', hide, true);
    };
  }, []);
  if (!tip || tip.text === '') return null;
  const half = (box.current?.offsetWidth ?? 120) / 2;
  const left = Math.min(Math.max(tip.left, half + edgePx), innerWidth - half - edgePx);
  return (
    <div
      ref={box}
      className={style.tip}
      data-above={tip.above || undefined}
      style={{ left, top: tip.top }}
      aria-hidden="true"
    >
      {tip.text} {tip.command && <KeyHint command={tip.command} />}
    </div>
  );
}

function placeOf(element: Element): Pick<Tip, 'left' | 'top' | 'above'> {
  const rect = element.getBoundingClientRect();
  const above = rect.bottom + 44 > innerHeight;
  return { left: rect.left + rect.width / 2, top: above ? rect.top - 6 : rect.bottom + 6, above };
}
