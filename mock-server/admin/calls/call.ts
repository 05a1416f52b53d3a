/** What a control call is: its place under `/__admin`, its schemas, and what it does. */

import type { z } from 'zod';
import type { Deployment } from '../../operator/deployment.ts';
import { checked } from './control-error.ts';
import type { State, States } from '../../operator/state/state.ts';

/** The operator that calls control. */
export interface Controlled {
  readonly states: States;
  readonly deployment: () => Deployment;
}

/** What a call works with. */
export interface Context extends Controlled {
  /** of the test id that the call names, or the common one */
  readonly state: State;
}

export interface CallSchemas {
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** absent where the call takes none */
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
}

type Read<S> = S extends z.ZodType ? z.output<S> : undefined;

/** The checked input of a call. */
export interface Input<S extends CallSchemas> {
  readonly params: Read<S['params']>;
  readonly query: Read<S['query']>;
  readonly body: Read<S['body']>;
}

export interface Call<S extends CallSchemas = CallSchemas> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** behind `/__admin`, such as `/faults/:id` */
  readonly path: string;
  /** for the OpenAPI document */
  readonly summary: string;
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

/** @throws ControlError `invalid` */
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
