/** What a control call is: its place under `/__admin`, its schemas, and what it does. */

import type { z } from 'zod';
import type { Deployment } from '../../operator/deployment.ts';
import type { Making } from '../../operator/world/change.ts';
import type { ReadWorld } from '../../operator/world/read.ts';
import type { World } from '../../operator/world/schema.ts';
import { type ControlCode, checked } from './control-error.ts';
import type { Journals } from '../../operator/journal/journals.ts';
import type { State, States } from '../../operator/state/state.ts';

/** What a change makes of the present world, and what the call that made it gives. */
interface ChangedWorld<T> {
  readonly world: World;
  readonly result: T;
}

/** Changes to the present world. They are made one after the other. */
export interface WorldChanges {
  /** The world of JSON in the format of a world file, or its problems, a line each. */
  read(source: unknown): Promise<ReadWorld>;
  /**
   * Replaces the present world by what a function makes of it.
   *
   * @throws ControlError when the options of the operator do not fit the world; what `make` throws; StoreAway
   */
  change<T>(make: (present: World, making: Making) => Promise<ChangedWorld<T>> | ChangedWorld<T>): Promise<T>;
}

/** The parts of an operator that control calls read and change. */
export interface Controlled {
  readonly states: States;
  readonly deployment: () => Deployment;
  /** undefined when there is no journal */
  readonly journals: Journals | undefined;
  readonly worlds: WorldChanges;
}

/** What a call works with. */
export interface Context extends Controlled {
  /** of the test id that the call names, or the common one */
  readonly state: State;
  /** Calls a function when the caller is gone. Returns what cancels that. Absent for a caller in this process. */
  readonly whenGone?: WhenGone;
}

export type WhenGone = (act: () => void) => () => void;

export interface CallSchemas {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** absent where the call takes none */
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
}

type Read<S> = S extends z.ZodType ? z.output<S> : undefined;

/** The checked input of a call. */
interface Input<S extends CallSchemas> {
  readonly params: Read<S['params']>;
  readonly query: Read<S['query']>;
  readonly body: Read<S['body']>;
}

/** Bytes of a body. One of this length is read and checked without holding up other requests for long. */
export const LONGEST_BODY = 2_097_152;

export interface Call<S extends CallSchemas = CallSchemas> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** behind `/__admin`, such as `/faults/:id` */
  readonly path: string;
  /** for the OpenAPI document */
  readonly summary: string;
  /** causes of refusal beside those that every call has, for the OpenAPI document */
  readonly refuses?: readonly ControlCode[];
  /** the body is a stream of lines, which `run` reads as they come */
  readonly takesLines?: boolean;
  /** the longest body in bytes; `LONGEST_BODY` if absent */
  readonly longest?: number;
  readonly schemas: S;
  /** @throws ControlError, StoreAway */
  run(context: Context, input: Input<S>): Promise<z.output<S['answer']>> | z.output<S['answer']>;
}

/** What a caller gives to a call, unchecked. */
export interface Given {
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/**
 * The input of a call after its schemas.
 *
 * @throws ControlError `invalid`
 */
export function inputOf<S extends CallSchemas>({ schemas }: Call<S>, given: Given): Input<S> {
  const { params, query, body } = schemas;
  return {
    params: params && checked(params, given.params ?? {}, 'path'),
    query: query && checked(query, given.query ?? {}, 'query'),
    body: body && checked(body, given.body, 'body'),
  } as Input<S>;
}

/** Gives a call its types. */
export const call = <S extends CallSchemas>(one: Call<S>): Call<S> => one;

/** What comes through a stream: an event, or that events were dropped before they were read. */
export type Streamed<T> = { readonly id: string; readonly data: T } | { readonly gap: true };

export interface Stream<T> {
  /** The next event; undefined at the end. Must not be called again before it resolves. */
  next(): Promise<Streamed<T> | undefined>;
  stop(): void;
}

/** A stream in the process of its events. */
export interface OpenedStream<T> extends Stream<T> {
  /** the id of the event before the first one */
  readonly lastId: string;
}

export interface StreamSchemas {
  readonly query: z.ZodObject;
  readonly event: z.ZodType;
}

/** The checked input of a stream. */
interface StreamInput<S extends StreamSchemas> {
  readonly query: z.output<S['query']>;
}

/** A call that answers with server-sent events. */
export interface StreamCall<S extends StreamSchemas = StreamSchemas> {
  readonly method: 'GET';
  readonly path: string;
  readonly summary: string;
  readonly refuses?: readonly ControlCode[];
  readonly schemas: S;
  /** name of its events */
  readonly event: string;
  /** @throws ControlError */
  open(context: Context, input: StreamInput<S>): OpenedStream<z.output<S['event']>>;
}

/**
 * The input of a stream after its schema.
 *
 * @throws ControlError `invalid`
 */
export const streamInputOf = <S extends StreamSchemas>(
  { schemas }: StreamCall<S>,
  { query }: Given,
): StreamInput<S> => ({ query: checked(schemas.query, query ?? {}, 'query') }) as StreamInput<S>;

/** Gives a stream its types. */
export const streamCall = <S extends StreamSchemas>(one: StreamCall<S>): StreamCall<S> => one;
