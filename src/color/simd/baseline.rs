//! Targets whose vectors are known when compiling: WebAssembly (simd128) and Arm (NEON).

use super::processor::{Processor, Work};

/// Does `work`.
pub(super) fn dispatch(processor: &Processor, work: impl Work) {
    work.run(processor);
}
