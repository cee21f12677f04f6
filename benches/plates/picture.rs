//! The picture of the plate: made by arithmetic, the same on every machine.

use blender_gsd::frame::{Plane, Samples};
use half::f16;

/// Width of a 4K scope plate, in pixels.
pub(crate) const WIDTH: u32 = 4096;
/// Its height: 2.39 : 1.
pub(crate) const HEIGHT: u32 = 1716;

/// Which plate of a moving shot, and how grainy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Take {
    /// Frames since the first: the camera pans by a pixel a frame, and the grain is another.
    pub(crate) time: u32,
    /// Standard deviation of the grain where the light is about 1.
    pub(crate) grain: f32,
}

impl Take {
    /// The plate that is decoded.
    pub(crate) const STILL: Self = Self { time: 0, grain: 0.08 };
}

/// R, G, B of the picture.
pub(crate) fn planes(width: u32, height: u32, take: Take) -> [Plane; 3] {
    let mut planes: [Vec<f16>; 3] = std::array::from_fn(|_| Vec::with_capacity((width * height) as usize));
    for y in 0..height {
        for x in 0..width {
            let clean =
                scene((x + take.time) as f32 / width as f32, y as f32 / width as f32, height as f32 / width as f32);
            for (channel, plane) in planes.iter_mut().enumerate() {
                let light = clean[channel];
                let grain = grain(x, y, 8 * take.time + channel as u32) * take.grain * (light + 0.02).sqrt();
                plane.push(f16::from_f32((light + grain).max(-0.01)));
            }
        }
    }
    let [r, g, b] = planes.map(Samples::Half);
    [("R", r), ("G", g), ("B", b)].map(|(name, samples)| Plane { name: name.into(), samples })
}

/// A street at dusk, in widths of the picture: sky, hills, a house front with windows, lamps.
fn scene(x: f32, y: f32, bottom: f32) -> [f32; 3] {
    let fall = (y / bottom).clamp(0.0, 1.0);
    // Sky: from deep blue to the warm band over the hills.
    let glow = fall * fall * (1.0 - (x - 0.3) * (x - 0.3));
    let mut rgb = [0.06 + 0.55 * glow, 0.10 + 0.38 * glow, 0.24 + 0.16 * glow];
    // Hills: a hard, curved edge.
    let ridge = 0.26 - 0.07 * x * (1.0 - x) * 4.0 + 0.015 * triangle(x * 7.0);
    if y > ridge {
        let depth = (y - ridge) * 4.0;
        rgb = [0.030 + 0.02 * depth, 0.034 + 0.03 * depth, 0.028 + 0.01 * depth];
    }
    // A house front: flat, with rows of windows, some lit.
    let (u, v) = ((x - 0.56) * 28.0, (y - 0.12) * 28.0);
    if (0.0..9.0).contains(&u) && v > 0.0 {
        let shade = 0.10 + 0.006 * v;
        rgb = [shade * 1.15, shade, shade * 0.85];
        let (column, row) = (u.floor(), v.floor());
        let (inside_u, inside_v) = (u - column, v - row);
        if (0.25..0.75).contains(&inside_u) && (0.2..0.8).contains(&inside_v) {
            let lit = hash(column as u32, row as u32, 9).is_multiple_of(3);
            rgb = if lit { [1.9 - inside_v, 1.2 - 0.6 * inside_v, 0.5] } else { [0.012, 0.016, 0.022] };
        }
    }
    // Lamps: far over white, with a halo.
    for (lamp_x, lamp_y, power) in [(0.12, 0.20, 40.0), (0.31, 0.24, 18.0), (0.47, 0.15, 60.0), (0.90, 0.30, 25.0)] {
        let (dx, dy) = (x - lamp_x, y - lamp_y);
        let halo = power / (1.0 + (dx * dx + dy * dy) * 90_000.0);
        rgb = [rgb[0] + halo, rgb[1] + 0.72 * halo, rgb[2] + 0.38 * halo];
    }
    rgb
}

/// A wave of straight lines, -1 to 1.
fn triangle(x: f32) -> f32 {
    ((x - x.floor()) * 4.0 - 2.0).abs() - 1.0
}

/// Grain of one sample: nearly normal, standard deviation 1, blurred over 2x2 pixels; half of it is common to all layers.
fn grain(x: u32, y: u32, channel: u32) -> f32 {
    let layer = |layer: u32| {
        let sum: i32 = [(0, 0), (1, 0), (0, 1), (1, 1)].into_iter().map(|(i, j)| bell(hash(x + i, y + j, layer))).sum();
        // Four sums of four bytes: variance 16 (256^2 - 1) / 12.
        sum as f32 / 295.6
    };
    // The layer that all channels of a frame share.
    (layer(channel) + layer(channel / 8 * 8 + 3)) * std::f32::consts::FRAC_1_SQRT_2
}

/// The sum of the four bytes, about 0.
fn bell(bits: u32) -> i32 {
    bits.to_le_bytes().into_iter().map(i32::from).sum::<i32>() - 510
}

/// A well-mixed number for a place (the finalizer of MurmurHash3).
fn hash(x: u32, y: u32, layer: u32) -> u32 {
    let mut h = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ layer.wrapping_mul(0xc2b2_ae3d);
    h = (h ^ (h >> 16)).wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 13)).wrapping_mul(0xc2b2_ae35);
    h ^ (h >> 16)
}
