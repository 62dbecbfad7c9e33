'use strict';

// server.js as a process of its own, and what it says of itself.

const { spawn } = require('child_process');
const { once } = require('events');
const path = require('path');
const readline = require('readline');

class Target {
  constructor(env = {}) {
    this.child = spawn(process.execPath, [path.join(__dirname, 'server.js')], {
      stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env },
    });
    this.lines = readline.createInterface({ input: this.child.stdout });
  }

  /** Its port, once. */
  async port() {
    return Number(await this.line());
  }

  async state() {
    const line = this.line();
    this.child.stdin.write('\n');
    return JSON.parse(await line);
  }

  async line() {
    const [line] = await once(this.lines, 'line');
    return line;
  }
}

module.exports = { Target };
