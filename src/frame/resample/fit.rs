//! What happens where source and target differ in shape.

use crate::frame::Region;

/// How a picture of one shape gets into a frame of another. Pixels are square in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Fit {
    /// Fills the target and cuts what does not fit, equally on both sides, to fractions of a pixel: shapes stay true and
    /// there is no border. 4096x1716 to 1920x804 cuts 0.4 of 1716 rows from top and bottom each.
    #[default]
    Crop,
    /// Shows all of the source, with black beside or above and below it. The picture's edges are rounded to even pixels,
    /// so that no chroma sample is half border; that may squeeze it by less than a pixel.
    Pad,
    /// Shows all of the source and fills the target: shapes change where the proportions do.
    Squeeze,
}

/// Which part of the source goes where in the target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placement {
    /// First and extent of the source, in pixels, horizontally and vertically.
    pub(super) source: [(f64, f64); 2],
    /// In whole pixels of the target.
    pub(super) picture: Region,
}

impl Fit {
    /// Sizes are at least 1.
    pub(super) fn place(self, source: [u32; 2], target: [u32; 2]) -> Placement {
        let [source_size, target_size] = [source, target].map(|size| size.map(f64::from));
        let scales = [target_size[0] / source_size[0], target_size[1] / source_size[1]];
        let whole = [(0.0, source_size[0]), (0.0, source_size[1])];
        let full = Region::new(0, 0, target[0], target[1]);
        match self {
            Self::Squeeze => Placement { source: whole, picture: full },
            Self::Crop => {
                let scale = scales[0].max(scales[1]);
                let axis = |i: usize| {
                    let extent = (target_size[i] / scale).min(source_size[i]);
                    ((source_size[i] - extent) / 2.0, extent)
                };
                Placement { source: [axis(0), axis(1)], picture: full }
            }
            Self::Pad => {
                let scale = scales[0].min(scales[1]);
                let [(x, width), (y, height)] = [0, 1].map(|i| centred(source_size[i] * scale, target[i]));
                Placement { source: whole, picture: Region::new(x as i32, y as i32, width, height) }
            }
        }
    }
}

/// Start and size, both even, of about `size` pixels in the middle of `target`; all of it where it fills it.
fn centred(size: f64, target: u32) -> (u32, u32) {
    let even = ((size / 2.0).round() as u32 * 2).max(2);
    if even >= target { (0, target) } else { ((target - even) / 4 * 2, even) }
}

#[cfg(test)]
mod tests {
    use super::Fit;
    use crate::frame::Region;

    const PLATE: [u32; 2] = [4096, 1716];

    #[test]
    fn the_same_shape_is_the_same_in_every_way() {
        for fit in [Fit::Crop, Fit::Pad, Fit::Squeeze] {
            let placed = fit.place(PLATE, [2048, 858]);
            assert_eq!(placed.source, [(0.0, 4096.0), (0.0, 1716.0)]);
            assert_eq!(placed.picture, Region::new(0, 0, 2048, 858));
        }
    }

    #[test]
    fn a_crop_is_centred_and_leaves_pixels_square() {
        let placed = Fit::Crop.place(PLATE, [1920, 804]);
        let [(x, width), (y, height)] = placed.source;
        assert_eq!((x, width), (0.0, 4096.0));
        assert!((width / 1920.0 - height / 804.0).abs() < 1e-12);
        assert!((y - 0.4).abs() < 1e-9 && (height - 1715.2).abs() < 1e-9, "{y} {height}");
    }

    #[test]
    fn padding_is_even_and_shows_everything() {
        let placed = Fit::Pad.place(PLATE, [1920, 1080]);
        assert_eq!(placed.picture, Region::new(0, 138, 1920, 804));
        assert_eq!(placed.source, [(0.0, 4096.0), (0.0, 1716.0)]);
        assert_eq!(Fit::Pad.place([100, 200], [101, 77]).picture, Region::new(30, 0, 38, 77));
        assert_eq!(Fit::Pad.place([1, 60_000], [3, 3]).picture, Region::new(0, 0, 2, 3));
    }
}
