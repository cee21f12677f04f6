//! What is drawn over a frame's display values before they are packed into planes: slates and burn-ins.

use crate::frame::Region;

/// Marks on a frame, the later ones over the earlier.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overlay {
    marks: Vec<Mark>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Where, in pixels from the frame's top left; what lies outside the frame is not drawn.
    pub region: Region,
    /// With what.
    pub paint: Paint,
}

/// What a mark is painted with. Colours are display-encoded R'G'B', 0..1.
#[derive(Debug, Clone, PartialEq)]
pub enum Paint {
    /// One colour, 0..1 of which hides what is below.
    Flat {
        /// The colour.
        rgb: [f32; 3],
        /// How much it hides.
        opacity: f32,
    },
    /// One colour, of which each pixel has a share of 0 to 255: the region's rows, one after another.
    Stencil {
        /// The colour.
        rgb: [f32; 3],
        /// The shares.
        shares: Vec<u8>,
    },
    /// A picture that hides everything: the region's rows, one after another, for each colour.
    Picture([Vec<f32>; 3]),
}

impl Overlay {
    /// Puts a mark over all that are there.
    pub fn push(&mut self, region: Region, paint: Paint) {
        self.marks.push(Mark { region, paint });
    }

    /// Draws on the rows of a frame that is `width` pixels wide, from `first_row` on. Colour is straight where there is
    /// `alpha`, which becomes 1 where a mark hides everything.
    pub fn draw(&self, width: usize, first_row: usize, rgb: [&mut [f32]; 3], alpha: Option<&mut [f32]>) {
        let [r, g, b] = rgb;
        let mut rows = Rows { width, first_row, rgb: [r, g, b], alpha };
        for Mark { region, paint } in &self.marks {
            let cells = rows.cells(region);
            match paint {
                Paint::Flat { rgb, opacity } => cells.for_each(|(at, _)| rows.blend(at, *rgb, *opacity)),
                Paint::Stencil { rgb, shares } => cells.for_each(|(at, place)| {
                    let share = shares.get(place).copied().unwrap_or_default();
                    rows.blend(at, *rgb, f32::from(share) / 255.0);
                }),
                Paint::Picture(planes) => cells.for_each(|(at, place)| {
                    let value = |plane: &Vec<f32>| plane.get(place).copied().unwrap_or_default();
                    rows.blend(at, planes.each_ref().map(value), 1.0);
                }),
            }
        }
    }
}

/// The rows that are drawn on.
struct Rows<'a> {
    width: usize,
    first_row: usize,
    rgb: [&'a mut [f32]; 3],
    alpha: Option<&'a mut [f32]>,
}

impl Rows<'_> {
    /// The pixels of a region that are in these rows: their places here, and in the region.
    fn cells(&self, region: &Region) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (width, first) = (self.width, self.first_row as i64);
        let rows = self.rgb[0].len() / width.max(1);
        let (left, top, own) = (i64::from(region.x), i64::from(region.y), region.width as usize);
        let columns = left.max(0)..region.right().min(width as i64);
        let lines = top.max(first)..region.bottom().min(first + rows as i64);
        lines.flat_map(move |y| {
            columns.clone().map(move |x| {
                ((y - first) as usize * width + x as usize, (y - top) as usize * own + (x - left) as usize)
            })
        })
    }

    /// Puts `share` of a colour over a pixel.
    fn blend(&mut self, at: usize, rgb: [f32; 3], share: f32) {
        // A straight colour counts for as much as it covers (Porter and Duff, "Compositing Digital Images", 1984: over).
        let below = self.alpha.as_ref().map_or(1.0, |alpha| alpha[at]) * (1.0 - share);
        let covered = share + below;
        if covered <= 0.0 {
            return;
        }
        for (plane, value) in self.rgb.iter_mut().zip(rgb) {
            plane[at] = (value * share + plane[at] * below) / covered;
        }
        if let Some(alpha) = &mut self.alpha {
            alpha[at] = covered;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Overlay, Paint};
    use crate::frame::Region;

    fn drawn(overlay: &Overlay, alpha: Option<f32>) -> ([Vec<f32>; 3], Vec<f32>) {
        let mut planes = [0.5, 0.25, 0.0].map(|value| vec![value; 4 * 4]);
        let mut covered = vec![alpha.unwrap_or(1.0); 4 * 4];
        for (band, rows) in [(0, 0..8), (2, 8..16)] {
            let [r, g, b] = planes.each_mut().map(|plane| &mut plane[rows.clone()]);
            overlay.draw(4, band, [r, g, b], alpha.is_some().then_some(&mut covered[rows]));
        }
        (planes, covered)
    }

    #[test]
    fn marks_lie_where_they_were_put_whatever_the_bands() {
        let mut overlay = Overlay::default();
        overlay.push(Region::new(1, 1, 2, 2), Paint::Stencil { rgb: [1.0; 3], shares: vec![255, 0, 51, 255] });
        overlay.push(Region::new(-1, 3, 2, 9), Paint::Flat { rgb: [0.0; 3], opacity: 0.5 });
        overlay.push(Region::new(3, 0, 1, 1), Paint::Picture([vec![0.1], vec![0.2], vec![0.3]]));
        let ([r, g, b], _) = drawn(&overlay, None);
        #[rustfmt::skip]
        assert_eq!(r, [
            0.5,  0.5, 0.5, 0.1,
            0.5,  1.0, 0.5, 0.5,
            0.5,  0.6, 1.0, 0.5,
            0.25, 0.5, 0.5, 0.5,
        ]);
        assert_eq!((g[3], b[3], g[12]), (0.2, 0.3, 0.125));
    }

    #[test]
    fn colour_stays_straight_over_what_is_not_covered() {
        let mut overlay = Overlay::default();
        overlay.push(Region::new(0, 0, 1, 1), Paint::Flat { rgb: [1.0; 3], opacity: 0.5 });
        let ([r, ..], alpha) = drawn(&overlay, Some(0.0));
        assert_eq!((r[0], alpha[0], r[1], alpha[1]), (1.0, 0.5, 0.5, 0.0));
        let ([r, ..], alpha) = drawn(&overlay, Some(0.5));
        // Half of it, and a quarter of 0.5: the sum of the light over the sum of the cover.
        assert_eq!((r[0], alpha[0]), ((0.5 + 0.125) / 0.75, 0.75));
    }
}
