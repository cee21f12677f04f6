//! Frames on their way to the program that puts them into a movie: QuickTime in fragments, which can be read from a pipe.
//!
//! Source: ISO/IEC 14496-12:2015, 8.8 "Movie Fragments", and Apple's *QuickTime File Format* for the sample entry. A fragment
//! is a frame: nothing has to be known of those that come after it.

use super::Settings;

/// What stands around the frames of one movie.
#[derive(Debug, Clone)]
pub struct Stream {
    settings: Settings,
    entry: [u8; 4],
    /// Frames so far.
    frames: u32,
}

/// The one track.
const TRACK: u32 = 1;

impl Stream {
    /// `entry` is the four letters of the kind of ProRes.
    pub fn new(settings: &Settings, entry: [u8; 4]) -> Self {
        Self { settings: *settings, entry, frames: 0 }
    }

    /// What comes before the next frame, which is `length` bytes long.
    pub fn before(&mut self, length: usize) -> Vec<u8> {
        let head = if self.frames == 0 { self.head() } else { Vec::new() };
        let fragment = self.fragment(length as u32);
        self.frames += 1;
        [head, fragment].concat()
    }

    /// What comes before all frames.
    fn head(&self) -> Vec<u8> {
        let brand = boxed(b"ftyp", &[b"qt  ", &words(&[0x200]), b"qt  "]);
        let extends = boxed(b"trex", &[&words(&[0, TRACK, 1, self.settings.frame_rate.denominator, 0, 0])]);
        let movie = boxed(
            b"moov",
            &[
                &self.movie_header(),
                &boxed(b"trak", &[&self.track_header(), &self.media()]),
                &boxed(b"mvex", &[&extends]),
            ],
        );
        [brand, movie].concat()
    }

    fn fragment(&self, length: u32) -> Vec<u8> {
        // Only the offset to the data is open: it is the fragment's own length, and that of the data's header.
        let fragment = |offset: u32| {
            let number = boxed(b"mfhd", &[&words(&[0, self.frames + 1])]);
            let track = boxed(b"tfhd", &[&words(&[BASE_IS_HERE, TRACK])]);
            let start = u64::from(self.frames) * u64::from(self.settings.frame_rate.denominator);
            let time = boxed(b"tfdt", &[&words(&[1 << 24]), &start.to_be_bytes()]);
            let run = boxed(b"trun", &[&words(&[HAS_OFFSET | HAS_SIZES, 1, offset, length])]);
            boxed(b"moof", &[&number, &boxed(b"traf", &[&track, &time, &run])])
        };
        let offset = fragment(0).len() as u32 + 8;
        [fragment(offset), words(&[length + 8]), b"mdat".to_vec()].concat()
    }

    fn movie_header(&self) -> Vec<u8> {
        let rate_and_volume = [&words(&[0x1_0000])[..], &[1, 0], &[0; 10]].concat();
        boxed(
            b"mvhd",
            &[
                &words(&[0, 0, 0, self.settings.frame_rate.numerator, 0]),
                &rate_and_volume,
                &matrix(),
                &[0; 24],
                &words(&[TRACK + 1]),
            ],
        )
    }

    fn track_header(&self) -> Vec<u8> {
        let [width, height] = self.settings.size.map(|side| (side as u32) << 16);
        // Shown, and part of the movie.
        boxed(b"tkhd", &[&words(&[3, 0, 0, TRACK, 0, 0]), &[0; 16], &matrix(), &words(&[width, height])])
    }

    fn media(&self) -> Vec<u8> {
        // The language is not said.
        let header = boxed(b"mdhd", &[&words(&[0, 0, 0, self.settings.frame_rate.numerator, 0, 0x7fff_0000])]);
        let handler = |class: &[u8; 4], kind: &[u8; 4]| boxed(b"hdlr", &[&words(&[0]), class, kind, &[0; 13]]);
        // The data is in this very file.
        let reference = boxed(b"dref", &[&words(&[0, 1]), &boxed(b"url ", &[&words(&[1])])]);
        let empty = |kind: &[u8; 4], count: usize| boxed(kind, &[&words(&[0; 3][..count])]);
        let table = boxed(
            b"stbl",
            &[
                &boxed(b"stsd", &[&words(&[0, 1]), &self.sample_entry()]),
                &empty(b"stts", 2),
                &empty(b"stsc", 2),
                &empty(b"stsz", 3),
                &empty(b"stco", 2),
            ],
        );
        let information = boxed(
            b"minf",
            &[
                &boxed(b"vmhd", &[&words(&[1]), &[0; 8]]),
                &handler(b"dhlr", b"url "),
                &boxed(b"dinf", &[&reference]),
                &table,
            ],
        );
        boxed(b"mdia", &[&header, &handler(b"mhlr", b"vide"), &information])
    }

    fn sample_entry(&self) -> Vec<u8> {
        let Settings { layout, size: [width, height], .. } = self.settings;
        let depth: u16 = if layout.has_alpha() { 32 } else { 24 };
        let size = [width as u16, height as u16].map(u16::to_be_bytes).concat();
        // 72 dots per inch, one frame in a sample.
        let resolution = words(&[0x48_0000, 0x48_0000, 0]);
        // No table of colours.
        let depth = [&depth.to_be_bytes()[..], &[0xff; 2]].concat();
        // Primaries, transfer, matrix: BT.709.
        let color = boxed(b"colr", &[b"nclc", &[0, 1, 0, 1, 0, 1]]);
        let square = boxed(b"pasp", &[&words(&[1, 1])]);
        let progressive = boxed(b"fiel", &[&[1, 0]]);
        let fields = [&[0; 6][..], &[0, 1], &[0; 16], &size, &resolution, &[0, 1], &[0; 32], &depth].concat();
        boxed(&self.entry, &[&fields, &color, &square, &progressive])
    }
}

/// Offsets count from the fragment's first byte.
const BASE_IS_HERE: u32 = 0x2_0000;
const HAS_OFFSET: u32 = 1;
const HAS_SIZES: u32 = 0x200;

/// No turn, no scale.
fn matrix() -> Vec<u8> {
    words(&[0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000])
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let length = 8 + parts.iter().map(|part| part.len()).sum::<usize>() as u32;
    [&length.to_be_bytes()[..], kind].into_iter().chain(parts.iter().copied()).collect::<Vec<_>>().concat()
}
