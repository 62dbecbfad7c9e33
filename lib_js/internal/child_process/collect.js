'use strict';

// execFile(): a child whose output is collected and given to a callback at its end.

const {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  FunctionPrototypeCall,
  StringPrototypeSlice,
} = primordials;

const { Buffer } = require('buffer');
const {
  genericNodeError,
  codes: { ERR_CHILD_PROCESS_STDIO_MAXBUFFER },
} = require('internal/errors');
const { getSystemErrorName } = require('internal/util');
const { clearTimeout, setTimeout } = require('internal/timers');

/** What one stream of the child says, up to a limit. */
class Output {
  constructor(stream, name, encoding, bytesMax, onTooMuch) {
    this.stream = stream;
    this.encoding = encoding;
    this.chunks = [];
    this.bytesCount = 0;
    if (!stream) return;
    if (encoding) stream.setEncoding(encoding);
    stream.on('data', (chunk) => {
      if (bytesMax === Infinity) {
        ArrayPrototypePush(this.chunks, chunk);
        return;
      }
      const textEncoding = stream.readableEncoding;
      const length = textEncoding ? Buffer.byteLength(chunk, textEncoding) : chunk.length;
      const room = bytesMax - this.bytesCount;
      this.bytesCount += length;
      if (this.bytesCount <= bytesMax) {
        ArrayPrototypePush(this.chunks, chunk);
        return;
      }
      const kept = textEncoding ? StringPrototypeSlice(chunk, 0, room) : chunk.slice(0, room);
      ArrayPrototypePush(this.chunks, kept);
      onTooMuch(new ERR_CHILD_PROCESS_STDIO_MAXBUFFER(name));
    });
  }

  take() {
    const isText = this.encoding || this.stream?.readableEncoding;
    return isText ? ArrayPrototypeJoin(this.chunks, '') : Buffer.concat(this.chunks);
  }

  stop() {
    this.stream?.destroy();
  }
}

/** `callback(error, stdout, stderr)` at the end of `child`; undefined is allowed. */
function collectOutput(child, file, args, options, callback) {
  const encoding = options.encoding !== 'buffer' && Buffer.isEncoding(options.encoding) ?
    options.encoding : null;
  let error = null;
  let isKilled = false;
  let isOver = false;
  let timer = null;

  const onTooMuch = (reason) => {
    error = reason;
    kill();
  };
  const stdout = new Output(child.stdout, 'stdout', encoding, options.maxBuffer, onTooMuch);
  const stderr = new Output(child.stderr, 'stderr', encoding, options.maxBuffer, onTooMuch);

  function onEnd(code, signal) {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    if (!callback) return;
    const [out, err] = [stdout.take(), stderr.take()];
    if (!error && code === 0 && signal === null) {
      callback(null, out, err);
      return;
    }
    const command = args?.length ? `${file} ${ArrayPrototypeJoin(args, ' ')}` : file;
    error ??= genericNodeError(`Command failed: ${command}\n${err}`, {
      code: code < 0 ? getSystemErrorName(code) : code,
      killed: child.killed || isKilled,
      signal,
    });
    error.cmd = command;
    callback(error, out, err);
  }

  function kill() {
    stdout.stop();
    stderr.stop();
    isKilled = true;
    try {
      child.kill(options.killSignal);
    } catch (reason) {
      error = reason;
      onEnd();
    }
  }

  if (options.timeout > 0) timer = setTimeout(kill, options.timeout);
  FunctionPrototypeCall(child.addListener, child, 'close', onEnd);
  FunctionPrototypeCall(child.addListener, child, 'error', (reason) => {
    error = reason;
    stdout.stop();
    stderr.stop();
    onEnd();
  });
}

module.exports = { collectOutput };
