//! What a difference in the signal is on the display.

use crate::color::{Processor, from_acescct, pow};

/// The grey scale of a view: signal in, display code and light out.
///
/// Noise is small, so that what it is on the display follows from the slope of this curve; no frame has to go through the
/// whole view for it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::qc) struct Tone {
    /// One for each step of the signal.
    steps: Vec<Step>,
    first: f32,
    step: f32,
}

/// The scale at one signal.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(in crate::qc) struct Step {
    /// Display code of 8 bits, not rounded.
    pub(in crate::qc) code: f32,
    /// Display codes for one unit of the signal.
    pub(in crate::qc) gain: f32,
    /// Linear light; 1 is diffuse white.
    pub(in crate::qc) light: f32,
    /// Signal for one unit of that light.
    pub(in crate::qc) slope: f32,
}

/// Steps of ACEScct, from a light just under zero to the brightest half float.
const CCT_STEP: f32 = 0.005;
const CCT_COUNT: usize = 300;

impl Tone {
    /// Luma in codes of 8 bits, narrow range, on a BT.1886 display.
    pub(in crate::qc) fn of_codes() -> Self {
        const GAMMA: f32 = 2.4;
        // The slope at black is infinite; a code over it is as dark as noise can be told.
        let signal = |code: usize| ((code as f32 - 16.0) / 219.0).max(1.0 / 219.0);
        let step = |code: usize| Step {
            code: code as f32,
            gain: 1.0,
            light: pow(signal(code), GAMMA),
            slope: 219.0 / (GAMMA * pow(signal(code), GAMMA - 1.0)),
        };
        Self { steps: (0..256).map(step).collect(), first: 0.0, step: 1.0 }
    }

    /// ACEScct signals through a view.
    pub(in crate::qc) fn of_view(processor: &Processor) -> Self {
        let light: Vec<f32> = (0..CCT_COUNT).map(|i| from_acescct(CCT_STEP * i as f32)).collect();
        let [mut r, mut g, mut b] = std::array::from_fn(|_| light.clone());
        processor.apply([&mut r, &mut g, &mut b]);
        // Over a tenth of a stop to both sides, so that a kink of the curve is not taken for its slope.
        let gain = |i: usize| {
            let (low, high) = (i.saturating_sub(2), (i + 2).min(CCT_COUNT - 1));
            (255.0 * (g[high] - g[low]) / (CCT_STEP * (high - low) as f32)).max(0.0)
        };
        let step = |i: usize| Step {
            code: 255.0 * g[i],
            gain: gain(i),
            light: light[i].max(0.0),
            slope: acescct_slope(light[i]),
        };
        Self { steps: (0..CCT_COUNT).map(step).collect(), first: 0.0, step: CCT_STEP }
    }

    /// The scale at the step below a signal, its place in [`Self::steps`], and how far the next one is, 0 to 1.
    pub(in crate::qc) fn place(&self, signal: f32) -> (usize, f32) {
        let last = self.steps.len().saturating_sub(2);
        let place = ((signal - self.first) / self.step).clamp(0.0, last as f32 + 1.0);
        let index = (place as usize).min(last);
        (index, place - index as f32)
    }

    /// The scale at every step of the signal.
    pub(in crate::qc) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The scale at a signal.
    pub(in crate::qc) fn at(&self, signal: f32) -> Step {
        let (index, share) = self.place(signal);
        let (Some(a), Some(b)) = (self.steps.get(index), self.steps.get(index + 1)) else { return Step::default() };
        let mix = |a: f32, b: f32| a + share * (b - a);
        Step {
            code: mix(a.code, b.code),
            gain: mix(a.gain, b.gain),
            light: mix(a.light, b.light),
            slope: mix(a.slope, b.slope),
        }
    }
}

/// The derivative of ACEScct (AMPAS S-2016-001, 4.4): a straight line, then the logarithm.
fn acescct_slope(light: f32) -> f32 {
    const STOPS: f32 = 17.52;
    match light {
        light if light <= 0.007_812_5 => 10.540_238,
        light => 1.0 / (STOPS * std::f32::consts::LN_2 * light),
    }
}
