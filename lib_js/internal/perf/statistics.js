'use strict';

// What histograms can say of their values and of each other. A histogram comes as its buckets: a
// flat array of lowest, highest and middle value and count of each that has something in it.

const { MathAbs, MathExp, MathFloor, MathLog, MathMax, MathSqrt } = primordials;

const STRIDE = 4;
const HIGHEST = 1;
const MIDDLE = 2;
const COUNT = 3;

// ---- moments

/** Count, mean, and the central moments that `powers` asks for, each divided by the count. */
function moments(buckets) {
  let count = 0;
  let sum = 0;
  for (let i = 0; i < buckets.length; i += STRIDE) {
    count += buckets[i + COUNT];
    sum += buckets[i + COUNT] * buckets[i + MIDDLE];
  }
  const mean = sum / count;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let i = 0; i < buckets.length; i += STRIDE) {
    const distance = buckets[i + MIDDLE] - mean;
    const square = distance * distance * buckets[i + COUNT];
    second += square;
    third += square * distance;
    fourth += square * distance * distance;
  }
  return {
    count, mean, variance: second / count, third: third / count, fourth: fourth / count,
  };
}

function skewness(buckets) {
  const { count, variance, third } = moments(buckets);
  return count < 3 || variance === 0 ? 0 : third / (variance * MathSqrt(variance));
}

/** How much heavier the tails are than those of a normal distribution. */
function kurtosis(buckets) {
  const { count, variance, fourth } = moments(buckets);
  return count < 4 || variance === 0 ? 0 : fourth / (variance * variance) - 3;
}

// ---- distributions of test statistics

/** Lanczos' approximation with g = 7, good to 15 digits for x > 0. */
const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

function logGamma(x) {
  let series = 0.9999999999998099;
  for (let i = 0; i < LANCZOS.length; i++) series += LANCZOS[i] / (x + i);
  const shifted = x + 6.5;
  return (x - 0.5) * MathLog(shifted) - shifted + MathLog(2.5066282746310002 * series);
}

const TINY = 1e-300;
const ENOUGH = 1e-15;

function awayFromZero(value) {
  return MathAbs(value) < TINY ? TINY : value;
}

/** The continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(x, a, b) {
  let c = 1;
  let d = 1 / awayFromZero(1 - (a + b) * x / (a + 1));
  let result = d;
  for (let m = 1; m <= 500; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    result *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    result *= d * c;
    if (MathAbs(d * c - 1) < ENOUGH) break;
  }
  return result;
}

/** The regularised incomplete beta function. */
function beta(x, a, b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = MathExp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * MathLog(x) + b * MathLog(1 - x));
  return x < (a + 1) / (a + b + 2) ?
    front * betaFraction(x, a, b) / a : 1 - front * betaFraction(1 - x, b, a) / b;
}

/** Probability that |t| is at least this. */
function studentTwoSided(t, degrees) {
  return beta(degrees / (degrees + t * t), degrees / 2, 0.5);
}

/** The t that |t| exceeds with this probability, by bisection. */
function studentCritical(probability, degrees) {
  let low = 0;
  let high = 1;
  while (studentTwoSided(high, degrees) > probability && high < 1e15) high *= 2;
  for (let i = 0; i < 200 && high - low > ENOUGH * high; i++) {
    const middle = (low + high) / 2;
    if (studentTwoSided(middle, degrees) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Probability that a normal variable is at least `z` away from its mean: erfc(z / sqrt(2)). */
function normalTwoSided(z) {
  const x = MathAbs(z) / MathSqrt(2);
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; MathAbs(term) > ENOUGH * sum && n < 200; n++) {
      term *= -x * x / n;
      sum += term / (2 * n + 1);
    }
    return 1 - 1.1283791670955126 * sum;
  }
  let fraction = 0;
  for (let n = 120; n > 0; n--) fraction = n / 2 / (x + fraction);
  return MathExp(-x * x) / (1.7724538509055159 * (x + fraction));
}

/** Probability that at most `k` of `n` tries succeed. */
function binomialAtMost(k, n, probability) {
  if (k < 0) return 0;
  return k >= n ? 1 : beta(1 - probability, n - k, k + 1);
}

// ---- comparing two histograms

/** Walks both histograms upwards; visit(countOfOne, countOfOther) at every value of either. */
function walk(one, other, visit) {
  let i = 0;
  let j = 0;
  while (i < one.length || j < other.length) {
    const left = i < one.length ? one[i + MIDDLE] : Infinity;
    const right = j < other.length ? other[j + MIDDLE] : Infinity;
    let ofOne = 0;
    let ofOther = 0;
    if (left <= right) {
      ofOne = one[i + COUNT];
      i += STRIDE;
    }
    if (right <= left) {
      ofOther = other[j + COUNT];
      j += STRIDE;
    }
    visit(ofOne, ofOther);
  }
}

function total(buckets) {
  let count = 0;
  for (let i = 0; i < buckets.length; i += STRIDE) count += buckets[i + COUNT];
  return count;
}

/** Kolmogorov and Smirnov: the greatest distance of the distribution functions. */
function ksTest(one, other) {
  const countOne = total(one);
  const countOther = total(other);
  if (countOne === 0 || countOther === 0) return 0;
  let seenOne = 0;
  let seenOther = 0;
  let distance = 0;
  walk(one, other, (ofOne, ofOther) => {
    seenOne += ofOne;
    seenOther += ofOther;
    distance = MathMax(distance, MathAbs(seenOne / countOne - seenOther / countOther));
  });
  return distance;
}

/** Welch's test whether the means differ. */
function welchTest(one, other, confidence) {
  const a = moments(one);
  const b = moments(other);
  const nothing = {
    tStatistic: 0, degreesOfFreedom: 0, pValue: 1, lower: 0, upper: 0,
  };
  if (!(a.count >= 2 && b.count >= 2)) return nothing;
  const errorA = a.variance / (a.count - 1); // That is the sample's variance by its count.
  const errorB = b.variance / (b.count - 1);
  const error = errorA + errorB;
  const difference = a.mean - b.mean;
  if (error === 0) return { ...nothing, pValue: difference === 0 ? 1 : 0 };
  const tStatistic = difference / MathSqrt(error);
  const degreesOfFreedom = error * error /
    (errorA * errorA / (a.count - 1) + errorB * errorB / (b.count - 1));
  const margin = studentCritical(1 - confidence, degreesOfFreedom) * MathSqrt(error);
  return {
    tStatistic,
    degreesOfFreedom,
    pValue: studentTwoSided(tStatistic, degreesOfFreedom),
    lower: difference - margin,
    upper: difference + margin,
  };
}

/** How often a value of one is greater than one of the other; ties count half. */
function wins(one, other) {
  let below = 0;
  let count = 0;
  walk(one, other, (ofOne, ofOther) => {
    count += ofOne * (below + ofOther / 2);
    below += ofOther;
  });
  return count;
}

/** Mann and Whitney's test whether one tends to be greater. */
function mannWhitneyTest(one, other) {
  const countOne = total(one);
  const countOther = total(other);
  if (countOne === 0 || countOther === 0) return { uStatistic: 0, zScore: 0, pValue: 1 };
  const uStatistic = wins(one, other);
  const count = countOne + countOther;
  let ties = 0;
  walk(one, other, (ofOne, ofOther) => {
    const same = ofOne + ofOther;
    ties += same * same * same - same;
  });
  const pairs = countOne * countOther;
  const variance = pairs / 12 * (count + 1 - ties / (count * (count - 1)));
  if (!(variance > 0)) return { uStatistic, zScore: 0, pValue: 1 };
  const zScore = (uStatistic - pairs / 2) / MathSqrt(variance);
  return { uStatistic, zScore, pValue: normalTwoSided(zScore) };
}

/** The distance of the means in standard deviations. */
function cohensD(one, other) {
  const a = moments(one);
  const b = moments(other);
  if (!(a.count >= 2 && b.count >= 2)) return 0;
  const pooled = (a.variance * a.count + b.variance * b.count) / (a.count + b.count - 2);
  return pooled === 0 ? 0 : (a.mean - b.mean) / MathSqrt(pooled);
}

/** How much more often one is greater than smaller, from -1 to 1. */
function cliffsD(one, other) {
  const pairs = total(one) * total(other);
  if (pairs === 0) return 0;
  const won = wins(one, other);
  return (won - (pairs - won)) / pairs;
}

// ---- one histogram

function valueOfRank(buckets, rank) {
  let seen = 0;
  for (let i = 0; i < buckets.length; i += STRIDE) {
    seen += buckets[i + COUNT];
    if (seen >= rank) return buckets[i + HIGHEST];
  }
  return 0;
}

/** The ranks between which a percentile lies, by the exact binomial distribution. */
function percentileBounds(buckets, percentile, confidence) {
  const count = total(buckets);
  const share = percentile / 100;
  const doubt = (1 - confidence) / 2;
  // The greatest rank that is too high with little probability...
  let low = 1;
  for (let high = count; low < high;) {
    const middle = MathFloor((low + high + 1) / 2);
    if (binomialAtMost(middle - 1, count, share) <= doubt) low = middle;
    else high = middle - 1;
  }
  // ...and the smallest one that is too low with little probability.
  let upper = count;
  for (let from = 1; from < upper;) {
    const middle = MathFloor((from + upper) / 2);
    if (1 - binomialAtMost(middle - 1, count, share) <= doubt) upper = middle;
    else from = middle + 1;
  }
  return { lower: valueOfRank(buckets, low), upper: valueOfRank(buckets, upper) };
}

function cdf(buckets, value) {
  const count = total(buckets);
  if (count === 0) return 0;
  let below = 0;
  for (let i = 0; i < buckets.length && buckets[i] <= value; i += STRIDE) {
    below += buckets[i + COUNT];
  }
  return below / count;
}

/** visit(percentile, value): steps that get half as long whenever half of the rest is done. */
function eachPercentile(buckets, visit) {
  const count = total(buckets);
  let next = 0;
  let seen = 0;
  let value = 0;
  for (let i = 0; i < buckets.length; i += STRIDE) {
    value = buckets[i];
    seen += buckets[i + COUNT];
    while (next <= 100 * seen / count) {
      visit(next, value);
      const halvings = MathFloor(MathLog(100 / (100 - next)) / MathLog(2)) + 1;
      next += 100 / 2 ** halvings;
      if (seen === count) break; // The last value stands for all steps that are left.
    }
  }
  visit(100, value);
}

/**
 * visit(key, count): buckets that end at levels of the program's choice.
 * @param lowestOf (value) -> the lowest value of the histogram's bucket for it
 * @param nextLevel (level) -> the level after this one
 */
function eachLevel(buckets, firstLevel, nextLevel, lowestOf, visit) {
  let i = 0;
  let level = firstLevel;
  while (i < buckets.length) {
    const key = lowestOf(level);
    let count = 0;
    for (; i < buckets.length && buckets[i] <= key; i += STRIDE) count += buckets[i + COUNT];
    visit(key, count);
    level = nextLevel(level);
  }
}

module.exports = {
  cdf,
  cliffsD,
  cohensD,
  eachLevel,
  eachPercentile,
  ksTest,
  kurtosis,
  mannWhitneyTest,
  percentileBounds,
  skewness,
  welchTest,
};
