//! What ZIP does to bytes before it compresses them; [`super::restore`] is the way back.
//!
//! The writer puts all even bytes of a chunk before all odd ones, so that the high bytes of half floats lie together, and
//! stores differences between neighbours (*Layout*, "ZIP compression"; OpenEXR `internal_zip.c`).

/// Turns bytes into differences, in place: the inverse of [`undo_differences`].
pub(super) fn make_differences(bytes: &mut [u8]) {
    let mut before = 0x80;
    for byte in bytes {
        let value = *byte;
        *byte = value.wrapping_sub(before) ^ 0x80;
        before = value;
    }
}

/// Puts the even bytes of `bytes` in the first half of `output` and the odd ones in the second.
///
/// # Panics
/// If the lengths differ.
pub(super) fn separate(bytes: &[u8], output: &mut [u8]) {
    assert_eq!(bytes.len(), output.len(), "bytes are moved, not made");
    let (even, odd) = output.split_at_mut(bytes.len().div_ceil(2));
    let pairs = bytes.chunks_exact(2);
    if let ([last], Some(to)) = (pairs.remainder(), even.last_mut()) {
        *to = *last;
    }
    for ((pair, even), odd) in pairs.zip(even).zip(odd) {
        (*even, *odd) = (pair[0], pair[1]);
    }
}
