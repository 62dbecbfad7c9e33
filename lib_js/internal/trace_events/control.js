'use strict';

// What is traced: categories come from the command line, from node:trace_events and from the
// inspector; native counts who wants which, for the whole process. Here the thread's own sources of
// events are switched on and off accordingly. A source that is off costs nothing: those that would
// be looked at often are put in front of what they trace only while they are on.
//
// What the main thread switches on later reaches the threads that start afterwards.

const {
  ArrayPrototypeForEach,
  ArrayPrototypeSlice,
  MapPrototypeForEach,
  SafeMap,
  StringPrototypeReplaceAll,
  Uint8Array,
} = primordials;

const binding = internalBinding('trace_events');
const flags = require('internal/trace_events/flags');
const { trace } = require('internal/trace_events/emit');
const { getOptionValue } = require('internal/options');

/** What Node calls the file unless it is told. */
const FILE_PATTERN = 'node_trace.$' + '{rotation}.log';

const flag = (name) => (isOn) => { flags[name] = isOn; };
const part = (id, name) => (isOn) => { require(id)[name](isOn); };

/** Categories as their events have them, and what switches them. */
const SOURCES = [
  ['node,node.async_hooks', part('internal/trace_events/async_hooks', 'traceHooks')],
  ['node,node.console', flag('console')],
  ['node,node.dns,node.dns.native', part('internal/trace_events/network', 'traceNames')],
  ['node,node.environment', part('internal/trace_events/environment', 'traceEnvironment')],
  ['node,node.fs,node.fs.async', part('internal/trace_events/files', 'traceAsync')],
  ['node,node.fs,node.fs.sync', part('internal/trace_events/files', 'traceSync')],
  ['node,node.fs_dir,node.fs_dir.async', part('internal/trace_events/files', 'traceAsyncFolders')],
  ['node,node.fs_dir,node.fs_dir.sync', part('internal/trace_events/files', 'traceSyncFolders')],
  ['node.http', part('internal/trace_events/http', 'traceHttp')],
  ['node,node.module_timer', flag('moduleTimer')],
  ['node,node.net,node.net.native', part('internal/trace_events/network', 'traceConnections')],
  ['node,node.perf,node.perf.timerify', flag('timerify')],
  ['node,node.perf,node.perf.usertiming', flag('usertiming')],
  ['node,node.promises,node.promises.rejections', flag('rejections')],
  ['node,node.vm,node.vm.script', part('internal/trace_events/scripts', 'traceScripts')],
  ['v8', (isOn) => internalBinding('performance').traceCollections(isOn)],
];

const switched = new SafeMap();
const buffers = new SafeMap();
let stateHandler;
let isDescribed = false;

/** Events that describe process and thread, which every trace has. */
function describe() {
  if (isDescribed) return;
  isDescribed = true;
  require('internal/trace_events/metadata').describe();
}

/** After a change: this thread's sources are as the process wants them. */
function refresh() {
  flags.isOn = binding.isOn();
  if (flags.isOn) describe();
  binding.watch(flags.isOn);
  ArrayPrototypeForEach(SOURCES, ({ 0: group, 1: turn }) => {
    const isOn = binding.isTraceCategoryEnabled(group);
    if (isOn === (switched.get(group) ?? false)) return;
    switched.set(group, isOn);
    turn(isOn);
  });
  MapPrototypeForEach(buffers, (buffer, group) => {
    buffer[0] = +binding.isTraceCategoryEnabled(group);
  });
  stateHandler?.(binding.isTraceCategoryEnabled('node,node.async_hooks'));
}

/** Where the events go: the first file's path, before it is there. */
function filePattern() {
  return getOptionValue('--trace-event-file-pattern') || FILE_PATTERN;
}

/** Asks the permission model whether the file may be written. */
function checkPermission() {
  if (!getOptionValue('--permission') && !getOptionValue('--permission-audit')) return;
  let path = StringPrototypeReplaceAll(filePattern(), '$' + '{pid}', `${process.pid}`);
  path = StringPrototypeReplaceAll(path, '$' + '{rotation}', '1');
  require('internal/process/permission').check('fs.write', require('path').resolve(path));
}

/** Categories that are wanted together, and events of which go to the file. */
class CategorySet {
  #categories;

  constructor(categories) {
    this.#categories = ArrayPrototypeSlice(categories);
  }

  enable() {
    checkPermission();
    binding.want(this.#categories);
    binding.writeFile(filePattern());
    refresh();
    binding.flushFile();
  }

  disable() {
    binding.wantNoMore(this.#categories);
    refresh();
  }
}

/** --trace-event-categories, before anything else that could be traced. */
function startTracing(categories) {
  binding.want(categories);
  binding.writeFile(filePattern());
  refresh();
  require('internal/trace_events/metadata').tellStart();
}

/** A worker begins: it traces what its process does. */
function joinTracing() {
  if (!binding.isOn()) return;
  refresh();
  require('internal/trace_events/metadata').tellStart();
}

/** One byte that is not 0 while the category is wanted. */
function getCategoryEnabledBuffer(category) {
  let buffer = buffers.get(category);
  if (buffer === undefined) {
    buffer = new Uint8Array(1);
    buffer[0] = +binding.isTraceCategoryEnabled(category);
    buffers.set(category, buffer);
  }
  return buffer;
}

/** @param {(asyncHooksEnabled: boolean) => void} handler  called after every change */
function setTraceCategoryStateUpdateHandler(handler) {
  stateHandler = handler;
}

module.exports = {
  CategorySet,
  available: true,
  getCategoryEnabledBuffer,
  getEnabledCategories: binding.getEnabledCategories,
  isTraceCategoryEnabled: binding.isTraceCategoryEnabled,
  joinTracing,
  refresh,
  setTraceCategoryStateUpdateHandler,
  startTracing,
  trace,
};
