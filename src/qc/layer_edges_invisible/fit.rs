//! Least squares in the small: a few unknowns, robust where measurements lie.

/// The filter that gives one unknown of a weighted linear least-squares fit: its dot product with the measurements is the
/// unknown's value. `None` where the measurements do not tell the unknowns apart.
pub(super) struct Fit<const N: usize, const M: usize> {
    basis: [[f64; N]; M],
    weights: [f64; M],
    /// Lower triangle of the normal matrix' Cholesky factor.
    factor: [[f64; N]; N],
}

/// A pivot this much smaller than its diagonal element is none: the columns depend on one another.
const SINGULAR: f64 = 1e-9;

impl<const N: usize, const M: usize> Fit<N, M> {
    /// Prepares the fit of `basis` (one row a measurement) with these weights.
    pub(super) fn new(basis: [[f64; N]; M], weights: [f64; M]) -> Option<Self> {
        let mut factor = [[0.0; N]; N];
        for (row, &weight) in basis.iter().zip(&weights).filter(|&(_, &weight)| weight > 0.0) {
            for i in 0..N {
                for j in 0..=i {
                    factor[i][j] += weight * row[i] * row[j];
                }
            }
        }
        for i in 0..N {
            let diagonal = factor[i][i];
            for j in 0..=i {
                let before: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
                let rest = factor[i][j] - before;
                if i == j {
                    if rest.is_nan() || rest <= SINGULAR * diagonal {
                        return None;
                    }
                    factor[i][i] = rest.sqrt();
                } else {
                    factor[i][j] = rest / factor[j][j];
                }
            }
        }
        Some(Self { basis, weights, factor })
    }

    /// The filter of one unknown.
    pub(super) fn filter(&self, unknown: usize) -> [f64; M] {
        let mut solution = [0.0; N];
        for i in 0..N {
            let before: f64 = (0..i).map(|k| self.factor[i][k] * solution[k]).sum();
            solution[i] = (f64::from(u8::from(i == unknown)) - before) / self.factor[i][i];
        }
        for i in (0..N).rev() {
            let after: f64 = (i + 1..N).map(|k| self.factor[k][i] * solution[k]).sum();
            solution[i] = (solution[i] - after) / self.factor[i][i];
        }
        std::array::from_fn(|m| self.weights[m] * dot(&self.basis[m], &solution))
    }

    /// Every unknown for these measurements.
    pub(super) fn solve(&self, measured: &[f64; M]) -> [f64; N] {
        let mut solution = [0.0; N];
        for ((row, &weight), &value) in self.basis.iter().zip(&self.weights).zip(measured) {
            for (to, &factor) in solution.iter_mut().zip(row) {
                *to += weight * value * factor;
            }
        }
        for i in 0..N {
            let before: f64 = (0..i).map(|k| self.factor[i][k] * solution[k]).sum();
            solution[i] = (solution[i] - before) / self.factor[i][i];
        }
        for i in (0..N).rev() {
            let after: f64 = (i + 1..N).map(|k| self.factor[k][i] * solution[k]).sum();
            solution[i] = (solution[i] - after) / self.factor[i][i];
        }
        solution
    }

    /// Weighted sum of squares that the fit leaves of these measurements.
    pub(super) fn residual(&self, measured: &[f64; M], solution: &[f64; N]) -> f64 {
        let rows = self.basis.iter().zip(&self.weights).zip(measured);
        rows.map(|((row, &weight), &value)| weight * (value - dot(row, solution)).powi(2)).sum()
    }
}

/// Sum of the products.
pub(super) fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// One measurement of a robust fit: its row of the basis, its value, and its standard deviation.
pub(super) type Measured<const N: usize> = ([f64; N], f64, f64);

/// What a robust fit comes to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Robust<const N: usize> {
    pub(super) solution: [f64; N],
    /// Standard deviations of the unknowns.
    pub(super) deviation: [f64; N],
    /// Share of the measurements' energy that the model explains, outliers counted less; 1 is all.
    pub(super) explained: f64,
}

/// Least squares with Cauchy weights, reweighted until they settle: a measurement three deviations off counts little.
pub(super) fn robust<const N: usize>(measured: &[Measured<N>]) -> Option<Robust<N>> {
    const ROUNDS: usize = 8;
    /// Deviations at which a measurement counts half.
    const REACH: f64 = 2.0;
    let mut weights = vec![1.0; measured.len()];
    let mut result = None;
    for _ in 0..ROUNDS {
        let mut normal = [[0.0; N]; N];
        let mut right = [0.0; N];
        for ((row, value, deviation), weight) in measured.iter().zip(&weights) {
            let weight = weight / (deviation * deviation);
            for i in 0..N {
                right[i] += weight * row[i] * value;
                for j in 0..N {
                    normal[i][j] += weight * row[i] * row[j];
                }
            }
        }
        // The normal equations are a fit of N measurements with N unknowns.
        let inverse = invert(normal)?;
        let solution: [f64; N] = std::array::from_fn(|i| dot(&inverse[i], &right));
        let (mut all, mut left) = (0.0, 0.0);
        for ((row, value, deviation), weight) in measured.iter().zip(&mut weights) {
            let error = (value - dot(row, &solution)) / deviation;
            *weight = 1.0 / (1.0 + (error / REACH).powi(2));
            all += *weight * (value / deviation).powi(2);
            left += *weight * error * error;
        }
        let scale = (left / (weights.iter().sum::<f64>() - N as f64).max(1.0)).max(1.0);
        let deviation = std::array::from_fn(|i| (inverse[i][i] * scale).sqrt());
        result = Some(Robust { solution, deviation, explained: 1.0 - left / all.max(f64::MIN_POSITIVE) });
    }
    result
}

fn invert<const N: usize>(matrix: [[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let mut left = matrix;
    let mut right: [[f64; N]; N] = std::array::from_fn(|i| std::array::from_fn(|j| f64::from(u8::from(i == j))));
    for column in 0..N {
        let pivot = (column..N).max_by(|&a, &b| left[a][column].abs().total_cmp(&left[b][column].abs()))?;
        left.swap(column, pivot);
        right.swap(column, pivot);
        let scale = left[column][column];
        if scale.is_nan() || scale.abs() <= f64::MIN_POSITIVE {
            return None;
        }
        for j in 0..N {
            left[column][j] /= scale;
            right[column][j] /= scale;
        }
        for row in (0..N).filter(|&row| row != column) {
            let factor = left[row][column];
            for j in 0..N {
                left[row][j] -= factor * left[column][j];
                right[row][j] -= factor * right[column][j];
            }
        }
    }
    Some(right)
}

/// The value that half of the weight lies under; none without weight.
pub(super) fn weighted_median(values: impl IntoIterator<Item = (f64, f64)>) -> Option<f64> {
    let mut values: Vec<(f64, f64)> =
        values.into_iter().filter(|(value, weight)| value.is_finite() && *weight > 0.0).collect();
    values.sort_by(|a, b| a.0.total_cmp(&b.0));
    let half = values.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
    let mut sum = 0.0;
    values.into_iter().find_map(|(value, weight)| {
        sum += weight;
        (sum >= half).then_some(value)
    })
}

/// The value that half of them lie under.
pub(super) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    weighted_median(values.into_iter().map(|value| (value, 1.0)))
}

/// The value that this share of them lies under.
pub(super) fn quantile(values: impl IntoIterator<Item = f64>, share: f64) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let place = (share * values.len() as f64) as usize;
    values.get(place.min(values.len().saturating_sub(1))).copied()
}

/// Share of the items that pass; none without items.
pub(super) fn share<T>(items: impl IntoIterator<Item = T>, passes: impl Fn(T) -> bool) -> f64 {
    let (mut count, mut passed) = (0_usize, 0_usize);
    for item in items {
        count += 1;
        passed += usize::from(passes(item));
    }
    if count == 0 { 0.0 } else { passed as f64 / count as f64 }
}

#[cfg(test)]
mod tests {
    use super::{Fit, quantile, robust, weighted_median};

    #[test]
    fn a_fit_gives_back_what_was_put_in() {
        let basis: [[f64; 3]; 9] = std::array::from_fn(|i| [1.0, i as f64, (i as f64).powi(2)]);
        let measured = basis.map(|row| 2.0 * row[0] - 3.0 * row[1] + 0.5 * row[2]);
        let fit = Fit::new(basis, [1.0; 9]).unwrap_or_else(|| unreachable!("the basis is one"));
        let solution = fit.solve(&measured);
        for (unknown, expected) in [2.0, -3.0, 0.5].into_iter().enumerate() {
            let filtered: f64 = fit.filter(unknown).iter().zip(&measured).map(|(a, b)| a * b).sum();
            assert!((filtered - expected).abs() < 1e-9 && (solution[unknown] - expected).abs() < 1e-9);
        }
        assert!(fit.residual(&measured, &solution) < 1e-18);
        assert!(Fit::new([[1.0, 2.0]; 9], [1.0; 9]).is_none());
    }

    #[test]
    fn a_robust_fit_does_not_mind_a_few_lies() {
        let measured: Vec<_> = (0..40)
            .map(|i| {
                let x = f64::from(i) / 10.0;
                let value = if i % 8 == 0 { 50.0 } else { 1.0 - 2.0 * x };
                ([1.0, x], value, 0.1)
            })
            .collect();
        let found = robust(&measured).unwrap_or_else(|| unreachable!("there is enough"));
        assert!((found.solution[0] - 1.0).abs() < 0.05 && (found.solution[1] + 2.0).abs() < 0.05, "{found:?}");
        assert!(found.explained > 0.9);
        assert!(robust::<2>(&[]).is_none());
    }

    #[test]
    fn medians_and_quantiles_of_nothing_are_nothing() {
        assert_eq!(weighted_median([]), None);
        assert_eq!(quantile([], 0.5), None);
        assert_eq!(weighted_median([(1.0, 1.0), (9.0, 5.0), (2.0, 1.0)]), Some(9.0));
        assert_eq!(quantile([4.0, 1.0, 3.0, 2.0], 0.25), Some(2.0));
    }
}
