//! Which planes there are, and where they lie in a frame's bytes.

use crate::{Error, Result};

/// What the planes hold and how many chroma samples there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sampling {
    /// R'G'B', full range, in planes G, B, R.
    Rgb,
    /// Y'CbCr, a chroma sample for each pixel.
    Ycbcr444,
    /// Y'CbCr, a chroma sample for every other column, co-sited with the even (first, third ...) ones: BT.709-6, item 4.3.
    /// Filter: 1-2-1 around that column (a triangle), the border columns repeated.
    Ycbcr422,
    /// Y'CbCr, a chroma sample for two by two pixels: horizontally as 4:2:2, vertically midway between the rows (MPEG-2,
    /// H.264 `chroma_sample_loc_type` 0, "left"). Filter: 1-2-1 horizontally, the mean of both rows vertically.
    Ycbcr420,
}

/// Bits of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// One byte.
    Eight,
    /// Two bytes, as all below.
    Ten,
    /// For the best of the 4444 codecs.
    Twelve,
    /// R'G'B' only.
    Sixteen,
}

impl Depth {
    /// How many there are.
    pub const fn bits(self) -> u32 {
        match self {
            Self::Eight => 8,
            Self::Ten => 10,
            Self::Twelve => 12,
            Self::Sixteen => 16,
        }
    }

    /// Bytes of a code.
    pub const fn bytes(self) -> usize {
        if matches!(self, Self::Eight) { 1 } else { 2 }
    }
}

/// The planes of a frame: one after another in the order of ffmpeg's planar formats (Y', Cb, Cr or G, B, R, then alpha),
/// rows from the top without padding, codes of more than 8 bits in the low bits of two bytes, little-endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    sampling: Sampling,
    depth: Depth,
    alpha: bool,
    name: &'static str,
}

/// Some rows of a frame: what one job packs.
#[derive(Debug)]
pub struct Band<'a> {
    /// The first row, counted from the frame's top.
    pub first_row: usize,
    /// How many there are.
    pub rows: usize,
    /// Their bytes in each plane; the fourth is empty without alpha.
    pub planes: [&'a mut [u8]; 4],
}

impl Layout {
    /// Every layout, by ffmpeg's name of it.
    pub const ALL: [Self; 25] = [
        Self::new("gbrp", Sampling::Rgb, Depth::Eight, false),
        Self::new("gbrp10le", Sampling::Rgb, Depth::Ten, false),
        Self::new("gbrp12le", Sampling::Rgb, Depth::Twelve, false),
        Self::new("gbrp16le", Sampling::Rgb, Depth::Sixteen, false),
        Self::new("gbrap", Sampling::Rgb, Depth::Eight, true),
        Self::new("gbrap10le", Sampling::Rgb, Depth::Ten, true),
        Self::new("gbrap12le", Sampling::Rgb, Depth::Twelve, true),
        Self::new("gbrap16le", Sampling::Rgb, Depth::Sixteen, true),
        Self::new("yuv444p", Sampling::Ycbcr444, Depth::Eight, false),
        Self::new("yuv444p10le", Sampling::Ycbcr444, Depth::Ten, false),
        Self::new("yuv444p12le", Sampling::Ycbcr444, Depth::Twelve, false),
        Self::new("yuva444p", Sampling::Ycbcr444, Depth::Eight, true),
        Self::new("yuva444p10le", Sampling::Ycbcr444, Depth::Ten, true),
        Self::new("yuva444p12le", Sampling::Ycbcr444, Depth::Twelve, true),
        Self::new("yuv422p", Sampling::Ycbcr422, Depth::Eight, false),
        Self::new("yuv422p10le", Sampling::Ycbcr422, Depth::Ten, false),
        Self::new("yuv422p12le", Sampling::Ycbcr422, Depth::Twelve, false),
        Self::new("yuva422p", Sampling::Ycbcr422, Depth::Eight, true),
        Self::new("yuva422p10le", Sampling::Ycbcr422, Depth::Ten, true),
        Self::new("yuva422p12le", Sampling::Ycbcr422, Depth::Twelve, true),
        Self::new("yuv420p", Sampling::Ycbcr420, Depth::Eight, false),
        Self::new("yuv420p10le", Sampling::Ycbcr420, Depth::Ten, false),
        Self::new("yuv420p12le", Sampling::Ycbcr420, Depth::Twelve, false),
        Self::new("yuva420p", Sampling::Ycbcr420, Depth::Eight, true),
        Self::new("yuva420p10le", Sampling::Ycbcr420, Depth::Ten, true),
    ];

    const fn new(name: &'static str, sampling: Sampling, depth: Depth, alpha: bool) -> Self {
        Self { sampling, depth, alpha, name }
    }

    /// The layout that ffmpeg calls so.
    ///
    /// # Errors
    /// With the names there are, if it is none of them.
    pub fn named(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|layout| layout.name == name).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|layout| layout.name).collect();
            Error::spec(format!("{name:?} is no pixel format that is made"), format!("There are {}", known.join(", ")))
        })
    }

    /// The layout of a pixel format of ffmpeg's, which has names of their own (`yuvj420p`) for the same planes in full range.
    ///
    /// # Errors
    /// With the names there are, if it is none of them.
    pub fn of_pixel_format(name: &str) -> Result<Self> {
        Self::named(&name.replacen("yuvj", "yuv", 1))
    }

    /// ffmpeg's name, for its `-pix_fmt`.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// What the planes hold.
    pub const fn sampling(self) -> Sampling {
        self.sampling
    }

    /// Bits of a code.
    pub const fn depth(self) -> Depth {
        self.depth
    }

    /// Whether there is a plane of alpha.
    pub const fn has_alpha(self) -> bool {
        self.alpha
    }

    /// Width and height of each plane of a frame of that size; 0, 0 for alpha where there is none. Odd sizes have chroma for
    /// their last column and row too.
    pub fn plane_sizes(self, [width, height]: [usize; 2]) -> [[usize; 2]; 4] {
        let chroma = match self.sampling {
            Sampling::Rgb | Sampling::Ycbcr444 => [width, height],
            Sampling::Ycbcr422 => [width.div_ceil(2), height],
            Sampling::Ycbcr420 => [width.div_ceil(2), height.div_ceil(2)],
        };
        [[width, height], chroma, chroma, if self.alpha { [width, height] } else { [0, 0] }]
    }

    /// Bytes of a frame of that size.
    pub fn frame_bytes(self, size: [usize; 2]) -> usize {
        self.plane_sizes(size).iter().map(|[width, height]| width * height * self.depth.bytes()).sum()
    }

    /// Cuts a frame of that size into bands of `rows` rows (the last may have fewer), to be packed in any order.
    ///
    /// # Panics
    /// If `frame` is not as long as [`Self::frame_bytes`] says, or `rows` is odd or 0: chroma of 4:2:0 belongs to two rows.
    pub fn bands(self, frame: &mut [u8], size: [usize; 2], rows: usize) -> Vec<Band<'_>> {
        assert_eq!(frame.len(), self.frame_bytes(size), "a frame of {size:?} in {}", self.name);
        assert!(rows > 0 && rows.is_multiple_of(2), "bands of {rows} rows");
        let sizes = self.plane_sizes(size);
        let vertical = if self.sampling == Sampling::Ycbcr420 { 2 } else { 1 };
        let mut rest = frame;
        let mut planes = sizes.map(|[width, height]| {
            let (plane, others) = std::mem::take(&mut rest).split_at_mut(width * height * self.depth.bytes());
            rest = others;
            plane
        });
        let count = size[1].div_ceil(rows);
        let band = |index: usize| {
            let first_row = index * rows;
            let planes = std::array::from_fn(|plane| {
                let rows = if plane == 1 || plane == 2 { rows / vertical } else { rows };
                let whole = std::mem::take(&mut planes[plane]);
                let length = (rows * sizes[plane][0] * self.depth.bytes()).min(whole.len());
                let (own, others) = whole.split_at_mut(length);
                planes[plane] = others;
                own
            });
            Band { first_row, rows: rows.min(size[1] - first_row), planes }
        };
        (0..count).map(band).collect()
    }
}
