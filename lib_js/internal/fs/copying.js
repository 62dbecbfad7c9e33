'use strict';

// copyFile where a plain call would wait: of files that are not local, or come from the disk, and
// over such whose blocks take long to free. Piece by piece, each as a read or write of any other.

const { TypedArrayPrototypeSubarray } = primordials;

const { constants } = require('internal/fs/constants');
const { KEEP_POSITION } = require('internal/fs/ops');
const { DEVICE, INODE, MODE, SIZE } = require('internal/fs/stats');

const { COPYFILE_EXCL, O_CREAT, O_EXCL, O_RDONLY, O_WRONLY } = constants;

/** What the ring moves at once. */
const PIECE_BYTES = 512 * 1024;
const PERMISSIONS = 0o7777;

const isErrno = (answer) => typeof answer === 'number' && answer < 0;

/** @returns {number} 0 or -errno; a target that is half a file is removed. */
function* copyByPieces(from, to, mode) {
  const source = yield ['open', from, O_RDONLY, 0];
  if (source < 0) return source;
  const figures = yield ['fstat', source];
  if (isErrno(figures)) return yield* closed([source], figures);
  const permissions = figures[MODE] & PERMISSIONS;
  const exclusive = (mode & COPYFILE_EXCL) === 0 ? 0 : O_EXCL;
  const target = yield ['open', to, O_WRONLY | O_CREAT | exclusive, permissions];
  if (target < 0) return yield* closed([source], target);
  const there = yield ['fstat', target];
  if (isErrno(there)) return yield* closed([source, target], there);
  if (there[DEVICE] === figures[DEVICE] && there[INODE] === figures[INODE]) {
    return yield* closed([source, target], 0);
  }
  let answer = there[SIZE] === 0 ? 0 : yield ['ftruncate', target, 0];
  if (answer >= 0 && (there[MODE] & PERMISSIONS) !== permissions) {
    answer = yield ['fchmod', target, permissions];
  }
  if (answer >= 0) return yield* copyRest([source, target], to);
  yield ['unlink', to];
  return yield* closed([source, target], answer);
}

/**
 * From where both descriptors stand to the end; closes them.
 * @param {[source: number, target: number] | number} pair  or the -errno that there is instead
 */
function* copyRest(pair, to) {
  if (typeof pair === 'number') return pair;
  const { 0: source, 1: target } = pair;
  let answer;
  do {
    answer = yield* copyPiece(source, target);
  } while (answer > 0);
  if (answer < 0) yield ['unlink', to];
  return yield* closed(pair, answer);
}

/** @returns {number} bytes, 0 at the end, or -errno */
function* copyPiece(source, target) {
  const piece = yield ['read', source, PIECE_BYTES, KEEP_POSITION];
  if (typeof piece === 'number') return piece;
  let left = piece;
  while (left.length !== 0) {
    const count = yield ['write', target, left, KEEP_POSITION];
    if (count < 0) return count;
    left = TypedArrayPrototypeSubarray(left, count);
  }
  return piece.length;
}

/** Closes; an error of the copy comes before one of closing. */
function* closed(descriptors, answer) {
  for (let i = 0; i < descriptors.length; i++) {
    const told = yield ['close', descriptors[i]];
    if (answer >= 0 && told < 0) answer = told;
  }
  return answer;
}

module.exports = { copyByPieces, copyRest };
