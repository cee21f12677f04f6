//! Bits of parameter sets: H.264, 7.2 and 9.1.

/// Reads bits, the highest of each byte first.
#[derive(Debug, Clone)]
pub(crate) struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// The set ends before its syntax does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended;

impl<'a> Bits<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many have been read.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn bit(&mut self) -> Result<bool, Ended> {
        let byte = self.bytes.get(self.at / 8).ok_or(Ended)?;
        let bit = byte >> (7 - self.at % 8) & 1 == 1;
        self.at += 1;
        Ok(bit)
    }

    /// `count` bits as a number, 32 at the most.
    pub(crate) fn number(&mut self, count: u32) -> Result<u32, Ended> {
        (0..count).try_fold(0, |value, _| Ok(value << 1 | u32::from(self.bit()?)))
    }

    /// `ue(v)`: as many zeros as bits follow the one after them.
    pub(crate) fn unsigned(&mut self) -> Result<u32, Ended> {
        let mut zeros = 0;
        while !self.bit()? {
            zeros += 1;
            if zeros > 31 {
                return Err(Ended);
            }
        }
        Ok((1 << zeros) - 1 + self.number(zeros)?)
    }

    /// `se(v)`: 0, 1, -1, 2, -2 …
    pub(crate) fn signed(&mut self) -> Result<i64, Ended> {
        let code = i64::from(self.unsigned()?);
        Ok(if code % 2 == 1 { (code + 1) / 2 } else { -code / 2 })
    }

    /// The place of the last bit that is 1, which ends the payload.
    pub(crate) fn stop(&self) -> Result<usize, Ended> {
        let last = self.bytes.iter().rposition(|&byte| byte != 0).ok_or(Ended)?;
        Ok(last * 8 + 7 - self.bytes[last].trailing_zeros() as usize)
    }
}

/// Writes bits.
#[derive(Debug, Default)]
pub(crate) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits of the last byte that are used.
    used: usize,
}

impl BitWriter {
    pub(crate) fn bit(&mut self, bit: bool) {
        if self.used.is_multiple_of(8) {
            self.bytes.push(0);
            self.used = 0;
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << (7 - self.used);
        }
        self.used += 1;
    }

    pub(crate) fn number(&mut self, value: u32, count: u32) {
        for place in (0..count).rev() {
            self.bit(value >> place & 1 == 1);
        }
    }

    /// The bits of `from` from its position up to `end`.
    pub(crate) fn copy(&mut self, from: &mut Bits<'_>, end: usize) -> Result<(), Ended> {
        while from.position() < end {
            let bit = from.bit()?;
            self.bit(bit);
        }
        Ok(())
    }

    /// With the bit that ends a payload, filled up to a byte.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        self.bit(true);
        self.bytes
    }
}

/// The payload of a unit: without the bytes that keep start codes out of it.
pub(crate) fn unescape(unit: &[u8]) -> Vec<u8> {
    let mut payload: Vec<u8> = Vec::with_capacity(unit.len());
    let mut zeros = 0;
    for &byte in unit {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        payload.push(byte);
    }
    payload
}

/// The unit of a payload: with those bytes.
pub(crate) fn escape(payload: &[u8]) -> Vec<u8> {
    let mut unit = Vec::with_capacity(payload.len() + 2);
    let mut zeros = 0;
    for &byte in payload {
        if zeros >= 2 && byte <= 3 {
            unit.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        unit.push(byte);
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::{BitWriter, Bits, Ended, escape, unescape};

    #[test]
    fn codes_of_every_length_are_read() {
        // 1, 010, 011, 00100, 00111: H.264, table 9-2.
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0011, 0b1000_0000]);
        let codes: Vec<_> = (0..5).map(|_| bits.unsigned()).collect();
        assert_eq!(codes, [Ok(0), Ok(1), Ok(2), Ok(3), Ok(6)]);
        let mut bits = Bits::new(&[0b1010_0110, 0b0100_0010, 0b1000_0000]);
        let signed: Vec<_> = (0..5).map(|_| bits.signed()).collect();
        assert_eq!(signed, [Ok(0), Ok(1), Ok(-1), Ok(2), Ok(-2)]);
        assert_eq!(Bits::new(&[0; 9]).unsigned(), Err(Ended));
        assert_eq!(Bits::new(&[0]).stop(), Err(Ended));
        assert_eq!(Bits::new(&[0xff, 0b0001_0000, 0]).stop(), Ok(11));
    }

    #[test]
    fn bits_and_start_codes_survive_a_round_trip() -> Result<(), Ended> {
        let payload = [0, 0, 0, 0, 0, 1, 7, 0, 0, 2, 0, 0, 3, 0x80];
        assert_eq!(unescape(&escape(&payload)), payload);
        assert_eq!(escape(&[0, 0, 1]), [0, 0, 3, 1]);
        let mut writer = BitWriter::default();
        let mut bits = Bits::new(&payload);
        writer.copy(&mut bits, 14 * 8 - 8)?;
        assert_eq!(writer.finish(), payload);
        Ok(())
    }
}
