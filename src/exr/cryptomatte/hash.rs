//! Names to ids.

/// The id of a name: its MurmurHash3_32, made fit for a float (*Specification*, "ID Generation").
pub fn id_of_name(name: &str) -> u32 {
    id_of_hash(murmur3_32(name.as_bytes()))
}

/// The bits of the float that stands for a hash in pixels: `uint32_to_float32` flips the lowest bit of an exponent that
/// would make it zero, subnormal, infinite or not a number, since such floats do not survive every program.
pub fn id_of_hash(hash: u32) -> u32 {
    match (hash >> 23) & 0xff {
        0 | 255 => hash ^ 1 << 23,
        _ => hash,
    }
}

/// MurmurHash3_x86_32 with the seed 0 (Austin Appleby, `MurmurHash3.cpp` of smhasher, public domain).
fn murmur3_32(bytes: &[u8]) -> u32 {
    let scramble = |block: u32| block.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    let (blocks, rest) = bytes.as_chunks::<4>();
    let mut hash = blocks.iter().fold(0_u32, |hash, block| {
        let hash = hash ^ scramble(u32::from_le_bytes(*block));
        hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64)
    });
    if !rest.is_empty() {
        hash ^= scramble(rest.iter().rev().fold(0, |block, &byte| block << 8 | u32::from(byte)));
    }
    hash ^= bytes.len() as u32;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ hash >> 13).wrapping_mul(0xc2b2_ae35);
    hash ^ hash >> 16
}

#[cfg(test)]
mod tests {
    use super::{id_of_hash, murmur3_32};

    #[test]
    fn hashes_of_every_tail_length_are_murmurs() {
        // From mmh3 5.1.0 (PyPI), `mmh3.hash(text, 0, signed=False)`.
        let known = [("", 0), ("a", 0x3c25_69b2), ("ab", 0x9bbf_d75f), ("abc", 0xb3dd_93fa), ("abcd", 0x43ed_676a)];
        for (text, hash) in known {
            assert_eq!(murmur3_32(text.as_bytes()), hash, "{text}");
        }
    }

    #[test]
    fn ids_are_ordinary_floats() {
        for (hash, id) in
            [(0, 0x0080_0000), (0x7f80_0001, 0x7f00_0001), (0xffff_ffff, 0xff7f_ffff), (0x79b6_2f5e, 0x79b6_2f5e)]
        {
            assert_eq!(id_of_hash(hash), id);
            assert!(f32::from_bits(id).is_normal());
        }
    }
}
