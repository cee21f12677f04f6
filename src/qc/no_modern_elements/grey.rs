//! A picture in grey, to look for things that can be read.

use crate::qc::survey::{Rows as _, SceneRows, Tone};
use crate::{Error, Result, par};

/// Rows that one job makes.
const BAND: usize = 32;
/// Share by which black is darker than what is around it: grain on a smooth wall is not.
const DARKER: f64 = 0.05;

/// Luminance as the view's grey scale shows it, in display codes of 8 bits, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// 0 black, 255 white; as many as `width` times `height`.
    pub codes: Vec<u8>,
}

impl Grey {
    /// A picture of these codes.
    ///
    /// # Errors
    /// [`Error::Spec`] if there are not as many as `width` times `height`.
    pub fn new(width: usize, height: usize, codes: Vec<u8>) -> Result<Self> {
        if width.checked_mul(height) == Some(codes.len()) {
            return Ok(Self { width, height, codes });
        }
        let what = format!("a picture of {width}x{height} has other than {} codes", codes.len());
        Err(Error::spec(what, "Give rows of one byte a pixel"))
    }

    /// The visible part of a frame.
    pub(in crate::qc) fn of_scene(rows: &SceneRows<'_>, tone: &Tone) -> Self {
        let [width, height] = rows.size();
        let mut codes = vec![0; width * height];
        let init = || ([(); 3].map(|()| vec![0.0; width]), vec![0.0; width]);
        let jobs: Vec<_> = codes.chunks_mut((BAND * width).max(1)).enumerate().collect();
        par::map_init(jobs, init, |(channels, signal), (band, codes)| {
            for (i, codes) in codes.chunks_exact_mut(width).enumerate() {
                rows.read(band * BAND + i, channels);
                rows.signal(channels, signal);
                for (code, &signal) in codes.iter_mut().zip(&*signal) {
                    *code = tone.at(signal).code.clamp(0.0, 255.0) as u8;
                }
            }
        });
        Self { width, height, codes }
    }

    /// The mean of every 2x2 pixels: half the size, and half the grain.
    pub(crate) fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let pairs = |row: &[u8], x: usize| u16::from(row[2 * x]) + u16::from(row[2 * x + 1]);
        let codes = self.codes.chunks_exact((2 * self.width).max(1)).take(height).flat_map(|rows| {
            let (upper, lower) = rows.split_at(self.width);
            (0..width).map(move |x| ((pairs(upper, x) + pairs(lower, x) + 2) / 4) as u8)
        });
        Self { width, height, codes: codes.collect() }
    }

    /// Whether each pixel is darker, by more than [`DARKER`], than the mean of those within `reach` columns and rows.
    pub(super) fn darker_than_around(&self, reach: usize) -> Vec<bool> {
        let (width, height) = (self.width, self.height);
        let row = |y: usize| &self.codes[y * width..(y + 1) * width];
        // Sums of columns over the rows in reach; a row comes in below as another goes out above.
        let mut columns = vec![0_u32; width];
        let add = |columns: &mut [u32], y: usize| {
            columns.iter_mut().zip(row(y)).for_each(|(sum, &code)| *sum += u32::from(code));
        };
        (0..reach.min(height)).for_each(|y| add(&mut columns, y));
        let mut black = Vec::with_capacity(width * height);
        for y in 0..height {
            if y + reach < height {
                add(&mut columns, y + reach);
            }
            if y > reach {
                columns.iter_mut().zip(row(y - reach - 1)).for_each(|(sum, &code)| *sum -= u32::from(code));
            }
            let rows = (y + reach).min(height - 1) + 1 - y.saturating_sub(reach);
            let mut sum: u64 = columns[..reach.min(width)].iter().map(|&column| u64::from(column)).sum();
            for (x, &code) in row(y).iter().enumerate() {
                sum += columns.get(x + reach).map_or(0, |&column| u64::from(column));
                if x > reach {
                    sum -= u64::from(columns[x - reach - 1]);
                }
                let count = rows * ((x + reach).min(width - 1) + 1 - x.saturating_sub(reach));
                black.push(f64::from(code) * count as f64 * (1.0 + DARKER) < sum as f64);
            }
        }
        black
    }
}
