/**
 * Every rule of the HTTP layer in one table, like those of the operator (`operator/rules.ts`). The server calls rules
 * through it, so that the composition root can replace one.
 */

import type { Deployment } from '../operator/deployment.ts';
import { authenticate, echoedHeaders } from './auth.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { answerArrival, answerCors, answerUnrouted } from './gate.ts';
import { isBrokenPath, normalizePath } from './paths.ts';
import { isBrokenQuery, parseQuery } from './query.ts';
import { type Replies, repliesOf } from './replies.ts';
import type { Answer, Route } from './route.ts';
import { routesOf } from './routes.ts';

export interface HttpRules {
  readonly routes: readonly Route[];
  readonly replies: Replies;
  readonly authenticate: typeof authenticate;
  readonly echoedHeaders: typeof echoedHeaders;
  readonly corsHeaders: typeof corsHeaders;
  readonly preflightHeaders: typeof preflightHeaders;
  readonly answerArrival: typeof answerArrival;
  readonly answerCors: typeof answerCors;
  readonly answerUnrouted: typeof answerUnrouted;
  readonly isBrokenPath: typeof isBrokenPath;
  readonly isBrokenQuery: typeof isBrokenQuery;
  readonly normalizePath: typeof normalizePath;
  readonly parseQuery: typeof parseQuery;
  /** changes an answer just before it is sent */
  readonly finish: (answer: Answer, route: Route | undefined) => Answer;
}

export function honestHttpRules(deployment: Deployment): HttpRules {
  return {
    routes: routesOf(deployment),
    replies: repliesOf(deployment),
    authenticate,
    echoedHeaders,
    corsHeaders,
    preflightHeaders,
    answerArrival,
    answerCors,
    answerUnrouted,
    isBrokenPath,
    isBrokenQuery,
    normalizePath,
    parseQuery,
    finish: (answer) => answer,
  };
}
