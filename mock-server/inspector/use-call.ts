/** Calls as components use them: read when they are shown, and again after a change. */

import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { call } from './api.ts';
import { messageFrom } from './text.ts';

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly error: string | undefined;
  readonly reload: () => Promise<void>;
}

/**
 * The answer to a GET.
 *
 * @param everyMs how often it is asked for again; 0 for never
 */
export function useCall<T>(path: string, everyMs = 0): Loaded<T> {
  const [state, setState] = useState<{ value?: T; error?: string; path: string }>({ path });
  const wanted = useRef(path);
  wanted.current = path;
  const reload = useCallback(async () => {
    try {
      const value = await call<T>('GET', path);
      if (wanted.current === path) setState({ value, path });
    } catch (error) {
      if (wanted.current === path) setState((former) => ({ ...former, error: messageFrom(error), path }));
    }
  }, [path]);
  useEffect(() => {
    void reload();
    if (everyMs === 0) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) void reload();
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [reload, everyMs]);
  const isSame = state.path === path;
  return { value: isSame ? state.value : undefined, error: isSame ? state.error : undefined, reload };
}

export interface Doing {
  readonly error: string | undefined;
  /** what was done last, for people */
  readonly done: string | undefined;
  readonly isBusy: boolean;
  /** Runs a change; its failure is shown, not thrown. */
  readonly run: (act: () => Promise<unknown>, done?: string) => Promise<boolean>;
}

/** Changes that a user makes: one at a time, with what became of the last one. */
export function useDoing(): Doing {
  const [state, setState] = useState<Pick<Doing, 'error' | 'done' | 'isBusy'>>({
    error: undefined,
    done: undefined,
    isBusy: false,
  });
  const run: Doing['run'] = async (act, done) => {
    setState({ error: undefined, done: undefined, isBusy: true });
    try {
      await act();
      setState({ error: undefined, done, isBusy: false });
      return true;
    } catch (error) {
      setState({ error: messageFrom(error), done: undefined, isBusy: false });
      return false;
    }
  };
  return { ...state, run };
}
