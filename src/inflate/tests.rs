use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::Inflater;

struct Random(u64);

impl Random {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end
    }
}

/// Bytes of several characters: noise, skewed noise, runs, repetitions at any distance.
fn bytes(random: &mut Random, length: usize) -> Vec<u8> {
    let kind = random.below(5);
    let mut bytes: Vec<u8> = (0..length)
        .map(|i| match kind {
            0 => random.below(256) as u8,
            1 => (random.below(4) * random.below(30)) as u8,
            2 => (i / 7) as u8,
            3 => 0,
            _ => random.below(16).pow(2) as u8,
        })
        .collect();
    for _ in 0..if kind == 4 { length / 50 } else { 0 } {
        let (from, count) = (random.below(length), random.below(300));
        let to = random.below(length);
        let count = count.min(length - from.max(to));
        bytes.copy_within(from..from + count, to);
    }
    bytes
}

fn inflate(stream: &[u8], length: usize) -> Result<Vec<u8>, &'static str> {
    let mut output = vec![0xaa; length];
    Inflater::new().zlib(stream, &mut output).map(|()| output)
}

#[test]
fn every_level_and_character_comes_back() {
    let mut random = Random(7);
    let mut inflater = Inflater::new();
    for round in 0..300 {
        let length = [0, 1, 2, 7, 100, 1000, 5000, 70_000][round % 8];
        let original = bytes(&mut random, length);
        let stream = compress_to_vec_zlib(&original, [0, 1, 4, 6, 9, 10][round % 6]);
        let mut output = vec![0xaa; length];
        assert_eq!(inflater.zlib(&stream, &mut output), Ok(()), "round {round}, {length} bytes");
        assert!(output == original, "round {round}, {length} bytes");
    }
}

#[test]
fn a_wrong_length_is_told() {
    let mut random = Random(11);
    for length in [1, 10, 300, 5000, 70_000] {
        let stream = compress_to_vec_zlib(&bytes(&mut random, length), 6);
        assert!(inflate(&stream, length - 1).is_err());
        assert!(inflate(&stream, length + 1).is_err());
    }
}

#[test]
fn every_truncation_is_told() {
    let mut random = Random(13);
    let stream = compress_to_vec_zlib(&bytes(&mut random, 5000), 6);
    for end in 0..stream.len() {
        assert!(inflate(&stream[..end], 5000).is_err(), "{end} bytes");
    }
}

#[test]
fn damage_is_judged_as_another_decoder_judges_it() {
    let mut random = Random(17);
    for round in 0..2000 {
        let length = [7, 100, 1000, 5000][round % 4];
        let mut stream = compress_to_vec_zlib(&bytes(&mut random, length), [1, 6, 10][round % 3]);
        let place = random.below(stream.len());
        stream[place] ^= 1 << random.below(8);
        let other = decompress_to_vec_zlib_with_limit(&stream, length).ok().filter(|bytes| bytes.len() == length);
        assert_eq!(inflate(&stream, length).ok(), other, "round {round}, byte {place}");
    }
}

#[test]
fn arbitrary_bytes_end_in_an_answer() {
    let mut random = Random(19);
    for _ in 0..3000 {
        let mut stream: Vec<u8> = (0..random.below(600)).map(|_| random.below(256) as u8).collect();
        stream.splice(..0, [0x78, 0x9c]);
        let _ = inflate(&stream, random.below(3000));
    }
}
