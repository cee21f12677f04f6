//! One arc of a contour: what the light does across it.

use super::edge::{self, Edge, SIGMAS};
use super::fit::{Fit, dot, median, share};
use super::light::{LARGEST_STRIDE, Light, Spot, matte_window};
use super::matte::Matte;
use super::section::{BINS, Profile, Section};

/// Distances of the parallel contours that tell what texture alone does, in pixels, negative inside: 24 to 60 by the
/// measurements behind this check; nearer ones fit into smaller layers.
const PARALLELS: [f64; 4] = [-36.0, -24.0, 24.0, 36.0];
/// Least light that ratios are taken to, scene-linear: darker edges are not seen.
const DARK: f64 = 0.001;
/// Noise of a fringe under which no plate goes, as a share of the light: half floats and their rounding.
const QUIET: f64 = 0.004;

/// What was measured across an arc. Light is luminance, scene-linear.
#[derive(Debug, Clone)]
pub(super) struct Arc {
    /// In the data window.
    pub(super) at: [u32; 2],
    /// Unit vector out of the layer.
    pub(super) normal: [f64; 2],
    /// F and B: the light on both sides, carried to the edge.
    pub(super) inside: f64,
    pub(super) outside: f64,
    /// K of `p = aF + (1-a)B + K 4a(1-a)`.
    pub(super) fringe: f64,
    /// Its standard deviation: at first from what the fit leaves, then from parallel contours, see [`settle`].
    pub(super) noise: f64,
    /// The same K on the parallel contours.
    pub(super) parallels: [Option<f64>; 4],
    /// K, and light just inside and just outside beyond it: a rim light reaches in, a contact shadow out.
    pub(super) core: f64,
    pub(super) rim: f64,
    pub(super) shade: f64,
    /// S of `p = aF + (1-a)B + S (1-a)[a>0]`, its F, and its standard deviation.
    pub(super) spill: f64,
    pub(super) spill_light: f64,
    pub(super) spill_noise: f64,
    pub(super) spill_parallels: [Option<f64>; 4],
    /// Distance from 10 to 90 % of the matte itself, in pixels.
    pub(super) matte_width: f64,
    /// Share of the matte's samples on the edge that are neither full nor empty.
    pub(super) matte_mixed: f64,
    /// The picture's own edge, where there is contrast enough.
    pub(super) edge: Option<Edge>,
}

impl Arc {
    /// Half of the light on both sides together: what fringes are measured against.
    pub(super) fn light(&self) -> f64 {
        ((self.inside.max(0.0) + self.outside.max(0.0)) / 2.0).max(DARK)
    }

    /// The place so many pixels outside of it, or inside where that is negative.
    pub(super) fn beside(&self, distance: f64) -> [f64; 2] {
        [0, 1].map(|axis| f64::from(self.at[axis]) + distance * self.normal[axis])
    }

    /// The same arc seen from the other side: for mattes that may be the background's.
    pub(super) fn reversed(&self) -> Self {
        let [x, y] = self.normal;
        Self {
            normal: [-x, -y],
            inside: self.outside,
            outside: self.inside,
            rim: self.shade,
            shade: self.rim,
            // The spill is the layer's own; it is not looked for from the other side.
            spill: 0.0,
            edge: self.edge.map(Edge::reversed),
            ..self.clone()
        }
    }

    /// Measures around a point of the contour. `None` where the edge is not straight, or too soft for the window.
    pub(super) fn measure(light: &Light<'_>, matte: &Matte<'_>, at: [u32; 2]) -> Option<Self> {
        let mut stride = 1;
        let (spot, section, alpha) = loop {
            let spot = light.spot(at[0].into(), at[1].into(), stride)?;
            let window = matte_window(matte, spot);
            match Section::new(&window) {
                Some(section) => break (spot, section, window),
                None if stride < LARGEST_STRIDE => stride *= 2,
                None => return None,
            }
        };
        let matte_mixed = share(section.on_edge(), |place| (0.02..0.98).contains(&alpha[place]));
        Self::of_section(light, matte, at, spot, &section, matte_mixed)
    }

    fn of_section(
        light: &Light<'_>,
        matte: &Matte<'_>,
        at: [u32; 2],
        spot: Spot,
        section: &Section,
        matte_mixed: f64,
    ) -> Option<Self> {
        let Section { count, distance, alpha, fringe, spill, normal, .. } = section;
        let matte_width = fall(alpha, section)?;
        let sides =
            |b: usize| [alpha[b], 1.0 - alpha[b], alpha[b] * distance[b] / 8.0, (1.0 - alpha[b]) * distance[b] / 8.0];
        let with = |last: &Profile| Fit::<5, BINS>::new(std::array::from_fn(|b| join(sides(b), [last[b]])), *count);
        let (plain, spilling) = (with(fringe)?, with(spill)?);
        let [rim, shade] = bumps(section, matte_width);
        let full: [[f64; 7]; BINS] = std::array::from_fn(|b| join(sides(b), [fringe[b], rim[b], shade[b]]));
        let full = Fit::<7, BINS>::new(full, *count)?;

        let windows = light.window(spot);
        let colors = windows.each_ref().map(|window| section.profile(window));
        let luminance = mix(&colors, light.weights);
        let solution = plain.solve(&luminance);
        let [inside, outside, .., k] = solution;
        let samples: f64 = count.iter().sum();
        let rest = plain.residual(&luminance, &solution) / samples;
        let [k_filter, s_filter] = [plain.filter(4), spilling.filter(4)];
        let mut parallels = [None; 4];
        let mut spills = [None; 4];
        for (place, step) in PARALLELS.into_iter().enumerate() {
            let step = step * spot.stride as f64;
            let (x, y) = (f64::from(at[0]) + step * normal[0], f64::from(at[1]) + step * normal[1]);
            let Some(there) = light.spot(x, y, spot.stride) else { continue };
            if is_even(&matte_window(matte, there)) {
                let profile = mix(&light.window(there).map(|window| section.profile(&window)), light.weights);
                parallels[place] = Some(dot(&k_filter, &profile));
                spills[place] = Some(dot(&s_filter, &profile));
            }
        }
        let left = |filter: &Profile| (rest * filter.iter().map(|f| f * f).sum::<f64>()).sqrt();
        let [.., core, rim_light, shade_light] = full.solve(&luminance);
        let [spill_light, .., spill_value] = spilling.solve(&luminance);
        let edge = edge::measure(&windows, &colors, section, matte_width / SIGMAS);
        Some(Self {
            at,
            normal: *normal,
            inside,
            outside,
            fringe: k,
            noise: left(&k_filter),
            parallels,
            core,
            rim: rim_light,
            shade: shade_light,
            spill: spill_value,
            spill_light,
            spill_noise: left(&s_filter),
            spill_parallels: spills,
            matte_width: matte_width * spot.stride as f64,
            matte_mixed,
            edge: edge.map(|edge| edge.scaled(spot.stride as f64)),
        })
    }
}

/// Gives every arc of a contour the noise that its parallel contours show: texture, seen through the same filter. Arcs with
/// few of them take over some of what the others have.
pub(super) fn settle(arcs: &mut [Arc]) {
    let relative = |parallels: &dyn Fn(&Arc) -> [Option<f64>; 4]| {
        let squares =
            arcs.iter().flat_map(|arc| parallels(arc).into_iter().flatten().map(|k| (k / arc.light()).powi(2)));
        median(squares).map(f64::sqrt)
    };
    let (fringes, spills) = (relative(&|arc| arc.parallels), relative(&|arc| arc.spill_parallels));
    let noise = |common: Option<f64>, own: f64, parallels: [Option<f64>; 4], light: f64| {
        let Some(common) = common else { return own };
        let (sum, count) =
            parallels.iter().flatten().fold(((common * light).powi(2), 1.0), |(sum, n), k| (sum + k * k, n + 1.0));
        f64::sqrt(sum / count)
    };
    for arc in arcs.iter_mut() {
        let light = arc.light();
        arc.noise = noise(fringes, arc.noise, arc.parallels, light).max(QUIET * light);
        arc.spill_noise = noise(spills, arc.spill_noise, arc.spill_parallels, light).max(QUIET * light);
    }
}

/// Whether a window lies wholly on one side.
pub(super) fn is_even(alpha: &super::light::Window) -> bool {
    alpha.iter().all(|&a| a > 0.99) || alpha.iter().all(|&a| a < 0.01)
}

fn join<const A: usize, const B: usize, const N: usize>(a: [f64; A], b: [f64; B]) -> [f64; N] {
    let mut all = [0.0; N];
    for (to, from) in all.iter_mut().zip(a.into_iter().chain(b)) {
        *to = from;
    }
    all
}

fn mix(colors: &[Profile; 3], weights: [f64; 3]) -> Profile {
    std::array::from_fn(|b| weights[0] * colors[0][b] + weights[1] * colors[1][b] + weights[2] * colors[2][b])
}

/// Light that begins where the matte's own transition ends, inside and outside.
fn bumps(section: &Section, width: f64) -> [Profile; 2] {
    // A blurred step is within 2 % of its ends at 0.8 of its 10-90 % width.
    let end = 0.63 * width + 2.0;
    let bump = |distance: f64| (1.0 - distance.abs() / 2.0).max(0.0);
    let inside = std::array::from_fn(|b| bump(section.distance[b] + end) * section.alpha[b]);
    let outside = std::array::from_fn(|b| bump(section.distance[b] - end) * (1.0 - section.alpha[b]));
    [inside, outside]
}

/// The 10-90 % width of a profile that falls from 1 to 0.
fn fall(profile: &Profile, section: &Section) -> Option<f64> {
    let points: Vec<(f64, f64)> =
        (0..BINS).filter(|&b| section.count[b] > 0.0).map(|b| (section.distance[b], profile[b])).collect();
    let crossing = |i: usize, level: f64| {
        let ((x0, y0), (x1, y1)) = (points[i], points[i + 1]);
        x0 + (y0 - level) / (y0 - y1) * (x1 - x0)
    };
    let falls = |i: &usize| points[*i].1 >= 0.5 && points[i + 1].1 < 0.5;
    let middle = (0..points.len().checked_sub(1)?).filter(falls);
    let middle = middle.min_by(|&a, &b| crossing(a, 0.5).abs().total_cmp(&crossing(b, 0.5).abs()))?;
    let before = (0..=middle).rev().find(|&i| points[i].1 >= 0.9)?;
    let after = (middle + 1..points.len()).find(|&i| points[i].1 <= 0.1)?;
    let width = crossing(after - 1, 0.1) - crossing(before, 0.9);
    Some(width)
}

/// The 10-90 % width of a plain step between what lies on both sides.
pub(super) fn step_width(profile: &Profile, section: &Section) -> Option<f64> {
    let mean = |is_there: &dyn Fn(f64) -> bool| {
        let (mut sum, mut count) = (0.0, 0.0);
        for b in (0..BINS).filter(|&b| is_there(section.distance[b])) {
            sum += section.count[b] * profile[b];
            count += section.count[b];
        }
        (count > 0.0).then(|| sum / count)
    };
    let (inside, outside) = (mean(&|d| d < -5.0)?, mean(&|d| d > 5.0)?);
    fall(&profile.map(|value| (value - outside) / (inside - outside)), section)
}
