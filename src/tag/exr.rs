//! OpenEXR: `chromaticities` and `colorInteropID` of every part that holds colour.

use super::patch::{Patch, Patches};
use crate::color::{Chromaticities, named};
use crate::exr::{Attribute, AttributeValue, ByteSource, Header, LayerKind, Limits, layers, retag};
use crate::{Error, Result};

/// `id` is the interop name of the space with those `chromaticities`.
pub(super) fn patches<S: ByteSource + ?Sized>(
    source: &S,
    id: &str,
    chromaticities: &Chromaticities,
) -> Result<Patches> {
    let header = Header::read(source, &Limits::default())?;
    let layers = layers(&header);
    if !layers.iter().any(|layer| layer.kind == LayerKind::Color) {
        let what = "no layer of the file holds colour";
        return Err(Error::spec(what, "Depth, vectors and mattes have no colour space"));
    }
    let mut is_tagged = true;
    let mut attributes = Vec::new();
    for (number, part) in header.parts.iter().enumerate() {
        let wanted = [Attribute::chromaticities(chromaticities), Attribute::text("colorInteropID", id)];
        let has_color = layers.iter().any(|layer| layer.part == number && layer.kind == LayerKind::Color);
        let missing = wanted.into_iter().filter(|tag| has_color && part.attribute(&tag.name) != Some(&tag.value));
        let mut missing: Vec<Attribute> = missing.collect();
        if part.is_aces_container() && *chromaticities != named::AP0 {
            // SMPTE ST 2065-4 promises AP0; 0 promises nothing.
            let value = AttributeValue::Int(0);
            missing.push(Attribute { name: "acesImageContainerFlag".into(), kind: "int".into(), value });
        }
        is_tagged &= missing.is_empty();
        attributes.push(missing);
    }
    if is_tagged {
        return Ok(Patches::default());
    }
    let retagged = retag(source, &header, &attributes)?;
    Patches::new(vec![Patch::instead(0..retagged.rest.start, retagged.head)])
}
