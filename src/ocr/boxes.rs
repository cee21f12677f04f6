//! From likelihoods of text to the boxes of its lines.

use crate::frame::Region;

/// Pixels at least so likely belong to text.
const TEXT: f32 = 0.3;
/// The mean likelihood that makes pixels a line.
const LINE: f32 = 0.6;
/// Fewer pixels are no line: three letters of four pixels.
const FEWEST: usize = 12;
/// The detector marks the core of a line only, shrunk by area over perimeter; so much of that is given back (DB, section 3.4).
const UNCLIP: f32 = 1.6;
/// Boxes that are longer than high by this are lines along their long side, whatever its direction.
const LONG: f32 = 1.5;

/// A turned box.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TextBox {
    /// In pixels from the picture's top left.
    pub(super) center: [f32; 2],
    /// Unit vector along the line of text.
    pub(super) along: [f32; 2],
    /// Half the length and half the height, in pixels.
    pub(super) half: [f32; 2],
    /// Mean likelihood of its core, 0 to 1.
    pub(super) score: f32,
}

impl TextBox {
    pub(super) fn scaled(self, scale: f32) -> Self {
        Self { center: self.center.map(|at| at * scale), half: self.half.map(|side| side * scale), ..self }
    }

    /// Left to right; a line that stands upright may run either way.
    pub(super) fn ways_to_read(&self) -> Vec<Self> {
        let back = Self { along: self.along.map(|step| -step), ..self.clone() };
        match self.along[0].abs() < 0.5 {
            true => vec![self.clone(), back],
            false if self.along[0] < 0.0 => vec![back],
            false => vec![self.clone()],
        }
    }

    /// The upright box around it, within a picture.
    pub(super) fn bounds(&self, size: [usize; 2]) -> Region {
        let [cos, sin] = self.along.map(f32::abs);
        let reach = [cos * self.half[0] + sin * self.half[1], sin * self.half[0] + cos * self.half[1]];
        let [[left, right], [top, bottom]] = [0, 1].map(|axis| {
            let within = |at: f32| at.clamp(0.0, size[axis] as f32) as i32;
            [within(self.center[axis] - reach[axis]), within((self.center[axis] + reach[axis]).ceil())]
        });
        Region::new(left, top, (right - left) as u32, (bottom - top) as u32)
    }
}

/// Every line in rows of `width` likelihoods, of which `size` columns and rows are picture and the rest is padding.
pub(super) fn find(likely: &[f32], width: usize, size: [usize; 2]) -> Vec<TextBox> {
    let mut is_open: Vec<bool> = likely.iter().map(|&likely| likely >= TEXT).collect();
    let mut boxes = Vec::new();
    for start in 0..likely.len() {
        if is_open[start] {
            let pixels = connected(&mut is_open, width, start);
            let score = pixels.iter().map(|&at| likely[at]).sum::<f32>() / pixels.len() as f32;
            if pixels.len() >= FEWEST && score >= LINE {
                boxes.extend(around(&pixels, width).map(|found| TextBox { score, ..found.unclipped() }));
            }
        }
    }
    boxes.retain(|found| (0..2).all(|axis| found.center[axis] < size[axis] as f32));
    boxes
}

/// The pixels that hang together with one, by sides or corners; they are closed.
fn connected(is_open: &mut [bool], width: usize, start: usize) -> Vec<usize> {
    let height = is_open.len() / width;
    let (mut pixels, mut next) = (vec![start], 0);
    is_open[start] = false;
    while let Some(&at) = pixels.get(next) {
        next += 1;
        let (x, y) = (at % width, at / width);
        for row in y.saturating_sub(1)..=(y + 1).min(height - 1) {
            for column in x.saturating_sub(1)..=(x + 1).min(width - 1) {
                let neighbour = row * width + column;
                if std::mem::take(&mut is_open[neighbour]) {
                    pixels.push(neighbour);
                }
            }
        }
    }
    pixels
}

impl TextBox {
    fn unclipped(self) -> Self {
        let [a, b] = self.half;
        let more = UNCLIP * (a * b) / (a + b);
        Self { half: [a + more, b + more], ..self }
    }
}

/// The smallest turned box around pixels: one of its sides lies on a side of their hull (Freeman, Shapira 1975).
fn around(pixels: &[usize], width: usize) -> Option<TextBox> {
    let hull = hull(pixels.iter().map(|&at| [(at % width) as f32 + 0.5, (at / width) as f32 + 0.5]).collect());
    let sides = hull.iter().zip(hull.iter().cycle().skip(1)).map(|(a, b)| [b[0] - a[0], b[1] - a[1]]);
    // A row of pixels has no area, and any direction will do.
    let directions = sides.filter(|[x, y]| x.hypot(*y) > 0.0).chain([[1.0, 0.0]]);
    let boxes = directions.map(|[x, y]| {
        let length = x.hypot(y);
        let (along, across) = ([x / length, y / length], [-y / length, x / length]);
        let extent = |axis: [f32; 2]| {
            let places = hull.iter().map(|point| point[0] * axis[0] + point[1] * axis[1]);
            places.fold([f32::MAX, f32::MIN], |[low, high], place| [low.min(place), high.max(place)])
        };
        let ([left, right], [top, bottom]) = (extent(along), extent(across));
        let (u, v) = ((left + right) / 2.0, (top + bottom) / 2.0);
        let center = [u * along[0] + v * across[0], u * along[1] + v * across[1]];
        // Half a pixel at either end: the points are the pixels' centers.
        TextBox { center, along, half: [(right - left + 1.0) / 2.0, (bottom - top + 1.0) / 2.0], score: 0.0 }
    });
    boxes.min_by(|a, b| (a.half[0] * a.half[1]).total_cmp(&(b.half[0] * b.half[1]))).map(along_the_line)
}

/// The same box, with the text's direction along its long side; along the more level one where it is nearly square.
fn along_the_line(found: TextBox) -> TextBox {
    let [a, b] = found.half;
    let is_swapped = if a.max(b) > LONG * a.min(b) { b > a } else { found.along[0].abs() < found.along[1].abs() };
    let [x, y] = found.along;
    if is_swapped { TextBox { along: [-y, x], half: [b, a], ..found } } else { found }
}

/// The convex hull, counter-clockwise (Andrew's monotone chain, 1979).
fn hull(mut points: Vec<[f32; 2]>) -> Vec<[f32; 2]> {
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let chain = |points: &mut dyn Iterator<Item = [f32; 2]>| {
        let mut chain: Vec<[f32; 2]> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && (b[0] - a[0]) * (point[1] - a[1]) <= (b[1] - a[1]) * (point[0] - a[0])
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain
    };
    let mut hull = chain(&mut points.iter().copied());
    let back = chain(&mut points.iter().rev().copied());
    hull.extend(back.into_iter().skip(1));
    hull.pop();
    if hull.is_empty() { points } else { hull }
}

#[cfg(test)]
mod tests {
    use super::find;

    /// Likelihoods of a bar of 60 by 8 pixels, turned by `degrees`, in the middle of 128 by 96.
    fn bar(degrees: f32) -> Vec<f32> {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let is_in = |x: f32, y: f32| (cos * x + sin * y).abs() <= 30.0 && (cos * y - sin * x).abs() <= 4.0;
        let pixel = |at: usize| f32::from(u8::from(is_in((at % 128) as f32 - 63.5, (at / 128) as f32 - 47.5)));
        (0..128 * 96).map(pixel).collect()
    }

    #[test]
    fn a_bar_gets_its_box_back() {
        for degrees in [0.0, 7.0, -20.0, 45.0, 85.0, -90.0] {
            let found = find(&bar(degrees), 128, [128, 96]);
            let [one] = &found[..] else { unreachable!("{degrees}: {found:?}") };
            let angle = one.along[1].atan2(one.along[0]).to_degrees();
            let off = (angle - degrees).rem_euclid(180.0);
            assert!(off.min(180.0 - off) < 3.0, "{degrees}: {angle}");
            // Area over perimeter, 1.6 times, on every side.
            let more = 1.6 * 60.0 * 8.0 / 136.0;
            assert!((one.half[0] - 30.0 - more).abs() < 1.5, "{degrees}: {one:?}");
            assert!((one.half[1] - 4.0 - more).abs() < 1.5, "{degrees}: {one:?}");
            assert!((one.center[0] - 64.0).abs() < 1.0 && (one.center[1] - 48.0).abs() < 1.0, "{degrees}: {one:?}");
            let ways = one.ways_to_read().len();
            assert_eq!(ways, if degrees.abs() > 60.0 { 2 } else { 1 }, "{degrees}");
        }
    }

    #[test]
    fn specks_and_doubtful_pixels_are_no_lines() {
        let mut likely = vec![0.0; 128 * 96];
        likely[500..505].fill(1.0);
        likely[5_000..5_040].fill(0.4);
        assert_eq!(find(&likely, 128, [128, 96]), []);
    }
}
