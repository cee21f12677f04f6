//! Defects that `color_space_valid` must find.

use blender_gsd::qc::CheckId;

use super::{Defect, Expected, Truth};

pub(super) fn defects() -> Vec<Defect> {
    vec![
        not_finite("NaN, 1 % of the sides", Expected::Found, 0.01, f32::NAN),
        not_finite("NaN, 10 % of the sides", Expected::Found, 0.1, f32::NAN),
        not_finite("infinity, 3 % of the sides", Expected::Found, 0.03, f32::INFINITY),
        encoded("logarithm", "ACEScct", |light| match light {
            // AMPAS S-2016-001, 4.4.1.
            light if light <= 0.007_812_5 => 10.540_238 * light + 0.072_905_53,
            light => (light.log2() + 9.72) / 17.52,
        }),
        // Arri, Log C curve at exposure index 800, 2012, table of the formula's parameters.
        encoded("logarithm", "Log C", |light| match light {
            light if light > 0.010_591 => 0.247_190 * (5.555_556 * light + 0.052_272).log10() + 0.385_537,
            light => 5.367_655 * light + 0.092_809,
        }),
        // IEC 61966-2-1, in codes of 8 bits.
        encoded("display codes", "sRGB", |light| {
            let light = light.clamp(0.0, 1.0);
            let signal = if light <= 0.003_130_8 { 12.92 * light } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
            (255.0 * signal).round() / 255.0
        }),
        alpha("1.2, 10 % of the sides", 0.1, 1.2),
        alpha("-0.1, 4 % of the sides", 0.04, -0.1),
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

/// The whole shot in another encoding.
fn encoded(name: &'static str, strength: &'static str, encode: fn(f32) -> f32) -> Defect {
    Defect {
        check: CheckId::ColorSpaceValid,
        name,
        strength,
        expected: Expected::Found,
        inject: Box::new(move |shot, _| {
            // Of a wall in even light nothing can be said: less than two stops.
            let mut light = shot.frames[0].rgb[1].clone();
            light.sort_by(f32::total_cmp);
            let [low, high] = [0.005, 0.995].map(|share| light[(share * light.len() as f64) as usize]);
            if high < 4.0 * low {
                return None;
            }
            let area = shot.area();
            for frame in 0..shot.frames.len() {
                shot.paint(frame, area, |_, _, rgb| rgb.map(encode));
            }
            Some(Truth::always(shot, None))
        }),
    }
}

/// An alpha of 1, and something else in a box.
fn alpha(strength: &'static str, share: f32, value: f32) -> Defect {
    Defect {
        check: CheckId::ColorSpaceValid,
        name: "alpha outside 0..1",
        strength,
        expected: Expected::Found,
        inject: Box::new(move |shot, numbers| {
            let (region, width) = (shot.place(numbers, share, share), shot.width);
            let is_inside = |at: usize| {
                let (x, y) = ((at % width) as i32, (at / width) as i32);
                (region.x..region.x + region.width as i32).contains(&x)
                    && (region.y..region.y + region.height as i32).contains(&y)
            };
            for pixels in &mut shot.frames {
                let alpha = (0..pixels.rgb[0].len()).map(|at| if is_inside(at) { value } else { 1.0 });
                pixels.alpha = Some(alpha.collect());
            }
            Some(Truth::always(shot, Some(region)))
        }),
    }
}
