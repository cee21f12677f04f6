//! What was done to a movie's colour between the masters and the file, from pairs of means: what the master makes of a
//! block, and what the file has there.
//!
//! Models are fitted to R'G'B' by least squares, and the simplest that explains the difference names the cause: a gain of
//! 1.164 or 0.859 (255/219 and back) is a range taken for another, a power another transfer function, mixed channels
//! another matrix.

/// R', G', B' as the master makes them, and as the file has them; 0 is black, 1 white.
pub(super) type Pair = [[f64; 3]; 2];

/// What explains the difference best.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cause {
    /// Nothing was done.
    None,
    /// `file = gain x master + offset`.
    Range { gain: f64, offset: f64 },
    /// `file = master ^ power`.
    Transfer { power: f64 },
    /// Channels are mixed; the largest element off the diagonal.
    Matrix { mixed: f64 },
    /// It differs, and none of the above is why.
    Unknown,
}

/// A difference in words and numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ColorFit {
    /// Root mean square of the difference, in codes of 8 bits.
    pub(super) difference: f64,
    pub(super) cause: Cause,
}

/// Pairs that a fit needs.
const FEWEST: usize = 32;
/// Differences smaller than this are coding, in codes of 8 bits.
pub(super) const CODING: f64 = 1.5;
/// A model must leave less than this share of the difference.
const EXPLAINED: f64 = 0.5;

/// Fits all models. `None` with too few pairs.
pub(super) fn fit(pairs: &[Pair]) -> Option<ColorFit> {
    if pairs.len() < FEWEST {
        return None;
    }
    let rest = |model: &dyn Fn([f64; 3]) -> [f64; 3]| {
        let square = |[master, file]: &Pair| {
            let made = model(*master);
            made.iter().zip(file).map(|(a, b)| (a - b) * (a - b)).sum::<f64>()
        };
        (pairs.iter().map(square).sum::<f64>() / (3 * pairs.len()) as f64).sqrt()
    };
    let own = rest(&|rgb| rgb);
    let difference = 219.0 * own;
    if difference < CODING {
        return Some(ColorFit { difference, cause: Cause::None });
    }
    let (gain, offset) = line(pairs);
    let power = power(pairs);
    let raised = |rgb: [f64; 3]| rgb.map(|v| v.max(0.0).powf(power));
    let mut models = vec![
        (rest(&|rgb| rgb.map(|v| gain * v + offset)), Cause::Range { gain, offset }),
        (rest(&raised), Cause::Transfer { power }),
    ];
    if let Some(matrix) = matrix(pairs) {
        let apply = |rgb: [f64; 3]| matrix.map(|row| (0..3).map(|c| row[c] * rgb[c]).sum::<f64>());
        let mixed = (0..9).filter(|i| i / 3 != i % 3).map(|i| matrix[i / 3][i % 3]);
        let mixed = mixed.fold(0.0, |most: f64, v| if v.abs() > most.abs() { v } else { most });
        // Nine numbers fit anything better than one: it must be much better.
        models.push((1.5 * rest(&apply), Cause::Matrix { mixed }));
    }
    let best = models.into_iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
    let cause = if best.0 < EXPLAINED * own { best.1 } else { Cause::Unknown };
    Some(ColorFit { difference, cause })
}

impl ColorFit {
    /// What was found, a sentence.
    pub(super) fn text(&self) -> String {
        let by = format!("Colour differs from the master's by {:.1} codes of 8 bits", self.difference);
        match self.cause {
            Cause::None => format!("{by}."),
            Cause::Range { gain, offset } => {
                let name = match gain {
                    g if (g - 255.0 / 219.0).abs() < 0.03 => ": narrow range was stretched to full",
                    g if (g - 219.0 / 255.0).abs() < 0.03 => ": full range was squeezed to narrow",
                    _ => "",
                };
                format!("{by}: a gain of {gain:.3} and an offset of {:.1} codes{name}.", 219.0 * offset)
            }
            Cause::Transfer { power } => format!("{by}: a power of {power:.3}, another transfer function."),
            Cause::Matrix { mixed } => {
                format!(
                    "{by}: channels are mixed by {mixed:.3}, as when BT.601 and BT.709 are mistaken for each other."
                )
            }
            Cause::Unknown => format!("{by}, and no range, transfer function or matrix explains it."),
        }
    }
}

/// Gain and offset over all channels together.
fn line(pairs: &[Pair]) -> (f64, f64) {
    let values = || pairs.iter().flat_map(|[master, file]| (0..3).map(|c| (master[c], file[c])));
    let n = (3 * pairs.len()) as f64;
    let (sx, sy) = values().fold((0.0, 0.0), |(x, y), v| (x + v.0, y + v.1));
    let (mx, my) = (sx / n, sy / n);
    let (xx, xy) = values().fold((0.0, 0.0), |(xx, xy), (x, y)| (xx + (x - mx) * (x - mx), xy + (x - mx) * (y - my)));
    let gain = if xx > 1e-9 { xy / xx } else { 1.0 };
    (gain, my - gain * mx)
}

/// The power that takes the masters' values to the file's.
fn power(pairs: &[Pair]) -> f64 {
    let (mut xx, mut xy) = (0.0, 0.0);
    for [master, file] in pairs {
        for (x, y) in master.iter().zip(file) {
            if (0.05..0.95).contains(x) && (0.02..0.99).contains(y) {
                let (x, y) = (x.ln(), y.ln());
                xx += x * x;
                xy += x * y;
            }
        }
    }
    if xx > 1e-9 { xy / xx } else { 1.0 }
}

/// The 3x3 matrix that takes the masters' values to the file's; `None` for pictures without colour.
fn matrix(pairs: &[Pair]) -> Option<[[f64; 3]; 3]> {
    let mut normal = [[0.0; 3]; 3];
    let mut right = [[0.0; 3]; 3];
    for [master, file] in pairs {
        for i in 0..3 {
            for j in 0..3 {
                normal[i][j] += master[i] * master[j];
                right[i][j] += master[i] * file[j];
            }
        }
    }
    let inverse = crate::color::Matrix3(normal).inverse()?.0;
    let scale = normal[0][0].max(normal[1][1]).max(normal[2][2]);
    let is_stable = inverse.iter().flatten().all(|v| v.abs() * scale < 1e6);
    let element = |out: usize, from: usize| (0..3).map(|k| inverse[from][k] * right[k][out]).sum::<f64>();
    is_stable.then(|| std::array::from_fn(|out| std::array::from_fn(|from| element(out, from))))
}

#[cfg(test)]
mod tests {
    use super::{Cause, Pair, fit};

    /// Colours all over the cube.
    fn colors() -> Vec<[f64; 3]> {
        let steps = || (1..8).map(|i| f64::from(i) / 8.0);
        steps().flat_map(|r| steps().flat_map(move |g| steps().map(move |b| [r, g, b]))).collect()
    }

    fn cause(change: impl Fn([f64; 3]) -> [f64; 3]) -> Option<Cause> {
        let pairs: Vec<Pair> = colors().into_iter().map(|rgb| [rgb, change(rgb)]).collect();
        fit(&pairs).map(|fit| fit.cause)
    }

    #[test]
    fn every_cause_is_told_by_its_numbers() {
        assert_eq!(cause(|rgb| rgb), Some(Cause::None));
        let near = |a: f64, b: f64| (a - b).abs() < 0.01;
        assert!(
            matches!(cause(|rgb| rgb.map(|v| v * 1.164 - 0.073)), Some(Cause::Range { gain, .. }) if near(gain, 1.164))
        );
        assert!(matches!(cause(|rgb| rgb.map(|v| v.powf(1.2))), Some(Cause::Transfer { power }) if near(power, 1.2)));
        let mix = |[r, g, b]: [f64; 3]| [0.914 * r + 0.086 * g, 0.02 * r + 0.96 * g + 0.02 * b, 0.07 * g + 0.93 * b];
        assert!(matches!(cause(mix), Some(Cause::Matrix { mixed }) if near(mixed, 0.086)));
        assert_eq!(fit(&[]), None);
    }
}
