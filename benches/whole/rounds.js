'use strict';
// One round of the shape that argv[2] names in each turn of the loop, for ever. benches/text.rs and
// benches/timers.rs say what a round is.
const TIMES = 64;
const ASCII = 'GET /items?page=2 HTTP/1.1 and so on ';
const plain = ASCII.repeat(28).slice(0, 1024);
const mixed = 'aé日𝒳 grün und naïve '.repeat(64).slice(0, 1024);
const plainBytes = Buffer.from(plain);
const mixedBytes = Buffer.from(mixed);
const room = Buffer.alloc(8192);
const decoder = new TextDecoder();
const encoder = new TextEncoder();
const nothing = () => {};
let kept;

const shapes = {
  'empty turn'() {},
  'write latin1 1 KiB': () => room.latin1Write(plain, 0),
  'write utf8 1 KiB of ASCII': () => room.utf8Write(plain, 0),
  'write utf8 1 Ki of many scripts': () => room.utf8Write(mixed, 0),
  'toString utf8 1 KiB of ASCII': () => plainBytes.utf8Slice(0, plainBytes.length),
  'toString utf8 1 Ki of many scripts': () => mixedBytes.utf8Slice(0, mixedBytes.length),
  'toString latin1 1 KiB': () => plainBytes.latin1Slice(0, plainBytes.length),
  'toString base64 1 KiB': () => plainBytes.base64Slice(0, plainBytes.length),
  'toString hex 1 KiB': () => plainBytes.hexSlice(0, plainBytes.length),
  'byteLength of many scripts': () => Buffer.byteLength(mixed),
  'TextDecoder 1 KiB of ASCII': () => decoder.decode(plainBytes),
  'TextEncoder 1 KiB of ASCII': () => encoder.encodeInto(plain, room),
  'setTimeout and clearTimeout': () => clearTimeout(setTimeout(nothing, 1000)),
  'setImmediate': () => setImmediate(nothing),
  'nextTick': () => process.nextTick(nothing),
  'queueMicrotask': () => queueMicrotask(nothing),
  'refresh': () => long.refresh(),
};
const long = setTimeout(nothing, 1e9);

const shape = shapes[process.argv[2]];
if (shape === undefined) throw new Error(`no shape ${process.argv[2]}`);

function round() {
  for (let time = 0; time < TIMES; time++) kept = shape();
  setImmediate(round);
}
setImmediate(round);
exports.kept = () => kept;
