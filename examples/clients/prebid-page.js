import pbjs from 'prebid.js';
import 'prebid.js/modules/userId';
import 'prebid.js/modules/uid2IdSystem';

pbjs.processQueue();

async function logIn(email) {
  const params = {
    uid2ApiBase: 'http://127.0.0.1:8432',
    subscriptionId: 'local-cstg',
    serverPublicKey:
      'UID2-X-L-MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnof8sSa0b50RHbcxpN8p3lkwKovegszs1cRS/MG3uG+x2nlHZva4vsQHWLSr0DOKkK//vrDFjkhiKo2jHUZ27Q==',
    email,
  };
  pbjs.setConfig({ userSync: { userIds: [{ name: 'uid2', params }] } });
  await pbjs.getUserIdsAsync();
  return pbjs.getUserIdsAsEids()[0]?.uids[0].id;
}

window.logIn = logIn;
