//! Median, least and greatest of a few repetitions.

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
    /// Between these lies what the median of endless rounds would be, in nine of ten runs: of five
    /// values the least and the greatest, of eight the second and the seventh.
    pub low: f64,
    pub high: f64,
    /// How many values there were. With fewer than ROUNDS_MIN there is no such interval.
    pub rounds: usize,
}

/// With fewer, not even the least and the greatest hold the median between them in nine of ten
/// runs.
pub const ROUNDS_MIN: usize = 5;

impl Spread {
    /// Of at least one value, none of them NaN.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.into_iter().collect();
        assert!(!values.is_empty());
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        let median = match values.len() % 2 {
            1 => values[middle],
            _ => (values[middle - 1] + values[middle]) / 2.0,
        };
        Spread {
            median,
            min: values[0],
            max: values[values.len() - 1],
            low: values[rank(values.len())],
            high: values[values.len() - 1 - rank(values.len())],
            rounds: values.len(),
        }
    }

    /// The rounds do not say the median to within 5 %: the medians of two runs, each as far off as
    /// that, could lie more than 10 % apart.
    pub fn is_noisy(&self) -> bool {
        let far = |bound: f64| (bound / self.median - 1.0).abs() > 0.05;
        self.rounds < ROUNDS_MIN || far(self.low) || far(self.high)
    }

    /// `median [min .. max]` with so many decimals.
    pub fn show(&self, decimals: usize) -> String {
        let Spread {
            median, min, max, ..
        } = self;
        format!("{median:.decimals$} [{min:.decimals$} .. {max:.decimals$}]")
    }
}

/// How many values on each side may be left out, so that what is left holds the true median in nine
/// of ten runs: each value lies below it as likely as above, whatever their distribution.
fn rank(count: usize) -> usize {
    const SURE: f64 = 0.9;
    let mut outside = 0.0;
    let mut choices = 0.5f64.powi(count as i32);
    for left_out in 0..count {
        outside += 2.0 * choices;
        if 1.0 - outside < SURE {
            return left_out.saturating_sub(1);
        }
        choices *= (count - left_out) as f64 / (left_out + 1) as f64;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_of_the_interval() {
        let ranks = [1, 2, 5, 7, 8, 10, 11, 20].map(rank);
        assert_eq!(ranks, [0, 0, 0, 0, 1, 1, 2, 5]);
    }

    #[test]
    fn spreads() {
        let check = |values: &[f64], median: f64, min: f64, max: f64| {
            let spread = Spread::of(values.iter().copied());
            assert_eq!((spread.median, spread.min, spread.max), (median, min, max));
        };
        check(&[3.0], 3.0, 3.0, 3.0);
        check(&[3.0, 1.0, 2.0], 2.0, 1.0, 3.0);
        check(&[4.0, 1.0, 2.0, 3.0], 2.5, 1.0, 4.0);
        assert_eq!(Spread::of([1.0, 2.0, 4.0]).show(1), "2.0 [1.0 .. 4.0]");
    }

    #[test]
    fn noise_is_told() {
        let is_noisy = |values: [f64; 5]| Spread::of(values).is_noisy();
        assert!(!is_noisy([0.96, 1.0, 1.0, 1.02, 1.04]));
        assert!(is_noisy([0.96, 1.0, 1.0, 1.02, 1.09]));
        assert!(Spread::of([1.0; 4]).is_noisy());
        assert!(is_noisy([1.0, 1.0, 1.0, 1.05, 1.2]));
        assert!(is_noisy([0.5, 0.8, 1.0, 1.0, 1.0]));
    }
}
