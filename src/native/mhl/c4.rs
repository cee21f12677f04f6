//! C4 identifiers: SHA-512 in base 58 (SMPTE ST 2114).

use sha2::{Digest, Sha512};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Characters after `c4`.
const DIGITS: usize = 88;

/// The identifier of `bytes`.
pub(super) fn identifier(bytes: &[u8]) -> String {
    from_digest(Sha512::digest(bytes).into())
}

/// The identifier of what has this SHA-512.
pub(super) fn from_digest(mut number: [u8; 64]) -> String {
    let mut digits = [ALPHABET[0]; DIGITS];
    for digit in digits.iter_mut().rev() {
        // Long division by 58, from the highest byte down.
        let mut rest = 0_usize;
        for byte in &mut number {
            let value = rest << 8 | usize::from(*byte);
            *byte = (value / 58) as u8;
            rest = value % 58;
        }
        *digit = ALPHABET[rest];
    }
    let text: String = digits.iter().map(|&digit| char::from(digit)).collect();
    format!("c4{text}")
}

#[cfg(test)]
mod tests {
    use super::identifier;

    /// From the C4 white paper and ST 2114: the identifier of nothing.
    #[test]
    fn nothing_has_its_known_identifier() {
        let known = "c459dsjfscH38cYeXXYogktxf4Cd9ibshE3BHUo6a58hBXmRQdZrAkZzsWcbWtDg5oQstpDuni4Hirj75GEmTc1sFT";
        assert_eq!(identifier(b""), known);
    }
}
