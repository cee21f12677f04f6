//! The tone curve of ACES 2 (Daniele Siragusano's, with the Academy's parameters; "Tonescale", docs.acescentral.com).

/// Scene contrast in the surround.
const CONTRAST: f64 = 1.15;
/// Scene mid grey, and the luminance it has on a 100 nit display in cd/m2.
const MID_GREY: f64 = 0.18;
const MID_GREY_LUMINANCE: f64 = 10.013;
/// How mid grey rises with each doubling of the peak.
const MID_GREY_LIFT: f64 = 0.14;
/// Shadow toe.
const TOE: f64 = 0.04;
/// The scene value that reaches the peak, for 100 and for 10000 nit.
const ROOF: [f64; 2] = [128.0, 896.0];

/// The curve for one peak luminance, with its constants worked out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tonescale {
    pub(super) contrast: f64,
    pub(super) toe: f64,
    /// Shoulder position, in cd/m2.
    pub(super) shoulder: f64,
    /// Output scale.
    pub(super) scale: f64,
    /// Display mid grey, 1 is 100 cd/m2.
    pub(super) mid_grey: f64,
    /// The largest scene value the rendering takes.
    pub(super) largest_input: f64,
    /// log10 of the peak over 100 cd/m2.
    pub(super) log_peak: f64,
}

impl Tonescale {
    /// For a display of `peak` cd/m2, at least 100.
    pub(super) fn new(peak: f64) -> Self {
        let ratio = peak / 100.0;
        let roof = ROOF[0] + (ROOF[1] - ROOF[0]) * ratio.ln() / 100_f64.ln();
        // The output before the toe is taken off that gives x after it.
        let before_toe = |x: f64| 0.5 * (x + (x * (x + 4.0 * TOE)).sqrt());
        let top = before_toe(ratio);
        let reach = roof / top;
        let plain_scale = top / (reach / (reach + 1.0)).powf(CONTRAST);
        let mid_grey = MID_GREY_LUMINANCE / 100.0 * (1.0 + ratio.log2() * MID_GREY_LIFT);
        let root = (before_toe(mid_grey) / plain_scale).powf(1.0 / CONTRAST);
        let anchor = MID_GREY / (top * root / (1.0 - root));
        Self {
            contrast: CONTRAST,
            toe: TOE,
            shoulder: anchor * top * 100.0,
            scale: top / (reach / (reach + anchor)).powf(CONTRAST),
            mid_grey,
            largest_input: 8.0 * roof,
            log_peak: ratio.log10(),
        }
    }
}
