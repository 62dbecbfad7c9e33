'use strict';

const {
  ArrayPrototypePush,
  ObjectDefineProperties,
  StringPrototypeEndsWith,
  StringPrototypeSlice,
  SymbolToPrimitive,
} = primordials;

const constants = require('internal/constants_os');
const { ERR_SYSTEM_ERROR } = require('internal/errors').codes;
const { getCIDR, getSystemErrorMessage, getSystemErrorName } = require('internal/util');
const { validateInt32 } = require('internal/validators');

const binding = internalBinding('os');

const ENDIANNESS = 'LE';

// What uname(2) says does not change: asked once.
let names;

function fail(errno, syscall) {
  throw new ERR_SYSTEM_ERROR({
    errno,
    code: getSystemErrorName(errno),
    message: getSystemErrorMessage(errno),
    syscall,
  });
}

/** A string or a list as it is, -errno as an exception. */
function checked(result, syscall) {
  if (typeof result === 'number') fail(result, syscall);
  return result;
}

function uname(index) {
  names ??= checked(binding.getOSInformation(), 'uv_os_uname');
  return names[index];
}

function arch() {
  return process.arch;
}

function availableParallelism() {
  return binding.getAvailableParallelism();
}

function cpus() {
  const flat = binding.getCPUs();
  const list = [];
  for (let i = 0; i + 6 < flat.length; i += 7) {
    ArrayPrototypePush(list, {
      model: flat[i],
      speed: flat[i + 1],
      times: {
        user: flat[i + 2],
        nice: flat[i + 3],
        sys: flat[i + 4],
        idle: flat[i + 5],
        irq: flat[i + 6],
      },
    });
  }
  return list;
}

function endianness() {
  return ENDIANNESS;
}

function freemem() {
  return binding.getFreeMem();
}

function getPriority(pid) {
  if (pid === undefined) pid = 0;
  else validateInt32(pid, 'pid');
  const result = binding.getPriority(pid);
  // A priority may be negative: errors come as the name of the errno.
  if (typeof result === 'string') fail(-constants.errno[result], 'uv_os_getpriority');
  return result;
}

function setPriority(pid, priority) {
  if (priority === undefined) {
    priority = pid;
    pid = 0;
  }
  validateInt32(pid, 'pid');
  validateInt32(priority, 'priority', -20, 19);
  const errno = binding.setPriority(pid, priority);
  if (errno < 0) fail(errno, 'uv_os_setpriority');
}

function homedir() {
  return checked(binding.getHomeDirectory(), 'uv_os_homedir');
}

function hostname() {
  return checked(binding.getHostname(), 'uv_os_gethostname');
}

function loadavg() {
  const { 0: one, 1: five, 2: fifteen } = binding.getLoadAvg();
  return [one, five, fifteen];
}

function networkInterfaces() {
  const flat = checked(binding.getInterfaceAddresses(), 'uv_interface_addresses');
  const result = {};
  for (let i = 0; i + 6 < flat.length; i += 7) {
    const name = flat[i];
    const entry = {
      address: flat[i + 1],
      netmask: flat[i + 2],
      family: flat[i + 3],
      mac: flat[i + 4],
      internal: flat[i + 5],
      cidr: getCIDR(flat[i + 1], flat[i + 2], flat[i + 3]),
    };
    if (flat[i + 6] !== -1) entry.scopeid = flat[i + 6];
    if (result[name] === undefined) result[name] = [entry];
    else ArrayPrototypePush(result[name], entry);
  }
  return result;
}

function platform() {
  return process.platform;
}

function getOSRelease() {
  return uname(2);
}

function tmpdir() {
  const { TMPDIR, TMP, TEMP } = process.env;
  const path = TMPDIR || TMP || TEMP || '/tmp';
  return path.length > 1 && StringPrototypeEndsWith(path, '/') ?
    StringPrototypeSlice(path, 0, -1) : path;
}

function totalmem() {
  return binding.getTotalMem();
}

function getOSType() {
  return uname(0);
}

function userInfo(options) {
  const encoding = typeof options === 'object' && options !== null ?
    options.encoding : undefined;
  const { 0: username, 1: uid, 2: gid, 3: home, 4: shell } =
    checked(binding.getUserInfo(), 'uv_os_get_passwd');
  let encode = (text) => text;
  if (encoding === 'buffer') {
    const { Buffer } = require('buffer');
    encode = (text) => Buffer.from(text);
  }
  return {
    __proto__: null,
    uid,
    gid,
    username: encode(username),
    homedir: encode(home),
    shell: encode(shell),
  };
}

function uptime() {
  return binding.getUptime();
}

function getOSVersion() {
  return uname(1);
}

function getMachine() {
  return uname(3);
}

module.exports = {
  arch,
  availableParallelism,
  cpus,
  endianness,
  freemem,
  getPriority,
  homedir,
  hostname,
  loadavg,
  networkInterfaces,
  platform,
  release: getOSRelease,
  setPriority,
  tmpdir,
  totalmem,
  type: getOSType,
  userInfo,
  uptime,
  version: getOSVersion,
  machine: getMachine,
};

// `${os.hostname}` is what os.hostname() gives.
const PRINTABLE = [
  arch, availableParallelism, endianness, freemem, homedir, hostname, getMachine, platform,
  getOSRelease, tmpdir, totalmem, getOSType, uptime, getOSVersion,
];
for (let i = 0; i < PRINTABLE.length; i++) {
  const read = PRINTABLE[i];
  read[SymbolToPrimitive] = () => read();
}

ObjectDefineProperties(module.exports, {
  constants: { __proto__: null, configurable: false, enumerable: true, value: constants },
  EOL: { __proto__: null, configurable: true, enumerable: true, value: '\n', writable: false },
  devNull: {
    __proto__: null, configurable: true, enumerable: true, value: '/dev/null', writable: false,
  },
});
