'use strict';

// stream.pipeline(): a chain of streams, iterables and functions, of which all are destroyed when
// one fails, and whose callback is called once, when all of them have ended.

const { ArrayIsArray, Promise, ReflectApply, SymbolAsyncIterator, SymbolDispose } = primordials;

const { eos } = require('internal/streams/end-of-stream');
const destroyImpl = require('internal/streams/destroy');
const Duplex = require('internal/streams/duplex');
const {
  AbortError,
  aggregateTwoErrors,
  codes: {
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_RETURN_VALUE,
    ERR_MISSING_ARGS,
    ERR_STREAM_DESTROYED,
    ERR_STREAM_PREMATURE_CLOSE,
    ERR_STREAM_UNABLE_TO_PIPE,
  },
} = require('internal/errors');
const { validateFunction, validateAbortSignal } = require('internal/validators');
const { addAbortListener } = require('internal/events/abort_listener');
const {
  isIterable,
  isReadable,
  isReadableNodeStream,
  isNodeStream,
  isTransformStream,
  isWebStream,
  isReadableStream,
  isReadableFinished,
} = require('internal/streams/utils');

const SOURCES = ['Readable', 'Iterable', 'AsyncIterable', 'ReadableStream', 'TransformStream'];

function pipeline(...streams) {
  const callback = streams[streams.length - 1];
  validateFunction(callback, 'streams[stream.length - 1]');
  streams.pop();
  return pipelineImpl(streams, callback);
}

function pipelineImpl(streams, callback, opts) {
  if (streams.length === 1 && ArrayIsArray(streams[0])) streams = streams[0];
  if (streams.length < 2) throw new ERR_MISSING_ARGS('streams');
  const outerSignal = opts?.signal;
  validateAbortSignal(outerSignal, 'options.signal');

  const run = new Run(callback, outerSignal);
  let result;
  for (let i = 0; i < streams.length; i++) {
    const stage = new Stage(streams, i, opts?.end !== false);
    if (isNodeStream(stage.stream)) run.watch(stage);
    if (i === 0) result = openSource(run, stage.stream);
    else if (typeof stage.stream === 'function') result = callFunction(run, stage, result);
    else if (isNodeStream(stage.stream)) result = feedNode(run, stage, result);
    else if (isWebStream(stage.stream)) result = feedWeb(run, stage, result);
    else result = Duplex.from(stage.stream);
  }
  // Whatever was hooked up after the end came is destroyed too.
  if (run.stopped || outerSignal?.aborted) process.nextTick(() => run.abort());
  return result;
}

// One member of the chain, and its place.
class Stage {
  constructor(streams, index, endLast) {
    this.stream = streams[index];
    this.index = index;
    this.isLast = index === streams.length - 1;
    this.reading = !this.isLast;
    this.writing = index > 0;
    this.next = this.isLast ? null : streams[index + 1];
    this.end = this.reading || endLast; // Ends the stream when its source ends.
  }
}

// What all members share: who is still busy, what went wrong, and how to stop everything.
class Run {
  constructor(callback, outerSignal) {
    this.callback = callback;
    this.outerSignal = outerSignal;
    this.controller = undefined;
    this.error = undefined;
    this.value = undefined;
    this.busyCount = 0;
    this.stopped = false;
    this.destroys = [];
    this.lastCleanUps = []; // For a last stream that is read on by the program.
    this.listening = outerSignal ? addAbortListener(outerSignal, () => this.abort()) : undefined;
    // One part of the chain is done.
    this.finish = (error) => this.settle(error, --this.busyCount === 0);
  }

  // For functions of the chain. Made only if there are any.
  get signal() {
    if (this.controller === undefined) {
      const { AbortController } = require('internal/abort_controller');
      this.controller = new AbortController();
      if (this.stopped) this.controller.abort();
    }
    return this.controller.signal;
  }

  abort() {
    this.settle(new AbortError(undefined, { cause: this.outerSignal?.reason }), false);
  }

  settle(error, isFinal) {
    // The first error counts, unless it was only the echo of one still to come.
    const former = this.error;
    if (error && (!former || former.code === 'ERR_STREAM_PREMATURE_CLOSE' ||
        former.name === 'AbortError')) {
      this.error = error;
    }
    if (!this.error && !isFinal) return;
    this.stopped = true;
    while (this.destroys.length > 0) this.destroys.shift()(this.error);
    this.listening?.[SymbolDispose]();
    this.controller?.abort();
    if (!isFinal) return;
    if (!this.error) {
      for (const cleanUp of this.lastCleanUps) cleanUp();
    }
    process.nextTick(this.callback, this.error, this.value);
  }

  watch(stage) {
    const { stream, next } = stage;
    if (next !== null && (next?.closed || next?.destroyed)) throw new ERR_STREAM_UNABLE_TO_PIPE();
    const isOpenEnd = stage.isLast && isReadable(stream);
    if (stage.end) {
      const cleanUp = this.destroyLater(stream, stage.reading, stage.writing);
      if (isOpenEnd) this.lastCleanUps.push(cleanUp);
    }
    // The stream may die without our noticing, as long as it does not say why.
    const onerror = (error) => {
      if (error && error.name !== 'AbortError' && error.code !== 'ERR_STREAM_PREMATURE_CLOSE') {
        this.settle(error, false);
      }
    };
    stream.on('error', onerror);
    if (isOpenEnd) this.lastCleanUps.push(() => stream.removeListener('error', onerror));
  }

  // Destroys the stream when the run stops, unless it has ended by itself.
  destroyLater(stream, reading, writing) {
    let over = false;
    stream.on('close', () => { over = true; });
    const cleanUp = eos(stream, { readable: reading, writable: writing }, (error) => {
      over = !error;
    });
    this.destroys.push((error) => {
      if (over) return;
      over = true;
      destroyImpl.destroyer(stream, error || new ERR_STREAM_DESTROYED('pipe'));
    });
    return cleanUp;
  }
}

// ---- the kinds of members

function openSource(run, source) {
  if (typeof source === 'function') {
    const result = source({ signal: run.signal });
    if (!isIterable(result)) {
      throw new ERR_INVALID_RETURN_VALUE('Iterable, AsyncIterable or Stream', 'source', result);
    }
    return result;
  }
  if (isIterable(source) || isReadableNodeStream(source) || isTransformStream(source)) {
    return source;
  }
  return Duplex.from(source);
}

function toAsyncIterable(value) {
  if (isIterable(value)) return value;
  if (isReadableNodeStream(value)) return iterateReadable(value);
  throw new ERR_INVALID_ARG_TYPE('val', ['Readable', 'Iterable', 'AsyncIterable'], value);
}

async function* iterateReadable(readable) {
  const Readable = require('internal/streams/readable');
  yield* ReflectApply(Readable.prototype[SymbolAsyncIterator], readable, []);
}

function callFunction(run, stage, source) {
  const input = toAsyncIterable(isTransformStream(source) ? source.readable : source);
  const result = stage.stream(input, { signal: run.signal });
  if (stage.reading) {
    if (!isIterable(result, true)) {
      throw new ERR_INVALID_RETURN_VALUE('AsyncIterable', `transform[${stage.index - 1}]`, result);
    }
    return result;
  }

  // The last function's result is offered as a stream.
  const PassThrough = require('internal/streams/passthrough');
  const output = new PassThrough({ objectMode: true });
  const then = result?.then;
  if (typeof then === 'function') {
    run.busyCount++;
    ReflectApply(then, result, [(value) => {
      run.value = value;
      if (value != null) output.write(value);
      if (stage.end) output.end();
      process.nextTick(run.finish);
    }, (error) => {
      output.destroy(error);
      process.nextTick(run.finish, error);
    }]);
  } else if (isIterable(result, true)) {
    run.busyCount++;
    pumpToNode(result, output, run.finish, stage.end);
  } else if (isReadableStream(result) || isTransformStream(result)) {
    run.busyCount++;
    pumpToNode(result.readable || result, output, run.finish, stage.end);
  } else {
    throw new ERR_INVALID_RETURN_VALUE('AsyncIterable or Promise', 'destination', result);
  }
  const cleanUp = run.destroyLater(output, false, true);
  run.lastCleanUps.push(cleanUp);
  return output;
}

function feedNode(run, stage, source) {
  const { stream } = stage;
  if (isReadableNodeStream(source)) {
    run.busyCount += 2; // The source's end and the destination's.
    const cleanUp = pipe(run, source, stream, stage.end);
    if (stage.isLast && isReadable(stream)) run.lastCleanUps.push(cleanUp);
  } else if (isTransformStream(source) || isReadableStream(source)) {
    run.busyCount++;
    pumpToNode(source.readable || source, stream, run.finish, stage.end);
  } else if (isIterable(source)) {
    run.busyCount++;
    pumpToNode(source, stream, run.finish, stage.end);
  } else {
    throw new ERR_INVALID_ARG_TYPE('val', SOURCES, source);
  }
  return stream;
}

function feedWeb(run, stage, source) {
  const { stream } = stage;
  let readable;
  if (isReadableNodeStream(source)) readable = toAsyncIterable(source);
  else if (isReadableStream(source) || isIterable(source)) readable = source;
  else if (isTransformStream(source)) ({ readable } = source);
  else throw new ERR_INVALID_ARG_TYPE('val', SOURCES, source);
  run.busyCount++;
  pumpToWeb(readable, stream, run.finish, stage.end);
  return stream;
}

// ---- moving the data

function pipe(run, source, dest, end) {
  let ended = false;
  dest.on('close', () => {
    // Closed before the source had ended.
    if (!ended) run.settle(new ERR_STREAM_PREMATURE_CLOSE(), false);
  });
  source.pipe(dest, { end: false });
  if (end) {
    const endDest = () => {
      ended = true;
      dest.end();
    };
    if (isReadableFinished(source)) process.nextTick(endDest);
    else source.once('end', endDest);
  } else {
    run.finish();
  }

  eos(source, { readable: true, writable: false }, (error) => {
    const state = source._readableState;
    if (error?.code === 'ERR_STREAM_PREMATURE_CLOSE' &&
        state?.ended && !state.errored && !state.errorEmitted) {
      // Some readables close with data still in their buffer: let it drain.
      source.once('end', run.finish).once('error', run.finish);
    } else {
      run.finish(error);
    }
  });
  return eos(dest, { readable: false, writable: true }, run.finish);
}

async function pumpToNode(iterable, writable, finish, end) {
  let failure;
  let goOn = null;
  let giveUp = null;

  const onprogress = (error) => {
    if (error) failure = error;
    if (goOn === null) return;
    if (failure) giveUp(failure);
    else goOn();
    goOn = null;
  };
  // One function for all waits: there may be one for each chunk.
  const wait = (resolve, reject) => {
    if (failure) {
      reject(failure);
    } else {
      goOn = resolve;
      giveUp = reject;
    }
  };

  writable.on('drain', onprogress);
  const cleanUp = eos(writable, { readable: false }, onprogress);
  try {
    if (writable.writableNeedDrain) await new Promise(wait);
    for await (const chunk of iterable) {
      if (!writable.write(chunk)) await new Promise(wait);
    }
    if (end) {
      writable.end();
      await new Promise(wait);
    }
    finish();
  } catch (error) {
    finish(failure !== error ? aggregateTwoErrors(failure, error) : error);
  } finally {
    cleanUp();
    writable.off('drain', onprogress);
  }
}

async function pumpToWeb(readable, stream, finish, end) {
  const writer = (isTransformStream(stream) ? stream.writable : stream).getWriter();
  try {
    for await (const chunk of readable) {
      await writer.ready;
      writer.write(chunk).catch(() => {}); // Told by writer.ready.
    }
    await writer.ready;
    if (end) await writer.close();
    finish();
  } catch (error) {
    try {
      await writer.abort(error);
      finish(error);
    } catch (abortError) {
      finish(abortError);
    }
  }
}

module.exports = { pipelineImpl, pipeline };
