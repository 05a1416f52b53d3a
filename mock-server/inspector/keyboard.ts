/** Keys that act anywhere on the page, except while a text is typed. */

import { useEffect, useRef } from 'preact/hooks';
import { KeptStore } from './store.ts';

export type Command = () => void;

/** 'off' for users whose speech input or switches press keys by themselves. */
export const shortcuts = new KeptStore('uid2-mock-shortcuts', 'on');

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

/** Whether a key has a use of its own where it was pressed. */
const isTaken = (key: string, target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  ((key === 'Enter' && /^(?:BUTTON|A|SUMMARY)$/.test(target.tagName)) ||
    (key.startsWith('Arrow') && target.closest('[role=tablist], .detail, pre') !== null));

function commandOf(event: KeyboardEvent, commands: Readonly<Record<string, Command>>): Command | undefined {
  const { key, target, ctrlKey, metaKey, altKey, defaultPrevented } = event;
  if (ctrlKey || metaKey || altKey || defaultPrevented) return undefined;
  if (document.querySelector('dialog[open]') !== null) return undefined;
  if (key.length === 1 && shortcuts.get() === 'off') return undefined;
  if (isTyping(target) && key !== 'Escape') return undefined;
  return isTaken(key, target) ? undefined : commands[key];
}

/** Runs commands by key while the component is shown. Escape in a field leaves the field first. */
export function useCommands(commands: Readonly<Record<string, Command>>): void {
  const present = useRef(commands);
  present.current = commands;
  useEffect(() => {
    const act = (event: KeyboardEvent): void => {
      const command = commandOf(event, present.current);
      if (command === undefined) return;
      event.preventDefault();
      if (event.key === 'Escape' && isTyping(event.target)) (event.target as HTMLElement).blur();
      else command();
    };
    document.addEventListener('keydown', act);
    return () => {
      document.removeEventListener('keydown', act);
    };
  }, []);
}
