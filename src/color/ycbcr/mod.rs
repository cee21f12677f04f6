//! Display values to the planes that an encoder takes: R'G'B' or Y'CbCr of BT.709.
//!
//! We make the encoder's own pixel format, so that no scaler between here and the codec touches colour.
//!
//! - Input: rows of display-encoded R'G'B', 0..1, as a [`super::Processor`] leaves them. What is outside is cut here, and
//!   NaN is 0: Y'CbCr that no R'G'B' display can show is never made. Count clipping before.
//! - Y'CbCr: Rec. ITU-R BT.709-6, items 3.2 and 3.3; quantised in narrow ("legal") range by item 3.4,
//!   INT[(219 E'Y + 16) 2^(n-8)] and INT[(224 E'C + 128) 2^(n-8)], from the filtered, unquantised signals. BT.709 defines 8
//!   and 10 bits; 12 bits follow the same formula, as BT.2020-2 has it.
//! - R'G'B': full range, INT[E' (2^n - 1)], planes in the order G, B, R. Alpha: the same, since codecs that carry alpha
//!   (ProRes 4444: SMPTE RDD 36) take it in full range beside any video range.
//! - Rounding: to the nearest code, halves up, as INT[] is defined. No dither: masters are grainy film pictures, whose grain
//!   is far above half a 10-bit code and dithers by itself; and a file can then be checked code by code against the
//!   arithmetic.
//! - Chroma is filtered with weights that are not negative, so that it never leaves its range: see [`Sampling`].

mod chroma;
mod layout;
mod pack;

pub use layout::{Band, Depth, Layout, Sampling};
