import '@unified-id/euid-sdk';

const sdk = window.__euid;
sdk.init({ baseUrl: 'http://127.0.0.1:8432' });

async function logIn(email) {
  await sdk.setIdentityFromEmail(email, {
    subscriptionId: 'local-cstg',
    serverPublicKey:
      'EUID-X-L-MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXNag95pXO8kUMLbtM77DaJJzuSg1xVhS66Rwzb4DC15NN8ee7fJsbhlYKlD7e+D/WXEhZJOXMXQ6KPWKpI1boQ==',
  });
  return sdk.getAdvertisingToken();
}

window.logIn = logIn;
