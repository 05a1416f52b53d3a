// The page's script: Prebid.js generates UID2 tokens in the browser, for the email address of a visitor who logs in.
import pbjs from 'prebid.js';
import 'prebid.js/modules/userId';
import 'prebid.js/modules/uid2IdSystem';

const emailKey = 'email';
const byId = (id) => document.getElementById(id);

async function show() {
  await pbjs.getUserIdsAsync();
  byId('eids').textContent = JSON.stringify(pbjs.getUserIdsAsEids());
}

/** Prebid keeps tokens in the browser's storage, and refreshes or generates them when they are due. */
async function offerUid2(email) {
  const { baseUrl, subscriptionId, serverPublicKey } = await (await fetch('/uid2.json')).json();
  const params = { uid2ApiBase: baseUrl, subscriptionId, serverPublicKey, email };
  pbjs.setConfig({ userSync: { userIds: [{ name: 'uid2', params }] } });
  await show();
}

byId('login').addEventListener('submit', (event) => {
  event.preventDefault();
  const email = new FormData(event.target).get('email');
  localStorage.setItem(emailKey, email);
  void offerUid2(email);
});

byId('logout').addEventListener('click', () => {
  localStorage.clear(); // the tokens too
  location.reload();
});

pbjs.processQueue();
pbjs.onEvent('auctionDebug', (event) => {
  if (event.type === 'ERROR') byId('problem').textContent = Array.from(event.arguments, String).join(' ');
});

const email = localStorage.getItem(emailKey);
if (email) void offerUid2(email);
