// Counters, histograms, summaries and the process's own metrics.
'use strict';

const prom = require('prom-client');

async function main() {
  const registry = new prom.Registry();
  const counter = new prom.Counter({
    name: 'requests_total',
    help: 'h',
    labelNames: ['code'],
    registers: [registry],
  });
  counter.inc({ code: 200 }, 3);
  new prom.Histogram({ name: 'time', help: 't', buckets: [1, 5], registers: [registry] }).observe(
    3,
  );
  new prom.Summary({ name: 'sum', help: 's', registers: [registry] }).observe(2);
  console.log(await registry.metrics());
  prom.collectDefaultMetrics({ register: registry });
  console.log(
    (await registry.getMetricsAsJSON()).map(({ name, type: kind }) => `${name} ${kind}`).sort(),
  );
  console.log(
    (await registry.metrics()).split('\n').filter((line) => /NaN|undefined/.test(line)),
    registry.clear(),
  );
}

main();
