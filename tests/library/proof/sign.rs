//! Signs in the street: boards that are turned, seen at an angle, in the shade or in the sun, with grain.

use blender_gsd::frame::Region;

use super::{Numbers, Shot, Truth};

/// Light of a sign's white and black, in the shade and in the sun.
const LIGHTS: [[f32; 2]; 2] = [[0.16, 0.012], [0.9, 0.05]];
/// Degrees by which a sign is turned at the most, either way.
const TURN: f32 = 20.0;
/// Standard deviation of the grain, of light.
const GRAIN: f32 = 0.04;

/// A board and what is on it.
pub(super) struct Sign<'a> {
    /// Width and height of the board in pixels, before it is turned.
    pub(super) board: [f32; 2],
    /// Width and height of what is on it.
    pub(super) content: [f32; 2],
    /// Whether there is ink at so many pixels right of the board's middle and below it.
    pub(super) ink: &'a dyn Fn(f32, f32) -> bool,
}

impl Sign<'_> {
    /// Puts it up in all frames; `None` where the picture is too small for it.
    pub(super) fn put_up(&self, shot: &mut Shot, numbers: &mut Numbers) -> Option<Truth> {
        let (sin, cos) = numbers.between(-TURN.to_radians(), TURN.to_radians()).sin_cos();
        let squeeze = numbers.between(0.8, 1.0);
        let tilt = numbers.between(-0.15, 0.15) / self.board[0];
        // What is nearer is larger, by up to half the tilt.
        let around = |[w, h]: [f32; 2]| [w * cos + h * sin.abs(), w * sin.abs() + h * cos].map(|side| 1.08 * side);
        let [wide, high] = around(self.board);
        let (wide, high) = (wide.ceil() / shot.width as f32, high.ceil() / shot.height as f32);
        if wide.max(high) > 0.88 {
            return None;
        }
        let place = shot.place(numbers, wide, high);
        let light = LIGHTS[usize::from(numbers.between(0.0, 1.0) < 0.5)];
        let center = [place.x as f32 + place.width as f32 / 2.0, place.y as f32 + place.height as f32 / 2.0];
        let half = self.board.map(|side| side / 2.0);
        let on_board = |x: f32, y: f32| {
            let (dx, dy) = (x - center[0], y - center[1]);
            let (across, down) = ((cos * dx + sin * dy) / squeeze, cos * dy - sin * dx);
            [across, down].map(|at| at / (1.0 + tilt * across))
        };
        // Sixteen samples a pixel, as a lens and a sensor would average them.
        let seen = |x: usize, y: usize| -> Option<f32> {
            let mut sum = 0.0;
            for step in 0..16 {
                let [u, v] = on_board(x as f32 + (step % 4) as f32 / 4.0, y as f32 + (step / 4) as f32 / 4.0);
                if u.abs() > half[0] || v.abs() > half[1] {
                    return None;
                }
                sum += light[usize::from((self.ink)(u, v))];
            }
            Some(sum / 16.0)
        };
        for frame in 0..shot.frames.len() {
            let mut grain = Numbers::of(&["sign", &frame.to_string()]);
            shot.paint(frame, place, |x, y, under| match seen(x, y) {
                Some(light) => [(); 3].map(|()| light + GRAIN * light * grain.normal()),
                None => under,
            });
        }
        let [wide, high] = around([squeeze * self.content[0], self.content[1]]).map(|side| side / 2.0);
        let corner = [center[0] - wide, center[1] - high].map(|at| at as i32);
        Some(Truth::always(shot, Some(Region::new(corner[0], corner[1], (2.0 * wide) as u32, (2.0 * high) as u32))))
    }
}
