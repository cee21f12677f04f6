//! Resampling against OpenImageIO's values, and what it promises beyond them.

use blender_gsd::frame::Region;
use blender_gsd::frame::resample::{Filter, Fit, Resampler};

/// One channel, a row after the other.
struct Picture {
    width: usize,
    samples: Vec<f32>,
}

impl Picture {
    fn new(width: usize, height: usize, sample: impl Fn(usize, usize) -> f32) -> Self {
        let samples = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| sample(x, y)).collect();
        Self { width, samples }
    }

    fn size(&self) -> [u32; 2] {
        [self.width as u32, (self.samples.len() / self.width) as u32]
    }

    /// Made in bands of that many rows.
    fn resampled(&self, target: [u32; 2], fit: Fit, filter: Filter, band: usize) -> Vec<f32> {
        let resampler = Resampler::new(self.size(), target, fit, filter).unwrap();
        let [width, height] = resampler.target_size();
        let mut output = Vec::new();
        for start in (0..height).step_by(band) {
            resampler.run::<1>(
                start..(start + band).min(height),
                |y, [row]| row.copy_from_slice(&self.samples[y * self.width..][..self.width]),
                |y, [row]| {
                    assert_eq!((output.len(), row.len()), (y * width, width));
                    output.extend_from_slice(row);
                },
            );
        }
        output
    }
}

#[test]
fn filters_match_openimageio() {
    let table = include_str!("../golden/resample.csv");
    let rows = |filter: &str, size: [usize; 2]| -> Vec<f32> {
        let start = format!("{filter},{},{},", size[0], size[1]);
        let rows = table.lines().filter_map(|line| line.strip_prefix(&start)?.split_once(','));
        rows.flat_map(|(_, samples)| samples.split(' ').map(|v| v.parse().unwrap())).collect()
    };
    let source = Picture { width: 23, samples: rows("source", [23, 17]) };
    for (filter, name) in [(Filter::Box, "box"), (Filter::Triangle, "triangle"), (Filter::CubicBSpline, "bspline")] {
        let mut worst = 0.0_f32;
        for size in [[11, 8], [12, 6], [9, 13], [31, 29], [23, 17]] {
            let expected = rows(name, size);
            let found = source.resampled(size.map(|side| side as u32), Fit::Squeeze, filter, 100);
            assert_eq!(found.len(), expected.len());
            for (i, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let off = (found - expected).abs() / expected.abs().max(1.0);
                assert!(off < 2e-5, "{name} to {size:?}, sample {i}: {found}, not {expected}");
                worst = worst.max(off);
            }
        }
        println!("{name} against OpenImageIO: {worst:.1e}");
    }
}

#[test]
fn nothing_rings() {
    let step = Picture::new(400, 170, |x, y| if x >= 201 && y >= 77 { 1000.0 } else { 0.0 });
    let lamp = Picture::new(400, 170, |x, y| if (x, y) == (201, 77) { 60_000.0 } else { 0.18 });
    for filter in [Filter::Box, Filter::Triangle, Filter::CubicBSpline] {
        for (picture, low, high) in [(&step, 0.0, 1000.0), (&lamp, 0.18, 60_000.0)] {
            for (target, fit) in [([200, 85], Fit::Crop), ([187, 80], Fit::Crop), ([531, 201], Fit::Squeeze)] {
                let found = picture.resampled(target, fit, filter, 1000);
                let outside = found.iter().find(|&&v| v < low * (1.0 - 1e-6) || v > high * (1.0 + 1e-6));
                assert_eq!(outside, None, "{filter:?} to {target:?}");
            }
        }
    }
}

#[test]
fn light_is_kept_when_halving() {
    let lamp = Picture::new(64, 64, |x, y| if (x, y) == (33, 30) { 400.0 } else { 0.0 });
    for filter in [Filter::Box, Filter::Triangle, Filter::CubicBSpline] {
        let total: f32 = lamp.resampled([32, 32], Fit::Crop, filter, 100).iter().sum();
        assert!((total - 100.0).abs() < 1e-3, "{filter:?}: {total}");
    }
}

#[test]
fn bands_make_the_same_rows_as_the_whole() {
    let noise = Picture::new(97, 61, |x, y| ((x * 31 + y * 17) % 23) as f32);
    for (target, fit) in [([48, 30], Fit::Crop), ([50, 50], Fit::Pad), ([97, 200], Fit::Squeeze), ([10, 7], Fit::Crop)]
    {
        for filter in [Filter::Box, Filter::Triangle, Filter::CubicBSpline] {
            let whole = noise.resampled(target, fit, filter, 1000);
            for band in [1, 2, 7, 16] {
                assert_eq!(noise.resampled(target, fit, filter, band), whole, "{target:?} {fit:?} {filter:?} {band}");
            }
        }
    }
}

#[test]
fn padding_is_black_and_the_same_size_is_the_same_picture() {
    let bright = Picture::new(40, 17, |_, _| 2.0);
    let resampler = Resampler::new(bright.size(), [20, 20], Fit::Pad, Filter::Triangle).unwrap();
    let picture = resampler.picture();
    assert_eq!(picture, Region::new(0, 6, 20, 8));
    let found = bright.resampled([20, 20], Fit::Pad, Filter::Triangle, 4);
    for (i, &sample) in found.iter().enumerate() {
        let inside = picture.contains_pixel((i % 20) as i32, (i / 20) as i32);
        let expected = if inside { 2.0 } else { 0.0 };
        assert!((sample - expected).abs() < 1e-6, "{i}: {sample}");
    }
    let noise = Picture::new(19, 13, |x, y| ((x * 31 + y * 17) % 23) as f32);
    assert_eq!(noise.resampled([19, 13], Fit::Crop, Filter::Triangle, 5), noise.samples);
}

#[test]
fn sizes_that_cannot_be_are_refused() {
    for (source, target) in [([0, 4], [4, 4]), ([4, 4], [4, 0]), ([4, 4], [65_537, 4])] {
        let error = Resampler::new(source, target, Fit::Crop, Filter::Triangle).unwrap_err().to_string();
        assert!(error.contains("from 1 to 65536"), "{error}");
    }
}
