'use strict';
// WHATWG streams: made and closed, or chunks through a pipe.
const { done, operations, variant } = require('./asked.js');

async function main() {
  let sum = 0;
  if (variant === 'create') {
    for (let i = 0; i < operations; i++) {
      const stream = new ReadableStream({
        start(controller) {
          controller.enqueue(1);
          controller.close();
        },
      });
      const reader = stream.getReader();
      sum += (await reader.read()).value;
      await reader.read();
    }
  } else {
    let left = operations;
    const source = new ReadableStream({
      pull(controller) {
        if (left-- > 0) controller.enqueue(1);
        else controller.close();
      },
    });
    const sink = new WritableStream({ write(chunk) { sum += chunk; } });
    await source.pipeThrough(new TransformStream()).pipeTo(sink);
  }
  done(sum === operations);
}

main();
