// What the publisher keeps of a visitor who has logged in, and when it asks the operator.
import { Uid2Error } from './uid2.js';

/** The operator will not take this refresh token again. */
const isRefused = (error) => error instanceof Uid2Error && error.httpStatus < 500 && error.httpStatus !== 429;

export class Visitor {
  email;
  hasOptedOut = false;
  #identity;
  #renewal;

  constructor(email) {
    this.email = email;
  }

  /**
   * The advertising token of the page that is being made, or undefined: the visitor has opted out, or the operator does
   * not answer. The page works without it.
   *
   * @param now Unix ms
   */
  async advertisingToken(uid2, now, log) {
    if (!this.hasOptedOut && now >= (this.#identity?.refresh_from ?? 0)) {
      // pages that are loaded at once share one request
      this.#renewal ??= this.#renew(uid2, now).finally(() => (this.#renewal = undefined));
      await this.#renewal.catch((error) => log.warn(`UID2: ${error.message}`));
    }
    const identity = this.#identity;
    return identity && now < identity.identity_expires ? identity.advertising_token : undefined;
  }

  async #renew(uid2, now) {
    const { status, body } = await this.#ask(uid2, now);
    this.hasOptedOut = status === 'optout';
    this.#identity = body; // none after an opt-out
  }

  /** Refreshes while that is possible, else generates. */
  async #ask(uid2, now) {
    if (this.#identity && now < this.#identity.refresh_expires) {
      try {
        return await uid2.refresh(this.#identity);
      } catch (error) {
        if (!isRefused(error)) throw error;
      }
    }
    return uid2.generate(this.email);
  }
}
