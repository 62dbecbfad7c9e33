// @opentelemetry/sdk-node, which patches http by hooks of require and import: spans of real
// requests.
// packages: @opentelemetry/sdk-node
'use strict';

const { NodeSDK, tracing, resources, metrics } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { trace, context, propagation, SpanStatusCode } = require('@opentelemetry/api');

const exporter = new tracing.InMemorySpanExporter();
const sdk = new NodeSDK({
  spanProcessors: [new tracing.SimpleSpanProcessor(exporter)],
  autoDetectResources: false,
  resource: resources.resourceFromAttributes({ 'service.name': 'tested' }),
  instrumentations: [new HttpInstrumentation()],
});
sdk.start();
const http = require('node:http');

const tracer = trace.getTracer('program');
const server = http.createServer((req, res) => {
  tracer.startActiveSpan('work', async (span) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    span.setAttribute('url', req.url).addEvent('half');
    if (req.url === '/bad')
      span.setStatus({ code: SpanStatusCode.ERROR }).recordException(new Error('bad'));
    span.end();
    res
      .writeHead(req.url === '/bad' ? 500 : 200)
      .end(req.headers.traceparent ? 'traced' : 'not traced');
  });
});
server.listen(0, '127.0.0.1', () => {
  tracer.startActiveSpan('outer', async (outer) => {
    for (const path of ['/good', '/bad']) {
      await new Promise((resolve) =>
        http.get({ port: server.address().port, path, agent: false }, (response) => {
          response
            .setEncoding('utf8')
            .on('data', (text) => console.log(response.statusCode, text))
            .on('end', resolve);
        }),
      );
      console.log(trace.getSpan(context.active()) === outer);
    }
    outer.end();
    server.close(async () => {
      const spans = exporter.getFinishedSpans();
      const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
      for (const span of spans) {
        const parent = names.get(span.parentSpanContext?.spanId);
        console.log(
          span.name,
          span.kind,
          span.status.code,
          'of',
          parent,
          span.events.length,
          Object.keys(span.attributes).sort().join(),
        );
      }
      console.log(new Set(spans.map((span) => span.spanContext().traceId)).size);
      await sdk.shutdown();
    });
  });
});
(void propagation, metrics);
