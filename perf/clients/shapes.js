'use strict';

// What programs ask of others: names of a name server, and answers of an HTTP server. Both are
// threads of the generator; the place is `DNS_PORT HTTP_PORT`. See files/shapes.js for the form.

const { Resolver, lookup } = require('node:dns').promises;
const http = require('node:http');

const BODY = 'Hello World';

function expect(ok, what) {
  if (!ok) throw new Error(`wrong result: ${what}`);
}

const nothing = async () => {};

function resolving(concurrency) {
  return {
    concurrency,
    async prepare(place) {
      const resolver = new Resolver();
      resolver.setServers([`127.0.0.1:${place.split(' ')[0]}`]);
      return resolver;
    },
    async operation(resolver, index) {
      // Another name each time, so that nobody answers from memory.
      const [address] = await resolver.resolve4(`n${index}.example.org`);
      expect(address === '127.0.0.1', 'an address');
    },
    check: nothing,
  };
}

/** A name that the system knows without a name server. */
function lookingUp(concurrency) {
  return {
    concurrency,
    prepare: nothing,
    async operation() {
      const { address } = await lookup('localhost', { family: 4 });
      expect(address === '127.0.0.1', 'an address');
    },
    check: nothing,
  };
}

const url = (place) => `http://127.0.0.1:${place.split(' ')[1]}/`;

function getting(concurrency) {
  return {
    concurrency,
    async prepare(place) {
      return { url: url(place), agent: new http.Agent({ keepAlive: true, maxSockets: 64 }) };
    },
    operation: (state, index) => new Promise((resolve, reject) => {
      http.get(state.url, { agent: state.agent }, (res) => {
        let body = '';
        res.setEncoding('utf8');
        res.on('data', (text) => { body += text; });
        res.on('end', () => {
          if (body === BODY) resolve();
          else reject(new Error(`wrong result: ${body}`));
        });
      }).on('error', reject);
    }),
    check: async ({ agent }) => agent.destroy(),
  };
}

module.exports = {
  'dns-1': resolving(1),
  'dns-100': resolving(100),
  'lookup-1': lookingUp(1),
  'lookup-16': lookingUp(16),
  'http-get-1': getting(1),
  'http-get-64': getting(64),

  'fetch-16': {
    concurrency: 16,
    prepare: async (place) => url(place),
    async operation(address) {
      expect(await (await fetch(address)).text() === BODY, 'a body');
    },
    check: nothing,
  },
};
