'use strict';

// The commands that begin with a dot, and editor mode.

const {
  ArrayPrototypeJoin,
  ArrayPrototypeSort,
  MathMax,
  ObjectKeys,
  StringPrototypePadEnd,
} = primordials;

const { ERR_MISSING_ARGS } = require('internal/errors').codes;
const { Interface } = require('readline');
const { kLoading } = require('internal/repl/utils');

function turnOnEditorMode(repl) {
  repl.editorMode = true;
  Interface.prototype.setPrompt.call(repl, '');
}

function turnOffEditorMode(repl) {
  repl.editorMode = false;
  repl.setPrompt(repl._initialPrompt);
}

function showHelp(repl) {
  const names = ArrayPrototypeSort(ObjectKeys(repl.commands));
  let width = 0;
  for (let i = 0; i < names.length; i++) width = MathMax(width, names[i].length);
  for (let i = 0; i < names.length; i++) {
    const { help } = repl.commands[names[i]];
    const name = help ? StringPrototypePadEnd(names[i], width + 3) + help : names[i];
    repl.output.write(`.${name}\n`);
  }
  repl.output.write('\nPress Ctrl+C to abort current expression, Ctrl+D to exit the REPL\n');
}

function save(repl, file) {
  const text = ArrayPrototypeJoin(repl.lines, '\n');
  try {
    require('fs').writeFileSync(file, text);
    repl.output.write(`Session saved to: ${file}\n`);
  } catch {
    repl.output.write(`Failed to save: ${file}\n`);
  }
}

function load(repl, file) {
  const fs = require('fs');
  try {
    if (!fs.statSync(file).isFile()) {
      repl.output.write(`Failed to load: ${file} is not a valid file\n`);
      return;
    }
    turnOnEditorMode(repl);
    repl[kLoading] = true;
    repl.write(fs.readFileSync(file, 'utf8'));
    repl[kLoading] = false;
    turnOffEditorMode(repl);
    repl.write('\n');
  } catch {
    repl.output.write(`Failed to load: ${file}\n`);
  }
}

/** An action that needs the name of a file. */
function withFile(act) {
  return function(file) {
    if (file === '') this.output.write(`${new ERR_MISSING_ARGS('file').message}\n`);
    else act(this, file);
    this.displayPrompt();
  };
}

function defineDefaultCommands(repl) {
  repl.defineCommand('break', {
    help: 'Sometimes you get stuck, this gets you out',
    action() {
      this.clearBufferedCommand();
      this.displayPrompt();
    },
  });
  repl.defineCommand('clear', {
    help: repl.useGlobal ? 'Alias for .break' : 'Break, and also clear the local context',
    action() {
      this.clearBufferedCommand();
      if (!this.useGlobal) {
        this.output.write('Clearing context...\n');
        this.resetContext();
      }
      this.displayPrompt();
    },
  });
  repl.defineCommand('exit', {
    help: 'Exit the REPL',
    action() {
      this.close();
    },
  });
  repl.defineCommand('help', {
    help: 'Print this help message',
    action() {
      showHelp(this);
      this.displayPrompt();
    },
  });
  repl.defineCommand('save', {
    help: 'Save all evaluated commands in this REPL session to a file',
    action: withFile(save),
  });
  repl.defineCommand('load', {
    help: 'Load JS from a file into the REPL session',
    action: withFile(load),
  });
  if (!repl.terminal) return;
  repl.defineCommand('editor', {
    help: 'Enter editor mode',
    action() {
      turnOnEditorMode(this);
      this.output.write('// Entering editor mode (Ctrl+D to finish, Ctrl+C to cancel)\n');
    },
  });
}

module.exports = { defineDefaultCommands, turnOffEditorMode };
