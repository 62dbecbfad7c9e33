//! Median, least and greatest of a few repetitions.

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
    /// The quartiles: of five values the second and the fourth.
    pub low: f64,
    pub high: f64,
}

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
            low: values[(values.len() - 1) / 4],
            high: values[values.len() - 1 - (values.len() - 1) / 4],
        }
    }

    /// The middle half of the rounds lies further than 10 % from the median: another run could
    /// give another answer.
    pub fn is_noisy(&self) -> bool {
        let far = |quartile: f64| (quartile / self.median - 1.0).abs() > 0.1;
        far(self.low) || far(self.high)
    }

    /// `median [min .. max]` with so many decimals.
    pub fn show(&self, decimals: usize) -> String {
        let Spread {
            median, min, max, ..
        } = self;
        format!("{median:.decimals$} [{min:.decimals$} .. {max:.decimals$}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(!is_noisy([1.0, 1.0, 1.0, 1.05, 9.0]));
        assert!(is_noisy([1.0, 1.0, 1.0, 1.2, 1.3]));
        assert!(is_noisy([0.5, 0.8, 1.0, 1.0, 1.0]));
    }
}
