'use strict';
// A flame graph in SVG: a box for each frame, as wide as it was often seen, upon its caller. Names
// and shares show under the pointer. It needs no script, and no other file.

const {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSort,
  MathMax,
  NumberPrototypeToFixed,
  SafeMap,
  StringPrototypeReplaceAll,
  StringPrototypeSlice,
} = primordials;

const WIDTH = 1200;
const SIDE = 10;
const ROW = 17;
const TOP = 64;
const BOTTOM = 14;
/** Boxes narrower than this are nothing to see. */
const LEAST = 0.3;
const CHARACTER = 6.6;

const COLOURS = {
  __proto__: null, js: '#8fca6e', v8: '#f0c04f', native: '#f08a5d', kernel: '#8fb4e0',
};
const LEGEND = [
  ['js', 'JavaScript'], ['v8', 'V8'], ['native', 'native'], ['kernel', 'kernel'],
];

function escape(text) {
  let out = StringPrototypeReplaceAll(text, '&', '&amp;');
  out = StringPrototypeReplaceAll(out, '<', '&lt;');
  return StringPrototypeReplaceAll(out, '>', '&gt;');
}

function newNode(name, kind) {
  return { name, kind, count: 0, children: new SafeMap() };
}

/** One tree of all stacks; its depth. */
function grow(stacks) {
  const root = newNode('all', 'native');
  let depth = 0;
  for (let i = 0; i < stacks.length; i++) {
    const { frames, count } = stacks[i];
    let node = root;
    node.count += count;
    for (let j = 0; j < frames.length; j++) {
      const { name, kind } = frames[j];
      const key = `${kind} ${name}`;
      let child = node.children.get(key);
      if (child === undefined) node.children.set(key, child = newNode(name, kind));
      child.count += count;
      node = child;
    }
    depth = MathMax(depth, frames.length);
  }
  return { root, depth };
}

function shorten(name, width) {
  const room = Math.floor((width - 6) / CHARACTER);
  if (room < 3) return '';
  return name.length <= room ? name : `${StringPrototypeSlice(name, 0, room - 1)}\u2026`;
}

function drawBox(out, node, x, y, width, all) {
  const share = NumberPrototypeToFixed(100 * node.count / all, 2);
  const label = shorten(node.name, width);
  const place = (number) => NumberPrototypeToFixed(number, 1);
  const words = label ? `<text x="${place(x + 3)}" y="${y + 12}">${escape(label)}</text>` : '';
  ArrayPrototypePush(
    out,
    `<g><title>${escape(node.name)}: ${node.count} samples, ${share} %</title>` +
    `<rect x="${place(x)}" y="${y}" width="${place(width)}" ` +
    `height="${ROW - 1}" rx="1" fill="${COLOURS[node.kind]}"/>${words}</g>`);
}

function draw(out, node, level, x, scale, base, all) {
  const width = node.count * scale;
  if (width < LEAST) return;
  drawBox(out, node, x, base - level * ROW, width, all);
  const children = [...node.children.values()];
  // By name, so that two graphs of one program look alike.
  ArrayPrototypeSort(children, (a, b) => (a.name < b.name ? -1 : 1));
  let at = x;
  for (let i = 0; i < children.length; i++) {
    draw(out, children[i], level + 1, at, scale, base, all);
    at += children[i].count * scale;
  }
}

/**
 * @param {Array<{frames: Array<{name: string, kind: string}>, count: number}>} stacks
 * @returns {string} SVG
 */
function flameGraph(stacks, title, below) {
  const { root, depth } = grow(stacks);
  const height = TOP + (depth + 1) * ROW + BOTTOM;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}" font-family="monospace" font-size="11">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="${SIDE}" y="22" font-size="16" font-weight="bold">${escape(title)}</text>`,
    `<text x="${SIDE}" y="40" fill="#555555">${escape(below)}</text>`,
  ];
  for (let i = 0; i < LEGEND.length; i++) {
    const x = SIDE + i * 110;
    ArrayPrototypePush(
      out, `<rect x="${x}" y="48" width="10" height="10" fill="${COLOURS[LEGEND[i][0]]}"/>` +
      `<text x="${x + 14}" y="57">${LEGEND[i][1]}</text>`);
  }
  if (root.count > 0) {
    const scale = (WIDTH - 2 * SIDE) / root.count;
    draw(out, root, 0, SIDE, scale, TOP + depth * ROW, root.count);
  } else {
    ArrayPrototypePush(out, `<text x="${SIDE}" y="${TOP + 14}">no samples</text>`);
  }
  ArrayPrototypePush(out, '</svg>\n');
  return ArrayPrototypeJoin(out, '\n');
}

module.exports = { flameGraph };
