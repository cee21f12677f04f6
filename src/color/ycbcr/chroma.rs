//! Fewer chroma samples: rows of Cb or Cr, filtered and halved.

use crate::color::block::{BLOCK, Lane};

/// A row of chroma with its border repeated on both sides: what the filter reads lies in it for every block.
#[derive(Debug, Clone)]
pub(super) struct ChromaRow {
    /// One sample more on the left, and on the right as many as make the last block whole.
    samples: Vec<f32>,
    width: usize,
}

impl ChromaRow {
    /// For rows of that many pixels, at least one.
    pub(super) fn new(width: usize) -> Self {
        let blocks = width.div_ceil(2 * BLOCK);
        Self { samples: vec![0.0; blocks * 2 * BLOCK + 1], width }
    }

    /// The samples from column `start` on, at least `values.len()` of the row's.
    #[inline(always)]
    pub(super) fn set(&mut self, start: usize, values: &[f32]) {
        self.samples[1 + start..][..values.len()].copy_from_slice(values);
    }

    /// The mean of both rows, here.
    #[inline(always)]
    pub(super) fn average(&mut self, other: &Self) {
        for (here, there) in self.samples.iter_mut().zip(&other.samples) {
            *here = (*here + there) * 0.5;
        }
    }

    /// Repeats the first and the last sample beyond the row's ends; to be called when all are set.
    #[inline(always)]
    pub(super) fn repeat_borders(&mut self) {
        self.samples[0] = self.samples[1];
        let last = self.samples[self.width];
        self.samples[self.width + 1..].fill(last);
    }

    /// Every other column from column `2 BLOCK block` on, each 1-2-1 filtered: co-sited with the even columns.
    #[inline(always)]
    pub(super) fn halved(&self, block: usize) -> Lane {
        let source = &self.samples[block * 2 * BLOCK..][..2 * BLOCK + 1];
        let mut output = [0.0; BLOCK];
        for (i, value) in output.iter_mut().enumerate() {
            *value = (source[2 * i] + source[2 * i + 2]) * 0.25 + source[2 * i + 1] * 0.5;
        }
        output
    }
}
