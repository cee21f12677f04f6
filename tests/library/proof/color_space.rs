//! Defects that `color_space_valid` must find.

use blender_gsd::qc::CheckId;

use super::{Defect, Expected, Truth};

pub(super) fn defects() -> Vec<Defect> {
    vec![
        not_finite("NaN, 1 % of the sides", Expected::Found, 0.01, f32::NAN),
        not_finite("NaN, 10 % of the sides", Expected::Found, 0.1, f32::NAN),
        not_finite("infinity, 3 % of the sides", Expected::Found, 0.03, f32::INFINITY),
        not_finite("NaN, a pixel or two", Expected::Measured, 0.003, f32::NAN),
        Defect {
            check: CheckId::ColorSpaceValid,
            name: "grain about black",
            strength: "0.0003",
            expected: Expected::Clean,
            inject: Box::new(|shot, numbers| {
                let region = shot.place(numbers, 0.4, 0.4);
                for frame in 0..shot.frames.len() {
                    shot.paint(frame, region, |_, _, _| std::array::from_fn(|_| 0.0003 * numbers.normal()));
                }
                Some(Truth::always(shot, Some(region)))
            }),
        },
    ]
}

fn not_finite(strength: &'static str, expected: Expected, share: f32, value: f32) -> Defect {
    Defect {
        check: CheckId::ColorSpaceValid,
        name: "not finite",
        strength,
        expected,
        inject: Box::new(move |shot, numbers| {
            let region = shot.place(numbers, share, share);
            let frame = numbers.bits() as usize % shot.frames.len();
            shot.paint(frame, region, |_, _, [r, g, _]| [r, g, value]);
            Some(Truth { frames: [frame, frame], region: Some(region) })
        }),
    }
}
