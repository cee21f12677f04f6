//! Which source samples make a target sample, and by how much: worked out once for each axis.

use super::Filter;

/// For every target sample a run of source samples and their weights.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Taps {
    runs: Vec<Run>,
    /// Of all runs, one after another; each run's sum to 1.
    weights: Vec<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Run {
    /// The first source sample.
    first: usize,
    /// Where its weights begin.
    start: usize,
    /// Where they end.
    end: usize,
}

impl Taps {
    /// For `target` samples over the `extent` from `from` on (in samples, edges at whole numbers) of `source` ones.
    /// Beyond the source its first and last samples are repeated.
    pub(super) fn new(filter: Filter, source: usize, (from, extent): (f64, f64), target: usize) -> Self {
        let step = extent / target as f64;
        // Reducing, the filter is as wide as target samples are; enlarging, as source samples are.
        let stretch = step.max(1.0);
        let mut taps = Self { runs: Vec::with_capacity(target), weights: Vec::new() };
        let mut weights: Vec<f64> = Vec::new();
        for index in 0..target {
            let center = from + (index as f64 + 0.5) * step;
            let reach = filter.radius() * stretch;
            let inside = |position: f64| position.clamp(0.0, (source - 1) as f64) as usize;
            let first = inside((center - reach - 0.5).floor());
            let last = inside((center + reach - 0.5).ceil());
            weights.clear();
            weights.resize(last - first + 1, 0.0);
            let (low, high) = ((center - reach - 0.5).floor() as i64, (center + reach - 0.5).ceil() as i64);
            for position in low..=high {
                let weight = filter.weight((position as f64 + 0.5 - center) / stretch);
                weights[inside(position as f64) - first] += weight;
            }
            if weights.iter().all(|&weight| weight == 0.0) {
                // No sample's centre is under the filter, but for rounding: the nearest then.
                weights[inside((center - 0.5).round()) - first] = 1.0;
            }
            taps.push(first, &weights);
        }
        taps
    }

    /// A run without the zeros at its ends, scaled to a sum of 1.
    fn push(&mut self, first: usize, weights: &[f64]) {
        let sum: f64 = weights.iter().sum();
        let zeros = weights.iter().take_while(|&&weight| weight == 0.0).count();
        let used = weights.iter().rposition(|&weight| weight != 0.0).map_or(zeros, |last| last + 1);
        let start = self.weights.len();
        self.weights.extend(weights[zeros..used].iter().map(|weight| (weight / sum) as f32));
        self.runs.push(Run { first: first + zeros, start, end: self.weights.len() });
    }

    /// How many target samples there are.
    pub(super) fn len(&self) -> usize {
        self.runs.len()
    }

    /// The source sample that weighs most in a target sample; the first of equals.
    pub(super) fn nearest(&self, target: usize) -> usize {
        let (first, weights) = self.of(target);
        let heaviest =
            weights.iter().enumerate().fold(0, |best, (tap, weight)| if *weight > weights[best] { tap } else { best });
        first + heaviest
    }

    /// The first source sample of a target sample, and the weights from there on.
    #[inline(always)]
    pub(super) fn of(&self, target: usize) -> (usize, &[f32]) {
        let run = self.runs[target];
        (run.first, &self.weights[run.start..run.end])
    }
}

#[cfg(test)]
mod tests {
    use super::{Filter, Taps};

    #[test]
    fn weights_sum_to_one_are_not_negative_and_stay_inside() {
        for filter in [Filter::Box, Filter::Triangle, Filter::CubicBSpline] {
            for (source, window, target) in [
                (4096, (0.0, 4096.0), 2048),
                (4096, (0.0, 4096.0), 1920),
                (1716, (0.4, 1715.2), 804),
                (7, (0.0, 7.0), 7),
                (5, (0.0, 5.0), 31),
                (1, (0.0, 1.0), 3),
                (1000, (0.0, 1000.0), 1),
            ] {
                let taps = Taps::new(filter, source, window, target);
                assert_eq!(taps.len(), target);
                for index in 0..target {
                    let (first, weights) = taps.of(index);
                    assert!(!weights.is_empty() && first + weights.len() <= source, "{filter:?} {source} to {target}");
                    assert!(weights.iter().all(|&weight| weight >= 0.0));
                    assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
                }
            }
        }
    }
}
