// The script of a publisher's page: Prebid.js with its user id module and UID2, and what the tests ask it.
import pbjs from 'prebid.js';
import 'prebid.js/modules/userId';
import 'prebid.js/modules/uid2IdSystem';

const problems = [];

pbjs.processQueue();
pbjs.onEvent('auctionDebug', (event) => {
  if (event.type === 'ERROR') problems.push(Array.from(event.arguments, String).join(' '));
});

window.publisherPage = {
  /** Configures UID2 as a publisher does and asks for the ids, as an auction would. */
  configure(params) {
    pbjs.setConfig({ userSync: { userIds: [{ name: 'uid2', params }] } });
    pbjs.getUserIdsAsync();
  },
  /** Resolves when every id is known, or known to be unavailable. */
  async settled() {
    await pbjs.getUserIdsAsync();
  },
  /** What bidders get now, and the errors that Prebid reported so far. */
  state() {
    return { uid2: pbjs.getUserIds().uid2 ?? null, eids: pbjs.getUserIdsAsEids(), problems };
  },
};
