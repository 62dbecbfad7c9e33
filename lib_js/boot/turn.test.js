'use strict';

// Aim: what runs when: nextTicks, microtasks, timers, immediates, I/O and close events, also inside
// callbacks of the kernel and behind exceptions. Method: scripts that log what runs; the expected
// orders are those of Node 24, which passes the same rows.

const assert = require('assert');
const fs = require('fs');
const net = require('net');
const { next, row } = require('../fixtures/rows.test.cjs');

/** Runs `script(log, done)`; the log must be `expect`. */
function order(name, expect, script) {
  row(name, async () => {
    const seen = [];
    await new Promise((done) => script((word) => seen.push(word), done));
    assert.deepStrictEqual(seen, expect.split(' '));
  });
}

/** Calls `run` from a fresh immediate, so that nothing of the row before is about. */
const fresh = (run) => setImmediate(run);

/** Calls `run` from a callback of the kernel. */
const fromIo = (run) => fs.stat(__filename, run);

const SCRIPT = 'sync tick1 tick2 tick3 micro1 micro2 tick4 timeout immediate';

order('one script', SCRIPT, (log, done) => {
  fresh(() => {
    setTimeout(() => log('timeout'), 0);
    process.nextTick(() => {
      log('tick1');
      process.nextTick(() => log('tick3'));
    });
    Promise.resolve().then(() => {
      log('micro1');
      process.nextTick(() => log('tick4'));
    });
    queueMicrotask(() => log('micro2'));
    process.nextTick(() => log('tick2'));
    log('sync');
    const begin = Date.now();
    while (Date.now() - begin < 3); // The timer is due when the next turn begins.
    setImmediate(() => {
      log('immediate');
      done();
    });
  });
});

order('inside I/O: immediates before timers', 'io tick micro immediate timeout', (log, done) => {
  fromIo(() => {
    setTimeout(() => {
      log('timeout');
      done();
    }, 0);
    setImmediate(() => log('immediate'));
    process.nextTick(() => log('tick'));
    Promise.resolve().then(() => log('micro'));
    log('io');
  });
});

order('the same tick again and again', 'a:1 a:2 other a:3 a:4 a:5 micro', (log, done) => {
  const object = {};
  let count = 0;
  const tick = (given) => {
    assert.strictEqual(given, object);
    log(`a:${++count}`);
    if (count === 1) Promise.resolve().then(() => { log('micro'); done(); });
    if (count === 3) process.nextTick(tick, object); // Behind the one that waits.
  };
  fresh(() => {
    process.nextTick(tick, object);
    process.nextTick(tick, object);
    process.nextTick(() => log('other'));
    process.nextTick(tick, object);
    process.nextTick(tick, object);
  });
});

row('the same tick has an id and a context each time', async () => {
  const { AsyncLocalStorage, executionAsyncId } = require('async_hooks');
  const storage = new AsyncLocalStorage();
  const object = {};
  const seen = [];
  const tick = () => seen.push([storage.getStore(), executionAsyncId()]);
  await new Promise((done) => {
    storage.run(1, () => {
      process.nextTick(tick, object);
      process.nextTick(tick, object);
    });
    storage.run(2, () => process.nextTick(tick, object));
    process.nextTick(done);
  });
  assert.deepStrictEqual(seen.map(([store]) => store), [1, 1, 2]);
  assert.strictEqual(new Set(seen.map(([, id]) => id)).size, 3);
});

order('ticks and microtasks run between timers', 'a tick-a micro-a b tick-b', (log, done) => {
  fresh(() => {
    setTimeout(() => {
      log('a');
      process.nextTick(() => log('tick-a'));
      Promise.resolve().then(() => log('micro-a'));
    }, 1);
    setTimeout(() => {
      log('b');
      process.nextTick(() => {
        log('tick-b');
        done();
      });
    }, 1);
  });
});

order('and between immediates; new ones wait a turn', 'i1 tick micro i2 i3', (log, done) => {
  fresh(() => {
    setImmediate(() => {
      log('i1');
      setImmediate(() => {
        log('i3');
        done();
      });
      process.nextTick(() => log('tick'));
      Promise.resolve().then(() => log('micro'));
    });
    setImmediate(() => log('i2'));
  });
});

order('microtasks empty their queue before the next tick', 'm1 m2 m3 t2 m4', (log, done) => {
  process.nextTick(() => {
    queueMicrotask(() => {
      log('m1');
      queueMicrotask(() => {
        log('m2');
        process.nextTick(() => {
          log('t2');
          queueMicrotask(() => {
            log('m4');
            done();
          });
        });
        queueMicrotask(() => log('m3'));
      });
    });
  });
});

order('async functions', 'start a1 b1 sync tick a2 b2 a3', (log, done) => {
  const a = async () => {
    log('a1');
    await null;
    log('a2');
    await null;
    log('a3');
  };
  const b = async () => {
    log('b1');
    await null;
    log('b2');
  };
  fresh(() => {
    log('start');
    process.nextTick(() => log('tick'));
    Promise.all([a(), b()]).then(done);
    log('sync');
  });
});

order('timers in the order they are due', 'one1 one2 five nine', (log, done) => {
  fresh(() => {
    setTimeout(() => { log('nine'); done(); }, 9);
    setTimeout(() => log('five'), 5);
    setTimeout(() => log('one1'), 1);
    setTimeout(() => log('one2'), 0);
    const begin = Date.now();
    while (Date.now() - begin < 15);
  });
});

order('a cleared timer or immediate of the same turn does not run', 'i1 t1 end', (log, done) => {
  fresh(() => {
    const second = [];
    setImmediate(() => {
      log('i1');
      clearImmediate(second[0]);
    });
    second[0] = setImmediate(() => log('never'));
    setTimeout(() => {
      log('t1');
      clearTimeout(second[1]);
      setTimeout(() => {
        log('end');
        done();
      }, 5);
    }, 2);
    second[1] = setTimeout(() => log('never'), 2);
  });
});

order('an interval goes on until cleared', 'i i i', (log, done) => {
  let count = 0;
  const interval = setInterval(() => {
    log('i');
    if (++count === 3) {
      clearInterval(interval);
      done();
    }
  }, 1);
});

row('close events come behind immediates', async () => {
  const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await next(server, 'listening');
  const socket = net.connect(server.address().port, '127.0.0.1');
  await next(socket, 'connect');
  const seen = [];
  await new Promise((done) => {
    fromIo(() => {
      socket.on('close', () => {
        seen.push('close');
        setImmediate(done);
      });
      setImmediate(() => seen.push('immediate'));
      process.nextTick(() => seen.push('tick'));
      socket.destroy();
      seen.push('sync');
    });
  });
  assert.deepStrictEqual(seen, ['sync', 'tick', 'immediate', 'close']);
  server.close();
  await next(server, 'close');
});

// --- Exceptions

/** As order(), while `catcher` takes what is thrown. */
function orderWithErrors(name, expect, script) {
  order(name, expect, (log, done) => {
    const catcher = (error, origin) => log(`${error.message}:${origin}`);
    process.on('uncaughtException', catcher);
    script(log, () => {
      process.removeListener('uncaughtException', catcher);
      done();
    });
  });
}

const U = 'uncaughtException';

orderWithErrors('nextTicks behind one that throws',
                `micro t1 bad:${U} t3`, (log, done) => {
                  process.nextTick(() => log('t1'));
                  process.nextTick(() => { throw new Error('bad'); });
                  process.nextTick(() => log('t3'));
                  Promise.resolve().then(() => log('micro'));
                  setImmediate(done);
                });

// Where nextTicks of the one that throws run is not asserted: Node runs them behind the others, we
// do not yet.
orderWithErrors('immediates behind one that throws', `i1 bad:${U} i3`, (log, done) => {
  setImmediate(() => log('i1'));
  setImmediate(() => { throw new Error('bad'); });
  setImmediate(() => log('i3'));
  setImmediate(() => setImmediate(done));
});

orderWithErrors('timers behind one that throws', `t1 bad:${U} t3`, (log, done) => {
  fresh(() => {
    setTimeout(() => log('t1'), 1);
    setTimeout(() => { throw new Error('bad'); }, 1);
    setTimeout(() => {
      log('t3');
      done();
    }, 1);
  });
});

orderWithErrors('callbacks of I/O behind one that throws', `a:${U} b:${U} end`, (log, done) => {
  let left = 2;
  const end = () => {
    if (--left === 0) setImmediate(() => { log('end'); done(); });
  };
  fs.stat(__filename, () => {
    end();
    throw new Error('a');
  });
  fs.stat(__filename, () => {
    end();
    throw new Error('b');
  });
});

orderWithErrors('the same tick, of which one throws', `a:1 bad:${U} a:3 end`, (log, done) => {
  const object = {};
  let count = 0;
  const tick = () => {
    if (++count === 2) throw new Error('bad');
    log(`a:${count}`);
  };
  for (let i = 0; i < 3; i++) process.nextTick(tick, object);
  process.nextTick(() => { log('end'); done(); });
});

orderWithErrors('a queueMicrotask that throws', `m1 bad:${U} m3`, (log, done) => {
  queueMicrotask(() => log('m1'));
  queueMicrotask(() => { throw new Error('bad'); });
  queueMicrotask(() => log('m3'));
  setImmediate(done);
});

const LOST = 'sync tick lost:unhandledRejection';

orderWithErrors('a rejection that nobody handles', LOST, (log, done) => {
  Promise.reject(new Error('lost'));
  const kept = Promise.reject(new Error('kept'));
  process.nextTick(() => {
    log('tick');
    kept.catch(() => {}); // In time.
  });
  log('sync');
  setImmediate(() => setImmediate(done));
});

orderWithErrors('events of a socket behind a listener that throws', `bad:${U} end close`,
                (log, done) => {
                  const server = net.createServer((socket) => socket.end('x'));
                  server.listen(0, '127.0.0.1', () => {
                    const socket = net.connect(server.address().port, '127.0.0.1');
                    socket.on('data', () => { throw new Error('bad'); });
                    socket.on('end', () => log('end'));
                    socket.on('close', () => {
                      log('close');
                      server.close(done);
                    });
                  });
                });

row('unhandledRejection and rejectionHandled', async () => {
  const seen = [];
  const unhandled = (reason, promise) => seen.push(['unhandled', reason, promise]);
  const handled = (promise) => seen.push(['handled', promise]);
  process.on('unhandledRejection', unhandled).on('rejectionHandled', handled);
  const promise = Promise.reject(7);
  await new Promise(setImmediate);
  promise.catch(() => {});
  await new Promise(setImmediate);
  process.off('unhandledRejection', unhandled).off('rejectionHandled', handled);
  assert.deepStrictEqual(seen, [['unhandled', 7, promise], ['handled', promise]]);
});

row('beforeExit may give the loop more to do', async () => {
  // What ends the program is looked at when everything else is over; exit code 1 if it is not run.
  let rounds = 0;
  process.on('beforeExit', () => {
    if (++rounds === 1) setImmediate(() => {});
  });
  process.on('exit', () => { if (rounds !== 2) process.exitCode = 1; });
});
