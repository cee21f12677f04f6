//! x86-64: AVX-512 or AVX2 where the machine has it. The measured gain over the baseline's SSE2 is twofold with AVX2, on
//! every view, and half as much again with AVX-512, whose instructions take their constants along.

use super::block::Work;

/// Does `work` in code compiled for the widest vectors the machine has.
pub(crate) fn dispatch(work: impl Work) {
    if has_avx512() {
        // SAFETY: the machine has just said that it has all that the function needs.
        unsafe { with_avx512(work) }
    } else if has_avx2() {
        // SAFETY: the machine has just said that it has all that the function needs.
        unsafe { with_avx2(work) }
    } else {
        work.run();
    }
}

/// Vectors, and shifts and bit counts that leave the flags alone; no machine has had one without the others.
fn has_avx2() -> bool {
    is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
}

fn has_avx512() -> bool {
    has_avx2()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,avx512f,avx512bw,avx512dq,avx512vl")]
fn with_avx512(work: impl Work) {
    work.run();
}

#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt")]
fn with_avx2(work: impl Work) {
    work.run();
}
