//! One channel of a picture.

use half::f16;
use serde::{Deserialize, Serialize};

use crate::widen::widen;

/// The three kinds of sample that OpenEXR knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SampleType {
    /// 32-bit unsigned integer.
    Uint,
    /// 16-bit float, IEEE 754 binary16.
    Half,
    /// 32-bit float, IEEE 754 binary32.
    Float,
}

impl SampleType {
    /// Bytes of one sample.
    pub const fn bytes(self) -> usize {
        match self {
            Self::Half => 2,
            Self::Uint | Self::Float => 4,
        }
    }

    /// The name used in reports and on the page.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uint => "uint",
            Self::Half => "half",
            Self::Float => "float",
        }
    }
}

/// The samples of one channel, in the type the file has.
#[derive(Debug, Clone, PartialEq)]
pub enum Samples {
    /// 32-bit unsigned integers: ids, counters.
    Uint(Vec<u32>),
    /// 16-bit floats: the daily bread.
    Half(Vec<f16>),
    /// 32-bit floats: depth, positions, Cryptomatte.
    Float(Vec<f32>),
}

/// One channel of a picture: its full name (`layer.R`) and its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Plane {
    /// Full channel name as in the file.
    pub name: String,
    /// Row by row from the top left of the data window.
    pub samples: Samples,
}

impl Samples {
    /// `length` samples of zero.
    pub fn zeros(kind: SampleType, length: usize) -> Self {
        match kind {
            SampleType::Uint => Self::Uint(vec![0; length]),
            SampleType::Half => Self::Half(bytemuck::zeroed_vec(length)),
            SampleType::Float => Self::Float(vec![0.0; length]),
        }
    }

    /// Their type.
    pub fn kind(&self) -> SampleType {
        match self {
            Self::Uint(_) => SampleType::Uint,
            Self::Half(_) => SampleType::Half,
            Self::Float(_) => SampleType::Float,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Uint(samples) => samples.len(),
            Self::Half(samples) => samples.len(),
            Self::Float(samples) => samples.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Their bytes, in the machine's byte order.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Uint(samples) => bytemuck::cast_slice(samples),
            Self::Half(samples) => bytemuck::cast_slice(samples),
            Self::Float(samples) => bytemuck::cast_slice(samples),
        }
    }

    /// Their bytes, to be written in the machine's byte order.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Uint(samples) => bytemuck::cast_slice_mut(samples),
            Self::Half(samples) => bytemuck::cast_slice_mut(samples),
            Self::Float(samples) => bytemuck::cast_slice_mut(samples),
        }
    }

    /// One sample as a float; integers above 2^24 are rounded.
    pub fn get(&self, index: usize) -> Option<f32> {
        match self {
            Self::Uint(samples) => samples.get(index).map(|&sample| sample as f32),
            Self::Half(samples) => samples.get(index).map(|sample| sample.to_f32()),
            Self::Float(samples) => samples.get(index).copied(),
        }
    }

    /// `output.len()` samples from `start` on as floats; integers above 2^24 are rounded.
    ///
    /// # Panics
    /// If there are fewer samples than that.
    pub fn read_f32(&self, start: usize, output: &mut [f32]) {
        let range = start..start + output.len();
        match self {
            Self::Uint(samples) => {
                for (to, &from) in output.iter_mut().zip(&samples[range]) {
                    *to = from as f32;
                }
            }
            Self::Half(samples) => widen(&samples[range], output),
            Self::Float(samples) => output.copy_from_slice(&samples[range]),
        }
    }

    /// The same samples all as floats; integers above 2^24 are rounded.
    pub fn to_f32(&self) -> Vec<f32> {
        let mut output = vec![0.0; self.len()];
        self.read_f32(0, &mut output);
        output
    }
}
