//! Targets whose vectors are known when compiling: WebAssembly (simd128) and Arm (NEON).

use super::block::Work;

/// Does `work`.
pub(crate) fn dispatch(work: impl Work) {
    work.run();
}
