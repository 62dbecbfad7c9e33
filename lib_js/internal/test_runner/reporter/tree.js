'use strict';
// From events in the order of the report to a tree of tests, for reporters that print at the end.

const { ArrayPrototypePush } = primordials;

class ReportedTest {
  children = [];

  constructor(data, parent) {
    this.data = data;
    this.parent = parent;
  }
}

class ReportTree {
  roots = [];
  /** The innermost test that has started and not ended. */
  #open = null;

  start(data) {
    const test = new ReportedTest(data, this.#open);
    ArrayPrototypePush(this.#open === null ? this.roots : this.#open.children, test);
    this.#open = test;
  }

  /** @returns {ReportedTest} what the result is for */
  end(data) {
    if (this.#open === null) this.start({ __proto__: null, name: 'root', nesting: 0 });
    const { name, nesting } = this.#open.data;
    if (name !== data.name || nesting !== data.nesting) this.start(data);
    const test = this.#open;
    if (test.data.nesting === data.nesting) this.#open = test.parent;
    return test;
  }

  /** Where something between tests belongs. */
  get innermost() {
    return this.#open === null ? this.roots : this.#open.children;
  }
}

module.exports = { ReportTree };
