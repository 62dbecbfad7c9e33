'use strict';

// node:trace_events: categories that are traced for as long as the program wants. Only the main
// thread may say so, for all.

const { ArrayPrototypeJoin, SafeSet } = primordials;

const {
  ERR_TRACE_EVENTS_CATEGORY_REQUIRED,
  ERR_TRACE_EVENTS_UNAVAILABLE,
} = require('internal/errors').codes;
const self = require('internal/worker/self');

if (!self.isMainThread) throw new ERR_TRACE_EVENTS_UNAVAILABLE();

const { CategorySet, getEnabledCategories } = require('internal/trace_events/control');
const { customInspectSymbol } = require('internal/util');
const { format } = require('internal/util/inspect');
const { validateObject, validateStringArray } = require('internal/validators');

/** More than so many at a time are likely forgotten. */
const ENABLED_MAX = 10;

/** Holds them, too: what is traced is not collected. */
const enabledObjects = new SafeSet();

class Tracing {
  #set;
  #categories;
  #enabled = false;

  constructor(categories) {
    this.#set = new CategorySet(categories);
    this.#categories = categories;
  }

  enable() {
    if (this.#enabled) return;
    this.#set.enable();
    this.#enabled = true;
    enabledObjects.add(this);
    if (enabledObjects.size <= ENABLED_MAX) return;
    process.emitWarning(
      'Possible trace_events memory leak detected. There are more than ' +
      `${ENABLED_MAX} enabled Tracing objects.`);
  }

  disable() {
    if (!this.#enabled) return;
    this.#enabled = false;
    this.#set.disable();
    enabledObjects.delete(this);
  }

  get enabled() {
    return this.#enabled;
  }

  get categories() {
    return ArrayPrototypeJoin(this.#categories, ',');
  }

  [customInspectSymbol](depth, options) {
    if (typeof depth === 'number' && depth < 0) return this;
    return `Tracing ${format({ enabled: this.enabled, categories: this.categories })}`;
  }
}

function createTracing(options) {
  validateObject(options, 'options');
  validateStringArray(options.categories, 'options.categories');
  if (options.categories.length === 0) throw new ERR_TRACE_EVENTS_CATEGORY_REQUIRED();
  return new Tracing(options.categories);
}

module.exports = { createTracing, getEnabledCategories };
