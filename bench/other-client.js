// Another client of a busy server. It sends a request every few ms until it gets a message, then reports its longest
// wait in ms.
// node other-client.js URL
import http from 'node:http';

const [url] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });
const waits = [];

const ask = () =>
  new Promise((resolve, reject) => {
    const start = performance.now();
    http
      .get(url, { agent }, (answer) => {
        answer.resume().on('end', () => resolve(waits.push(performance.now() - start)));
      })
      .on('error', reject);
  });

let stopped = false;
process.on('message', () => (stopped = true));
process.send('ready');
while (!stopped) {
  await ask();
  await new Promise((resolve) => setTimeout(resolve, 3));
}
agent.destroy();
process.send({ longestMs: Math.max(0, ...waits), asked: waits.length }, () => process.disconnect());
