//! Which channels are colours, which are in runs and which are kept: by the last part of their names and their types.

use super::super::header::Channel;
use crate::frame::SampleType;

/// What became of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// Only deflated.
    Unknown,
    /// Through the cosine transform.
    Cosine,
    /// In runs, deflated.
    Rle,
}

/// What becomes of channels with that name and type.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule<'a> {
    suffix: &'a [u8],
    kind: SampleType,
    scheme: Scheme,
    /// Its place in a colour of three channels.
    component: Option<usize>,
    ignores_case: bool,
}

/// Names are this long at the most.
const LONGEST: usize = 128;

impl<'a> Rule<'a> {
    /// Takes the rules that a chunk brings along from its front: their length, which counts itself, and the rules.
    ///
    /// # Errors
    /// In words, if they are damaged.
    pub(super) fn read_all(rest: &mut &'a [u8]) -> Result<Vec<Self>, &'static str> {
        let length = rest.first_chunk().map(|&length| usize::from(u16::from_le_bytes(length)));
        let (rules, after) = length.and_then(|length| rest.split_at_checked(length)).ok_or("its rules are cut off")?;
        *rest = after;
        let mut rules = rules.get(2..).unwrap_or_default();
        let mut found = Vec::new();
        while !rules.is_empty() {
            found.push(Self::read(&mut rules).ok_or("a rule is none")?);
        }
        Ok(found)
    }

    /// Takes one: a name and its end, a byte of component, scheme and case, a byte of type.
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let length = rest.iter().position(|&byte| byte == 0).filter(|&length| length <= LONGEST)?;
        let (suffix, after) = rest.split_at(length);
        let [flags, kind] = *after.get(1..)?.first_chunk()?;
        *rest = &after[3..];
        let component = match flags >> 4 {
            0 => None,
            place @ 1..=3 => Some(usize::from(place) - 1),
            _ => return None,
        };
        let scheme = match flags >> 2 & 3 {
            0 => Scheme::Unknown,
            1 => Scheme::Cosine,
            2 => Scheme::Rle,
            _ => return None,
        };
        let kind = match kind {
            0 => SampleType::Uint,
            1 => SampleType::Half,
            2 => SampleType::Float,
            _ => return None,
        };
        // Whole numbers have no cosines.
        let is_sound = scheme != Scheme::Cosine || kind != SampleType::Uint;
        is_sound.then_some(Self { suffix, kind, scheme, component, ignores_case: flags & 1 != 0 })
    }

    fn is_about(&self, suffix: &str, kind: SampleType) -> bool {
        let is_named = match self.ignores_case {
            true => suffix.as_bytes().eq_ignore_ascii_case(self.suffix),
            false => suffix.as_bytes() == self.suffix,
        };
        is_named && kind == self.kind
    }
}

/// The rules of chunks that bring none along: those of the first version.
pub(super) fn legacy() -> Vec<Rule<'static>> {
    const COLORS: [(&str, Option<usize>); 11] = [
        ("r", Some(0)),
        ("red", Some(0)),
        ("g", Some(1)),
        ("grn", Some(1)),
        ("green", Some(1)),
        ("b", Some(2)),
        ("blu", Some(2)),
        ("blue", Some(2)),
        ("y", None),
        ("by", None),
        ("ry", None),
    ];
    let rule = |suffix: &'static str, kind, scheme, component| Rule {
        suffix: suffix.as_bytes(),
        kind,
        scheme,
        component,
        ignores_case: true,
    };
    let colors = COLORS.into_iter().flat_map(|(suffix, component)| {
        [SampleType::Half, SampleType::Float].map(|kind| rule(suffix, kind, Scheme::Cosine, component))
    });
    let alphas = [SampleType::Uint, SampleType::Half, SampleType::Float].map(|kind| rule("a", kind, Scheme::Rle, None));
    colors.chain(alphas).collect()
}

/// Every channel's scheme, and the colours of three among them.
#[derive(Debug)]
pub(super) struct Classes {
    pub(super) schemes: Vec<Scheme>,
    /// Red, green and blue, by the channels' places.
    pub(super) colors: Vec<[usize; 3]>,
}

impl Classes {
    pub(super) fn new(channels: &[Channel], rules: &[Rule<'_>]) -> Self {
        let mut schemes = vec![Scheme::Unknown; channels.len()];
        // By what stands before the last part of the name, in the order of their first channels.
        let mut layers: Vec<(&str, [Option<usize>; 3])> = Vec::new();
        for (place, channel) in channels.iter().enumerate() {
            let (layer, suffix) = channel.name.rsplit_once('.').unwrap_or(("", &channel.name));
            let known = layers.iter().position(|(known, _)| *known == layer).unwrap_or_else(|| {
                layers.push((layer, [None; 3]));
                layers.len() - 1
            });
            // The last one counts.
            for rule in rules.iter().filter(|rule| rule.is_about(suffix, channel.kind)) {
                schemes[place] = rule.scheme;
                if let Some(component) = rule.component {
                    layers[known].1[component] = Some(place);
                }
            }
        }
        let is_color = |color: &[usize; 3]| {
            color.iter().all(|&place| {
                schemes[place] == Scheme::Cosine && channels[place].sampling == channels[color[0]].sampling
            })
        };
        let whole = layers.into_iter().filter_map(|(_, color)| match color {
            [Some(red), Some(green), Some(blue)] => Some([red, green, blue]),
            _ => None,
        });
        let colors = whole.filter(is_color).collect();
        Self { schemes, colors }
    }

    /// Whether that channel is one of three.
    pub(super) fn is_in_color(&self, place: usize) -> bool {
        self.colors.iter().any(|color| color.contains(&place))
    }
}
