//! A layer as a picture: its colour planes placed in the display window.

use image::{ImageBuffer, Rgb, RgbImage};

use crate::color::{Processor, Row, code_u8, code_u16};
use crate::exr::{Layer, LayerKind, Part};
use crate::frame::{Frame, Plane, Region, Samples};
use crate::{Error, Result, par};

/// Rows that one job renders: enough to be worth a hand-over, few enough to stay in the cache.
const BAND: usize = 16;

/// The planes of a frame that make one layer's picture.
#[derive(Debug, Clone, Copy)]
pub struct LayerPicture<'a> {
    frame: &'a Frame,
    color: [&'a Plane; 3],
    alpha: Option<&'a Plane>,
    kind: LayerKind,
}

impl<'a> LayerPicture<'a> {
    /// `frame` was decoded from `part` with at least [`Layer::picture_channels`].
    ///
    /// # Errors
    /// If a channel of the layer is not in the frame.
    pub fn new(frame: &'a Frame, part: &Part, layer: &Layer) -> Result<Self> {
        let plane = |index: usize| {
            let name = part.channels.get(index).map(|channel| channel.name.as_str()).unwrap_or_default();
            frame.plane(name).ok_or_else(|| Error::spec(format!("channel {name:?} was not decoded"), ""))
        };
        let [r, g, b] = layer.color;
        let alpha = layer.alpha.map(plane).transpose()?;
        Ok(Self { frame, color: [plane(r)?, plane(g)?, plane(b)?], alpha, kind: layer.kind })
    }

    /// What is meant to be seen.
    pub fn window(&self) -> Region {
        self.frame.display_window
    }

    /// One row of the display window as floats, `y` from its top; 0 where there are no samples.
    pub fn read_row(&self, y: u32, rgb: [&mut [f32]; 3]) {
        for (plane, output) in self.color.into_iter().zip(rgb) {
            self.read_plane(plane, y, output);
        }
    }

    /// The same row of the layer's alpha; 1 everywhere where it has none.
    pub fn read_alpha_row(&self, y: u32, output: &mut [f32]) {
        match self.alpha {
            Some(plane) => self.read_plane(plane, y, output),
            None => output.fill(1.0),
        }
    }

    /// Whether the numbers are light, which a view is for.
    pub fn is_light(&self) -> bool {
        self.kind == LayerKind::Color
    }

    fn read_plane(&self, plane: &Plane, y: u32, output: &mut [f32]) {
        let (display, data) = (self.frame.display_window, self.frame.data_window);
        let row = Region::new(display.x, (i64::from(display.y) + i64::from(y)) as i32, display.width, 1);
        let shared = row.intersection(&data);
        let skip = (i64::from(shared.x) - i64::from(display.x)).max(0) as usize;
        let within_row = (i64::from(shared.x) - i64::from(data.x)).max(0) as usize;
        let within_column = (i64::from(row.y) - i64::from(data.y)).max(0) as usize;
        let start = within_column * data.width as usize + within_row;
        let (before, rest) = output.split_at_mut(skip.min(output.len()));
        let (inside, after) = rest.split_at_mut(shared.width as usize);
        before.fill(0.0);
        after.fill(0.0);
        if !inside.is_empty() {
            plane.samples.read_f32(start, inside);
        }
    }

    /// The picture as display values, 8 bits each.
    pub fn to_rgb8(&self, processor: &Processor) -> RgbImage {
        let mut output = ImageBuffer::new(self.window().width, self.window().height);
        match self.kind {
            LayerKind::Color => self.render(&mut output, |rgb, codes| processor.codes_u8(rgb, codes)),
            LayerKind::Data => self.interleave(&mut output, code_u8),
        }
        output
    }

    /// The picture as display values, 16 bits each.
    pub fn to_rgb16(&self, processor: &Processor) -> ImageBuffer<Rgb<u16>, Vec<u16>> {
        let mut output = ImageBuffer::new(self.window().width, self.window().height);
        self.write_rgb16(processor, &mut output);
        output
    }

    /// The same into `output`, three codes a pixel, for those who use their memory again.
    ///
    /// # Panics
    /// If `output` has not the length of the display window.
    pub fn write_rgb16(&self, processor: &Processor, output: &mut [u16]) {
        match self.kind {
            LayerKind::Color => self.render(output, |rgb, codes| processor.codes_u16(rgb, codes)),
            LayerKind::Data => self.interleave(output, code_u16),
        }
    }

    /// The picture as display values, a plane each, not cut to 0..1.
    pub fn to_planes(&self, processor: &Processor) -> [Vec<f32>; 3] {
        let area = self.window().area() as usize;
        let mut planes: [Vec<f32>; 3] = std::array::from_fn(|_| vec![0.0; area]);
        let width = self.window().width as usize;
        let [r, g, b] = planes.each_mut().map(|plane| plane.chunks_mut(BAND * width));
        let jobs: Vec<_> = r.zip(g).zip(b).enumerate().collect();
        par::map_init(
            jobs,
            || (),
            |(), (band, ((r, g), b))| {
                let rows = r.chunks_mut(width).zip(g.chunks_mut(width)).zip(b.chunks_mut(width));
                for (i, ((r, g), b)) in rows.enumerate() {
                    self.process_row((band * BAND + i) as u32, processor, [r, g, b]);
                }
            },
        );
        planes
    }

    /// The codes of every row, which `encode` makes from its three colours.
    fn render<T: Send>(&self, output: &mut [T], encode: impl Fn([Row<'_>; 3], &mut [T]) + Sync + Send) {
        self.by_rows(output, |y, buffer, codes| match self.lend_row(y) {
            Some(rgb) => encode(rgb, codes),
            None => encode(self.fill_row(y, buffer).map(Row::Float), codes),
        });
    }

    /// The codes of every row's samples as they are.
    fn interleave<T: Send>(&self, output: &mut [T], code: fn(f32) -> T) {
        self.by_rows(output, |y, buffer, codes| {
            let [r, g, b] = self.fill_row(y, buffer);
            for (((pixel, &r), &g), &b) in codes.as_chunks_mut().0.iter_mut().zip(r).zip(g).zip(b) {
                *pixel = [code(r), code(g), code(b)];
            }
        });
    }

    /// Calls `each` for every row: its number, memory that it may use, and its codes.
    fn by_rows<T: Send>(&self, output: &mut [T], each: impl Fn(u32, &mut Vec<f32>, &mut [T]) + Sync + Send) {
        let width = self.window().width as usize;
        assert_eq!(output.len() as u64, 3 * self.window().area(), "three codes for every pixel");
        let jobs: Vec<_> = output.chunks_mut(BAND * width * 3).enumerate().collect();
        par::map_init(jobs, Vec::new, |buffer, (band, rows)| {
            for (i, row) in rows.chunks_exact_mut(width * 3).enumerate() {
                each((band * BAND + i) as u32, buffer, row);
            }
        });
    }

    /// A row's samples where they lie, if there are all of them.
    fn lend_row(&self, y: u32) -> Option<[Row<'a>; 3]> {
        let (display, data) = (self.frame.display_window, self.frame.data_window);
        if (display.x, display.width) != (data.x, data.width) {
            return None;
        }
        let row = i64::from(display.y) + i64::from(y) - i64::from(data.y);
        let row = usize::try_from(row).ok().filter(|&row| row < data.height as usize)?;
        let width = data.width as usize;
        let range = row * width..(row + 1) * width;
        let lend = |plane: &'a Plane| match &plane.samples {
            Samples::Half(samples) => Some(Row::Half(&samples[range.clone()])),
            Samples::Float(samples) => Some(Row::Float(&samples[range.clone()])),
            Samples::Uint(_) => None,
        };
        let [r, g, b] = self.color;
        Some([lend(r)?, lend(g)?, lend(b)?])
    }

    /// A row read into `buffer`.
    fn fill_row<'b>(&self, y: u32, buffer: &'b mut Vec<f32>) -> [&'b [f32]; 3] {
        let width = self.window().width as usize;
        buffer.resize(3 * width, 0.0);
        let (r, rest) = buffer.split_at_mut(width);
        let (g, b) = rest.split_at_mut(width);
        self.read_row(y, [&mut *r, &mut *g, &mut *b]);
        [r, g, b]
    }

    fn process_row(&self, y: u32, processor: &Processor, [r, g, b]: [&mut [f32]; 3]) {
        self.read_row(y, [&mut *r, &mut *g, &mut *b]);
        if self.kind == LayerKind::Color {
            processor.apply([r, g, b]);
        }
    }
}
