//! The XML of ASC CDL files: a decision list (.cdl), a collection (.ccc) or one correction (.cc).
//!
//! Elements are known by their local names: writers disagree about the namespace's version, and some leave it away.

use roxmltree::{Document, Node, ParsingOptions};

use super::Cdl;
use crate::error::{Place, shorten};
use crate::{Error, Result};

/// A correction is under a kilobyte; no show has sixteen thousand shots in one file.
const LARGEST_FILE: u64 = 16 << 20;
/// Elements, texts and comments together.
const MOST_NODES: u32 = 1_000_000;
/// Ids that an error names.
const NAMED: usize = 12;

const KINDS: &str = "ASC CDL files have ColorDecisionList, ColorCorrectionCollection or ColorCorrection at their top";

/// See [`Cdl::check_file`].
pub(super) fn check_file(bytes: u64) -> Result<()> {
    if bytes <= LARGEST_FILE {
        return Ok(());
    }
    let what = format!("a CDL file of {bytes} bytes is not read, the limit is {LARGEST_FILE}");
    Err(Error::limit(what, "Give the shot a file of its own"))
}

/// See [`Cdl::from_xml`].
pub(super) fn read(bytes: &[u8], id: Option<&str>) -> Result<Cdl> {
    check_file(bytes.len() as u64)?;
    let text = std::str::from_utf8(bytes).map_err(|error| {
        Error::malformed(Place::at(error.valid_up_to() as u64), "the file is not UTF-8 text").with_next(KINDS)
    })?;
    // Without a document type: nothing can be expanded, and no file can be asked for.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let line = error.pos().row as usize;
        Error::malformed(Place::at_line(line), format!("this is no well-formed XML: {error}")).with_next(KINDS)
    })?;
    let top = document.root_element();
    let corrections: Vec<Node<'_, '_>> = match top.tag_name().name() {
        "ColorCorrection" => vec![top],
        "ColorDecisionList" | "ColorCorrectionCollection" => {
            top.descendants().filter(|node| is(node, "ColorCorrection")).collect()
        }
        other => {
            let what = format!("<{}> is at the top", shorten(other));
            return Err(Error::malformed(place(&top), what).with_next(KINDS));
        }
    };
    correction(&choose(&corrections, id)?)
}

fn choose<'a, 'input>(corrections: &[Node<'a, 'input>], id: Option<&str>) -> Result<Node<'a, 'input>> {
    let id_of = |node: &Node<'a, 'input>| node.attribute("id").unwrap_or_default();
    let known = || {
        let mut names: Vec<String> =
            corrections.iter().take(NAMED).map(|node| format!("{:?}", shorten(id_of(node)))).collect();
        if corrections.len() > NAMED {
            names.push(format!("{} more", corrections.len() - NAMED));
        }
        format!("There are {}", names.join(", "))
    };
    let mut found = corrections.iter().filter(|node| id.is_none_or(|id| id_of(node) == id));
    match (found.next(), found.next(), id) {
        (Some(&one), None, _) => Ok(one),
        (None, _, _) if corrections.is_empty() => {
            Err(Error::malformed(Place::default(), "the file holds no ColorCorrection"))
        }
        (None, _, id) => Err(Error::spec(format!("no correction has the id {:?}", id.unwrap_or_default()), known())),
        (Some(_), Some(second), Some(id)) => {
            Err(Error::malformed(place(second), format!("two corrections have the id {id:?}")))
        }
        (Some(_), Some(_), None) => {
            let what = format!("the file holds {} corrections, and no id says which", corrections.len());
            Err(Error::spec(what, format!("Put a colon and the id after the file's name. {}", known())))
        }
    }
}

fn correction(node: &Node<'_, '_>) -> Result<Cdl> {
    let sop = child(node, &["SOPNode"])?;
    // The schema's version 1.01 has SATNode in its prose and SatNode in its examples.
    let sat = child(node, &["SatNode", "SATNode"])?;
    let three = |name: &str, neutral: f32| match &sop {
        Some(sop) => Ok(child(sop, &[name])?.map(|node| numbers(&node)).transpose()?.unwrap_or([neutral; 3])),
        None => Ok([neutral; 3]),
    };
    let (slope, offset, power) = (three("Slope", 1.0)?, three("Offset", 0.0)?, three("Power", 1.0)?);
    let saturation = match sat.map(|sat| child(&sat, &["Saturation"])).transpose()?.flatten() {
        Some(node) => numbers::<1>(&node)?[0],
        None => 1.0,
    };
    let id = node.attribute("id").unwrap_or_default();
    Cdl::new(id, slope, offset, power, saturation).map_err(|error| {
        let fault = error.fault();
        Error::malformed(place(node), format!("correction {:?}: {}", shorten(id), fault.what)).with_next(&fault.next)
    })
}

/// The only child of one of these names, if there is one.
fn child<'a, 'input>(node: &Node<'a, 'input>, names: &[&str]) -> Result<Option<Node<'a, 'input>>> {
    let mut found = node.children().filter(|child| names.iter().any(|name| is(child, name)));
    let first = found.next();
    match found.next() {
        Some(second) => {
            Err(Error::malformed(place(&second), format!("there is a second {}", second.tag_name().name())))
        }
        None => Ok(first),
    }
}

/// The element's text as exactly that many numbers.
fn numbers<const N: usize>(node: &Node<'_, '_>) -> Result<[f32; N]> {
    let text: String = node.children().filter_map(|part| part.text()).collect();
    let name = node.tag_name().name();
    let mut values = [0.0; N];
    let mut count = 0;
    for word in text.split_whitespace() {
        let Ok(value) = word.parse() else {
            return Err(Error::malformed(place(node), format!("{name} holds {:?}, which is no number", shorten(word))));
        };
        if let Some(slot) = values.get_mut(count) {
            *slot = value;
        }
        count += 1;
    }
    if count != N {
        return Err(Error::malformed(place(node), format!("{name} holds {count} numbers, not {N}")));
    }
    Ok(values)
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn place(node: &Node<'_, '_>) -> Place {
    Place::at_line(node.document().text_pos_at(node.range().start).row as usize)
}
