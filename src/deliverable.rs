//! A scene-linear layer to the planes of a movie's frame: size, view, packing, band by band in one pass.
//!
//! The order is that of light: the size changes on scene-linear values (as a lens or a larger pixel would have averaged
//! them), then comes the view, then the codes. A band's rows stay in the cache from the first step to the last.

use std::ops::Range;

use crate::Result;
use crate::color::Processor;
use crate::color::ycbcr::{Band, Layout};
use crate::frame::resample::{Filter, Fit, Resampler};
use crate::overlay::Overlay;
use crate::par::{self, Pool};
use crate::picture::LayerPicture;

/// Rows of a band where the size changes: many against the few that a filter reads beyond it.
const RESAMPLED_BAND: usize = 32;
/// Rows of a band where it does not: as few as stay in a core's own cache. Both are even, as 4:2:0 wants.
const DIRECT_BAND: usize = 4;

/// Makes the planes of one deliverable's frames.
#[derive(Debug)]
pub struct Deliverable {
    layout: Layout,
    size: [usize; 2],
    /// Where the size changes.
    resampler: Option<Resampler>,
    /// Of bands.
    rows: Pool<Rows>,
}

impl Deliverable {
    /// From pictures of the size `source` to frames of the size `target`, in pixels. What differs in shape is cut.
    ///
    /// # Errors
    /// If a side is 0 or longer than 65536.
    pub fn new(source: [u32; 2], target: [u32; 2], layout: Layout) -> Result<Self> {
        let resampler = Resampler::new(source, target, Fit::Crop, Filter::Triangle)?;
        let size = resampler.target_size();
        let resampler = (source != target).then_some(resampler);
        Ok(Self { layout, size, resampler, rows: Pool::default() })
    }

    /// What the planes are.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Width and height of a frame.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// Bytes of a frame.
    pub fn frame_bytes(&self) -> usize {
        self.layout.frame_bytes(self.size)
    }

    /// Fills `planes`, [`Self::frame_bytes`] long.
    ///
    /// Colour is straight where the planes have alpha, as codecs that carry it expect (SMPTE RDD 36), and as it stands in
    /// the composite (over black) where they have none.
    ///
    /// # Panics
    /// If `planes` is not that long, or the picture is not of the size that was announced.
    pub fn render(&self, picture: &LayerPicture<'_>, processor: &Processor, planes: &mut [u8]) {
        self.render_under(picture, processor, &Overlay::default(), planes);
    }

    /// The same, with `overlay` drawn over the display values.
    ///
    /// # Panics
    /// As [`Self::render`].
    pub fn render_under(
        &self,
        picture: &LayerPicture<'_>,
        processor: &Processor,
        overlay: &Overlay,
        planes: &mut [u8],
    ) {
        let [width, _] = self.size;
        self.fill(planes, |rows, band| {
            rows.read(self, picture, band);
            let [r, g, b, a] = rows.take(width * band.rows);
            if self.layout.has_alpha() {
                make_straight([&mut *r, &mut *g, &mut *b], a);
            }
            if picture.is_light() {
                processor.apply([&mut *r, &mut *g, &mut *b]);
            }
            let mut alpha = self.layout.has_alpha().then_some(a);
            overlay.draw(width, band.first_row, [&mut *r, &mut *g, &mut *b], alpha.as_deref_mut());
            self.layout.pack(width, [r, g, b], alpha.as_deref(), band);
        });
    }

    /// Fills `planes` with `overlay` on black: a frame without a picture.
    ///
    /// # Panics
    /// If `planes` is not [`Self::frame_bytes`] long.
    pub fn draw(&self, overlay: &Overlay, planes: &mut [u8]) {
        let [width, _] = self.size;
        self.fill(planes, |rows, band| {
            let [r, g, b, _] = rows.take(width * band.rows);
            [&mut *r, &mut *g, &mut *b].into_iter().for_each(|row| row.fill(0.0));
            overlay.draw(width, band.first_row, [&mut *r, &mut *g, &mut *b], None);
            self.layout.pack(width, [r, g, b], None, band);
        });
    }

    /// Runs `job` on every band of the planes.
    fn fill(&self, planes: &mut [u8], job: impl Fn(&mut Rows, &mut Band<'_>) + Sync + Send) {
        let height = if self.resampler.is_some() { RESAMPLED_BAND } else { DIRECT_BAND };
        let bands = self.layout.bands(planes, self.size, height);
        let make = || Rows::new(self.size[0] * height);
        par::map_init(bands, || (), |(), mut band| self.rows.with(make, |rows| job(rows, &mut band)));
    }
}

/// The rows of one band: red, green, blue, alpha.
#[derive(Debug)]
struct Rows([Vec<f32>; 4]);

impl Rows {
    fn new(samples: usize) -> Self {
        Self(std::array::from_fn(|_| vec![0.0; samples]))
    }

    /// The first samples of each.
    fn take(&mut self, length: usize) -> [&mut [f32]; 4] {
        self.0.each_mut().map(|rows| &mut rows[..length])
    }

    fn read(&mut self, of: &Deliverable, picture: &LayerPicture<'_>, band: &Band<'_>) {
        let width = of.size[0];
        let wanted = band.first_row..band.first_row + band.rows;
        let place = |y: usize| -> Range<usize> { (y - band.first_row) * width..(y - band.first_row + 1) * width };
        let has_alpha = of.layout.has_alpha();
        match (&of.resampler, has_alpha) {
            (None, _) => {
                for y in wanted {
                    let [r, g, b, a] = self.0.each_mut().map(|rows| &mut rows[place(y)]);
                    picture.read_row(y as u32, [r, g, b]);
                    if has_alpha {
                        picture.read_alpha_row(y as u32, a);
                    }
                }
            }
            (Some(resampler), false) => resampler.run::<3>(
                wanted,
                |y, rgb| picture.read_row(y as u32, rgb),
                |y, rgb| self.0.iter_mut().zip(rgb).for_each(|(rows, row)| rows[place(y)].copy_from_slice(row)),
            ),
            (Some(resampler), true) => resampler.run::<4>(
                wanted,
                |y, [r, g, b, a]| {
                    picture.read_row(y as u32, [r, g, b]);
                    picture.read_alpha_row(y as u32, a);
                },
                |y, rgba| self.0.iter_mut().zip(rgba).for_each(|(rows, row)| rows[place(y)].copy_from_slice(row)),
            ),
        }
    }
}

/// Colour without its coverage. EXR stores it multiplied by alpha (*Technical Introduction to OpenEXR*, "Premultiplied vs.
/// Un-Premultiplied Color Channels"). Light without coverage (a glow) has no straight form and is left as it is.
fn make_straight(rgb: [&mut [f32]; 3], alpha: &[f32]) {
    let is_partial = |a: f32| a > 0.0 && a < 1.0;
    if !alpha.iter().any(|&a| is_partial(a)) {
        return;
    }
    for row in rgb {
        for (value, &a) in row.iter_mut().zip(alpha) {
            if is_partial(a) {
                *value /= a;
            }
        }
    }
}
