//! A histogram with a bounded error, as Node's: counts of values, what was too big for it, and
//! averages that forget. Called by `performance.rs`; knows no clock and no JavaScript.

use hdrhistogram::Histogram;
use hdrhistogram::errors::CreationError;

/// What `min` is while nothing was recorded, in HdrHistogram_c and so in Node.
const MIN_OF_NOTHING: f64 = i64::MAX as f64;

#[derive(Clone)]
pub struct Recorder {
    counts: Histogram<u64>,
    /// Values that did not fit.
    exceeds_count: u64,
    /// When `recordDelta` was last called.
    last_ns: Option<u64>,
    smoothed: Smoothed,
}

/// Exponentially weighted mean, deviation, and share of values above a threshold.
#[derive(Clone, Default)]
struct Smoothed {
    /// Weight of the newest value; 0: not wanted.
    alpha: f64,
    threshold: f64,
    has_begun: bool,
    mean: f64,
    variance: f64,
    error_rate: f64,
}

/// What can be asked of a histogram by number, in the order of lib_js/internal/histogram.js.
const QUESTIONS: [fn(&Recorder) -> f64; 9] = [
    Recorder::count,
    Recorder::min,
    Recorder::max,
    Recorder::mean,
    Recorder::stddev,
    |recorder| recorder.exceeds_count as f64,
    |recorder| recorder.smoothed.mean,
    |recorder| recorder.smoothed.variance.max(0.0).sqrt(),
    |recorder| recorder.smoothed.error_rate,
];

impl Recorder {
    /// # Errors
    /// The bounds do not make a histogram.
    pub fn new(lowest: u64, highest: u64, figures: u8) -> Result<Recorder, CreationError> {
        Ok(Recorder {
            counts: Histogram::new_with_bounds(lowest, highest, figures)?,
            exceeds_count: 0,
            last_ns: None,
            smoothed: Smoothed::default(),
        })
    }

    /// Wants averages in which a value weighs half after `half_life` others.
    pub fn smooth(&mut self, half_life: f64, threshold: f64) {
        self.smoothed = Smoothed {
            alpha: 1.0 - (-std::f64::consts::LN_2 / half_life).exp(),
            threshold,
            ..Smoothed::default()
        };
    }

    pub fn record(&mut self, value: u64) {
        self.record_many(value, 1);
        self.smoothed.add(value as f64);
    }

    /// What is above the upper bound does not fit, even if there happens to be a bucket for it.
    fn record_many(&mut self, value: u64, count: u64) {
        if value > self.counts.high() || self.counts.record_n(value, count).is_err() {
            self.exceeds_count += count;
        }
    }

    /// Records `value`, and what was not measured while it lasted.
    pub fn record_corrected(&mut self, value: u64, interval: u64) {
        if value > self.counts.high() || self.counts.record_correct(value, interval).is_err() {
            self.exceeds_count += 1;
        }
        self.smoothed.add(value as f64);
    }

    /// Records the time since it was last asked to.
    pub fn record_delta(&mut self, now_ns: u64) {
        if let Some(last_ns) = self.last_ns.replace(now_ns) {
            self.record(now_ns.saturating_sub(last_ns));
        }
    }

    /// The next `record_delta` measures from `now_ns`, or from its own first call.
    pub fn restart(&mut self, now_ns: Option<u64>) {
        self.last_ns = now_ns;
    }

    pub fn reset(&mut self) {
        self.counts.reset();
        self.exceeds_count = 0;
        self.last_ns = None;
        self.smoothed.reset();
    }

    pub fn add(&mut self, other: &Recorder) {
        self.exceeds_count += other.exceeds_count;
        for value in other.counts.iter_recorded() {
            let lowest = other.counts.lowest_equivalent(value.value_iterated_to());
            self.record_many(lowest, value.count_at_value());
        }
    }

    /// Takes away what `other` has, as far as it is here.
    pub fn subtract(&mut self, other: &Recorder) {
        let mut left = self.counts.clone();
        left.reset();
        for value in self.counts.iter_recorded() {
            let at = self.counts.lowest_equivalent(value.value_iterated_to());
            let count = value
                .count_at_value()
                .saturating_sub(other.counts.count_at(at));
            if count > 0 {
                // It came from a histogram of the same bounds.
                let _ = left.record_n(at, count);
            }
        }
        self.counts = left;
        self.exceeds_count = self.exceeds_count.saturating_sub(other.exceeds_count);
    }

    pub fn answer(&self, question: u32) -> f64 {
        QUESTIONS
            .get(question as usize)
            .map_or(f64::NAN, |ask| ask(self))
    }

    fn count(&self) -> f64 {
        self.counts.len() as f64
    }

    fn min(&self) -> f64 {
        if self.counts.is_empty() {
            return MIN_OF_NOTHING;
        }
        self.counts.min() as f64
    }

    fn max(&self) -> f64 {
        self.counts.max() as f64
    }

    fn mean(&self) -> f64 {
        if self.counts.is_empty() {
            return f64::NAN;
        }
        let sum: f64 = self.middles().map(|(middle, count)| middle * count).sum();
        sum / self.count()
    }

    /// The middle value of every bucket that has something in it, and the count.
    fn middles(&self) -> impl Iterator<Item = (f64, f64)> {
        self.counts.iter_recorded().map(|value| {
            let middle = self.counts.median_equivalent(value.value_iterated_to());
            (middle as f64, value.count_at_value() as f64)
        })
    }

    fn stddev(&self) -> f64 {
        if self.counts.is_empty() {
            return f64::NAN;
        }
        let mean = self.mean();
        let squares: f64 = self
            .middles()
            .map(|(middle, count)| (middle - mean) * (middle - mean) * count)
            .sum();
        (squares / self.count()).sqrt()
    }

    /// `percentile`: more than 0, at most 100.
    pub fn percentile(&self, percentile: f64) -> f64 {
        let count = self.counts.len() as f64;
        let rank = (percentile / 100.0 * count + 0.5).floor().max(1.0);
        let mut seen = 0.0;
        for value in self.counts.iter_recorded() {
            seen += value.count_at_value() as f64;
            if seen >= rank {
                return self.counts.highest_equivalent(value.value_iterated_to()) as f64;
            }
        }
        0.0
    }

    /// The lowest value of the bucket that `value` falls into.
    pub fn lowest_equivalent(&self, value: u64) -> f64 {
        self.counts.lowest_equivalent(value) as f64
    }

    pub fn count_at(&self, value: u64) -> f64 {
        self.counts.count_at(value) as f64
    }

    /// Every bucket with something in it: its lowest, highest and middle value, and the count.
    pub fn buckets(&self) -> Vec<f64> {
        let counts = &self.counts;
        let recorded = counts.iter_recorded().flat_map(|value| {
            let at = value.value_iterated_to();
            [
                counts.lowest_equivalent(at) as f64,
                counts.highest_equivalent(at) as f64,
                counts.median_equivalent(at) as f64,
                value.count_at_value() as f64,
            ]
        });
        recorded.collect()
    }
}

impl Smoothed {
    fn add(&mut self, value: f64) {
        if self.alpha == 0.0 {
            return;
        }
        let is_error = if self.threshold > 0.0 && value > self.threshold {
            1.0
        } else {
            0.0
        };
        if !self.has_begun {
            self.has_begun = true;
            self.mean = value;
            self.error_rate = is_error;
            return;
        }
        let step = value - self.mean;
        self.mean += self.alpha * step;
        self.variance = (1.0 - self.alpha) * (self.variance + self.alpha * step * step);
        self.error_rate += self.alpha * (is_error - self.error_rate);
    }

    fn reset(&mut self) {
        self.has_begun = false;
        self.mean = 0.0;
        self.variance = 0.0;
        self.error_rate = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorder() -> Recorder {
        Recorder::new(1, 1000, 3).expect("good bounds")
    }

    #[test]
    fn an_empty_one_has_no_values() {
        let empty = recorder();
        assert_eq!(empty.min(), MIN_OF_NOTHING);
        assert_eq!(empty.max(), 0.0);
        assert!(empty.mean().is_nan() && empty.stddev().is_nan());
        assert!(empty.buckets().is_empty());
    }

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut one = recorder();
        one.record(5);
        one.record(1 << 40);
        assert_eq!((one.count(), one.exceeds_count), (1.0, 1));
    }

    #[test]
    fn subtracting_never_goes_below_zero() {
        let (mut one, mut other) = (recorder(), recorder());
        one.record(5);
        one.record(7);
        other.record(5);
        other.record(5);
        one.subtract(&other);
        assert_eq!(one.buckets(), [7.0, 7.0, 7.0, 1.0]);
        one.add(&other);
        assert_eq!(one.count(), 3.0);
    }

    #[test]
    fn deltas_begin_at_the_second_call() {
        let mut one = recorder();
        one.record_delta(100);
        one.record_delta(150);
        assert_eq!((one.count(), one.max()), (1.0, 50.0));
    }
}
