/** What `uid2-mock inspect` says of a request. */

export { openOperator } from './operator.ts';
export { type Inspection, inspectRequest } from './request.ts';
export { senderOf } from './sender.ts';
