//! Which channels are a set's ranks.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::exr::{Compression, Header, Part};
use crate::frame::SampleType;

/// The two channels of one rank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rank {
    /// Number of their part.
    pub part: usize,
    /// The ids, by place in [`Part::channels`].
    pub id: usize,
    /// The coverages, by place in [`Part::channels`].
    pub coverage: usize,
}

/// More ranks than this are refused: renderers write 3 to 16.
const MOST_RANKS: usize = 64;

/// The ranks of the set `name`, declared by part `declaring`, most coverage first.
///
/// Layers `name00`, `name01` … hold two ranks each: id and coverage in red and green, the next in blue and alpha
/// (*Specification*, "Channels"). The plain layer `name` is a preview for people and left aside.
///
/// # Errors
/// In words, if there is none, or not in a shape that keeps ids exact.
pub(super) fn find(header: &Header, declaring: usize, name: &str) -> Result<Vec<Rank>, String> {
    let quads = find_quads(header, declaring, name);
    let mut ranks = Vec::with_capacity(2 * quads.len());
    for (expected, (&number, quad)) in quads.iter().enumerate() {
        if number != expected {
            return Err(format!("the channels of {name}{expected:02} are missing"));
        }
        let [Some(id), Some(coverage), rest @ ..] = quad.channels else {
            return Err(format!("{name}{number:02} has no red or no green channel"));
        };
        ranks.push(Rank { part: quad.part, id, coverage });
        match rest {
            [Some(id), Some(coverage)] => ranks.push(Rank { part: quad.part, id, coverage }),
            [None, None] => {}
            _ => return Err(format!("{name}{number:02} has only one of its blue and alpha channels")),
        }
    }
    match ranks.len() {
        0 => Err(format!("there are no channels {name}00.R, {name}00.G …")),
        1..=MOST_RANKS => check(header, &ranks).map(|()| ranks),
        count => Err(format!("{count} ranks are claimed, at most {MOST_RANKS} are read")),
    }
}

/// Red, green, blue, alpha of one numbered layer.
struct Quad {
    part: usize,
    channels: [Option<usize>; 4],
}

/// The numbered layers; where several parts have one of the same number, the declaring part's, or else the first.
fn find_quads(header: &Header, declaring: usize, name: &str) -> BTreeMap<usize, Quad> {
    let view = header.parts.get(declaring).and_then(|part| part.view.as_ref());
    let parts = header.parts.iter().enumerate().filter(|(_, part)| part.view.as_ref() == view);
    let (own, others): (Vec<_>, Vec<_>) = parts.partition(|&(number, _)| number == declaring);
    let mut quads: BTreeMap<usize, Quad> = BTreeMap::new();
    for (part_number, part) in own.into_iter().chain(others) {
        for (index, channel) in part.channels.iter().enumerate() {
            let Some((number, place)) = numbered(part, &channel.name, name) else { continue };
            let quad = quads.entry(number).or_insert(Quad { part: part_number, channels: [None; 4] });
            if quad.part == part_number {
                quad.channels[place].get_or_insert(index);
            }
        }
    }
    quads
}

/// Layer number and place in red, green, blue, alpha of a channel `name00.R`; in files of several parts, the part's name
/// can stand for the layer's.
fn numbered(part: &Part, channel: &str, name: &str) -> Option<(usize, usize)> {
    let (layer, component) = channel.rsplit_once('.').unwrap_or((part.name.as_str(), channel));
    let place = match component.to_ascii_lowercase().as_str() {
        "r" | "red" => 0,
        "g" | "green" => 1,
        "b" | "blue" => 2,
        "a" | "alpha" => 3,
        _ => return None,
    };
    let digits = layer.strip_prefix(name)?;
    let is_number = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten().map(|number| (number, place))
}

/// Ids are exact bits: whatever rounds them makes them other ids.
fn check(header: &Header, ranks: &[Rank]) -> Result<(), String> {
    let parts = || ranks.iter().filter_map(|rank| header.parts.get(rank.part));
    for (rank, part) in ranks.iter().zip(parts()) {
        for channel in [rank.id, rank.coverage].into_iter().filter_map(|index| part.channels.get(index)) {
            if channel.kind != SampleType::Float {
                let kind = channel.kind.name();
                return Err(format!("channel {} is {kind}, ids need 32-bit float to stay exact", channel.name));
            }
        }
        if let Compression::Pxr24 | Compression::Dwaa | Compression::Dwab = part.compression {
            return Err(format!("{} compression does not keep the ids' bits", part.compression.name()));
        }
        part.check_readable().map_err(|error| error.to_string())?;
    }
    let windows = |part: &Part| (part.data_window, part.display_window);
    let mut all = parts().map(windows);
    let first = all.next();
    if all.any(|other| Some(other) != first) {
        return Err("its channels lie in parts with different windows".into());
    }
    Ok(())
}
