'use strict';

// How many colours a terminal has, judged by the environment.

const {
  ArrayPrototypeSome,
  ObjectKeys,
  ObjectPrototypeHasOwnProperty,
  RegExpPrototypeExec,
  StringPrototypeToLowerCase,
} = primordials;

const { validateInteger } = require('internal/validators');

// Depths in bits.
const MONOCHROME = 1;
const COLORS_16 = 4;
const COLORS_256 = 8;
const TRUE_COLOR = 24;

const TERMINALS = {
  '__proto__': null,
  'cons25': COLORS_16,
  'console': COLORS_16,
  'cygwin': COLORS_16,
  'dtterm': COLORS_16,
  'eterm': COLORS_16,
  'gnome': COLORS_16,
  'hurd': COLORS_16,
  'jfbterm': COLORS_16,
  'konsole': COLORS_16,
  'kterm': COLORS_16,
  'mlterm': COLORS_16,
  'mosh': TRUE_COLOR,
  'putty': COLORS_16,
  'rxvt-unicode-24bit': TRUE_COLOR,
  'st': COLORS_16,
  'terminator': TRUE_COLOR,
  'xterm-kitty': TRUE_COLOR,
};

/** Families of terminals with sixteen colours. */
const FAMILIES = [
  /ansi/, /color/, /linux/, /direct/, /^con[0-9]*x[0-9]/,
  /^rxvt/, /^screen/, /^xterm/, /^vt100/, /^vt220/,
];

/** Continuous integration: a variable that is set, and what its log shows. */
const CI_LOGS = {
  __proto__: null,
  APPVEYOR: COLORS_256,
  BUILDKITE: COLORS_256,
  CIRCLECI: TRUE_COLOR,
  DRONE: COLORS_256,
  GITEA_ACTIONS: TRUE_COLOR,
  GITHUB_ACTIONS: TRUE_COLOR,
  GITLAB_CI: COLORS_256,
  TRAVIS: COLORS_256,
};

let warned = false;

function isSet(value) {
  return value !== undefined && value !== '';
}

function has(env, name) {
  return ObjectPrototypeHasOwnProperty(env, name);
}

function warnOfIgnored(env) {
  if (warned) return;
  let names = isSet(env.NODE_DISABLE_COLORS) ? 'NODE_DISABLE_COLORS' : '';
  if (isSet(env.NO_COLOR)) names += names === '' ? 'NO_COLOR' : "' and 'NO_COLOR";
  if (names === '') return;
  warned = true;
  process.emitWarning(
    `The '${names}' env is ignored due to the 'FORCE_COLOR' env being set.`, 'Warning');
}

function forcedDepth(env) {
  let depth;
  switch (env.FORCE_COLOR) {
    case '':
    case '1':
    case 'true':
      depth = COLORS_16;
      break;
    case '2':
      depth = COLORS_256;
      break;
    case '3':
      depth = TRUE_COLOR;
      break;
    default:
      return MONOCHROME;
  }
  warnOfIgnored(env);
  return depth;
}

function ciDepth(env) {
  const names = ObjectKeys(CI_LOGS);
  for (let i = 0; i < names.length; i++) {
    if (has(env, names[i])) return CI_LOGS[names[i]];
  }
  return env.CI_NAME === 'codeship' ? COLORS_256 : MONOCHROME;
}

function programDepth(env) {
  switch (env.TERM_PROGRAM) {
    case 'iTerm.app': {
      const version = env.TERM_PROGRAM_VERSION;
      return !version || RegExpPrototypeExec(/^[0-2]\./, version) !== null ?
        COLORS_256 : TRUE_COLOR;
    }
    case 'HyperTerm':
    case 'MacTerm':
      return TRUE_COLOR;
    case 'Apple_Terminal':
      return COLORS_256;
    default:
      return 0;
  }
}

/** By $TERM; 0 if that says nothing. */
function terminalDepth(term) {
  if (!term) return 0;
  if (RegExpPrototypeExec(/truecolor/, term) !== null) return TRUE_COLOR;
  if (RegExpPrototypeExec(/^xterm-256/, term) !== null) return COLORS_256;
  const name = StringPrototypeToLowerCase(term);
  if (TERMINALS[name] !== undefined) return TERMINALS[name];
  const isFamily = (family) => RegExpPrototypeExec(family, name) !== null;
  return ArrayPrototypeSome(FAMILIES, isFamily) ? COLORS_16 : 0;
}

function getColorDepth(env = process.env) {
  if (env.FORCE_COLOR !== undefined) return forcedDepth(env);
  // https://no-color.org; terminfo's terminal 'dumb' has no control sequences.
  if (isSet(env.NODE_DISABLE_COLORS) || isSet(env.NO_COLOR) || env.TERM === 'dumb') {
    return MONOCHROME;
  }
  // Only if the program says that it runs elsewhere: consoles there have sixteen at least.
  if (process.platform === 'win32') return COLORS_16;
  if (env.TMUX) return TRUE_COLOR;
  // Azure DevOps.
  if (has(env, 'TF_BUILD') && has(env, 'AGENT_NAME')) return COLORS_16;
  if (has(env, 'CI')) return ciDepth(env);
  if ('TEAMCITY_VERSION' in env) {
    return RegExpPrototypeExec(/^(9\.(0*[1-9]\d*)\.|\d{2,}\.)/, env.TEAMCITY_VERSION) !== null ?
      COLORS_16 : MONOCHROME;
  }
  const program = programDepth(env);
  if (program !== 0) return program;
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return TRUE_COLOR;
  return terminalDepth(env.TERM) || (env.COLORTERM ? COLORS_16 : MONOCHROME);
}

function hasColors(count, env) {
  if (env === undefined &&
      (count === undefined || (typeof count === 'object' && count !== null))) {
    env = count;
    count = 16;
  } else {
    validateInteger(count, 'count', 2);
  }
  return count <= 2 ** getColorDepth(env);
}

module.exports = { getColorDepth, hasColors };
