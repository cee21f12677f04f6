//! Where a picture lies: on the canvas, and on textures.

use serde::Deserialize;

use crate::frame::{Region, SampleType};
use crate::{Error, Result};

/// A picture that is about to arrive.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PictureRequest {
    pub(super) data_window: Region,
    pub(super) display_window: Region,
    /// One for each plane that will be sent.
    pub(super) planes: Vec<SampleType>,
    /// Red, green, blue, by place in `planes`.
    pub(super) color: [usize; 3],
    /// Alpha, likewise.
    #[serde(default)]
    pub(super) alpha: Option<usize>,
}

/// Bytes of one picture's planes that the page holds: a browser gives a page about 4 GB, and a picture lies in it twice,
/// in memory for the probe and on the GPU.
const LARGEST_PICTURE: u64 = 1 << 30;

impl PictureRequest {
    /// Refuses a picture that is too large to hold, before anything is allocated.
    pub(super) fn check_budget(&self) -> Result<()> {
        let pixel: usize = self.planes.iter().map(|kind| kind.bytes()).sum();
        let bytes = self.data_window.area().saturating_mul(pixel as u64);
        if bytes > LARGEST_PICTURE {
            let what = format!("the layer needs {} MB, the page holds {} MB", bytes >> 20, LARGEST_PICTURE >> 20);
            return Err(Error::limit(what, "Look at it with `blender-gsd convert`, or at a layer with fewer channels"));
        }
        Ok(())
    }
}

/// Where the display window lies on the canvas.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Placement {
    /// Its left edge in canvas pixels.
    pub(super) left: f64,
    /// Its top edge in canvas pixels.
    pub(super) top: f64,
    /// Canvas pixels per picture pixel, across.
    pub(super) scale_x: f64,
    /// Canvas pixels per picture pixel, down.
    pub(super) scale_y: f64,
    /// Whether each canvas pixel averages all the picture pixels under it, rather than showing one of them.
    #[serde(default)]
    pub(super) smooth: bool,
    /// The grey around the picture, 8-bit codes.
    pub(super) surround: [u8; 3],
}

impl Placement {
    /// The canvas position of the left top corner of pixel `x`, `y` of `display`'s coordinates.
    pub(super) fn corner(&self, display: &Region, x: i64, y: i64) -> [f64; 2] {
        [
            self.left + (x - i64::from(display.x)) as f64 * self.scale_x,
            self.top + (y - i64::from(display.y)) as f64 * self.scale_y,
        ]
    }

    /// The canvas rectangle of a region: left, top, right, bottom of the canvas pixels whose middle lies in it.
    pub(super) fn rectangle(&self, display: &Region, region: &Region, canvas: [u32; 2]) -> [i32; 4] {
        let [left, top] = self.corner(display, region.x.into(), region.y.into());
        let [right, bottom] = self.corner(display, region.right(), region.bottom());
        let edge = |v: f64, size: u32| (v - 0.5).ceil().clamp(0.0, size.into()) as i32;
        [edge(left, canvas[0]), edge(top, canvas[1]), edge(right, canvas[0]), edge(bottom, canvas[1])]
    }

    /// How many samples each way a canvas pixel averages; 1 where picture pixels are not smaller than canvas pixels.
    pub(super) fn taps(&self) -> i32 {
        /// More would cost a software GPU seconds, and is not seen.
        const MOST: f64 = 6.0;
        let footprint = 1.0 / self.scale_x.min(self.scale_y).max(1e-6);
        if self.smooth { (footprint - 1e-3).ceil().clamp(1.0, MOST) as i32 } else { 1 }
    }
}

/// A part of the data window that fits a texture; in pixels from the data window's left top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Cuts a data window into tiles of at most `side` pixels each way, row by row.
pub(super) fn tiles(window: &Region, side: u32) -> Vec<Tile> {
    let side = side.max(1);
    let starts = |length: u32| (0..length).step_by(side as usize);
    starts(window.height)
        .flat_map(|y| {
            starts(window.width).map(move |x| Tile {
                x,
                y,
                width: side.min(window.width - x),
                height: side.min(window.height - y),
            })
        })
        .collect()
}

impl Tile {
    /// Its pixels, in the coordinates that `window` is in.
    pub(super) fn region(&self, window: &Region) -> Region {
        // Inside the window, whose corners fit.
        let x = (i64::from(window.x) + i64::from(self.x)) as i32;
        let y = (i64::from(window.y) + i64::from(self.y)) as i32;
        Region::new(x, y, self.width, self.height)
    }
}
