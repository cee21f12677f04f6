//! `embed_color_profile`: says in an existing file what its numbers mean, without touching a single one of them.
//!
//! | file | Rec709 | sRGB | ACEScg, ACES2065-1 |
//! |---|---|---|---|
//! | OpenEXR | | | `chromaticities`, `colorInteropID` |
//! | PNG | `cICP` 1-1-0 | `sRGB`, `cICP` 1-13-0 | |
//! | QuickTime, MP4 with ProRes | `colr` and every picture's header, 1-1-1 | | |
//! | QuickTime, MP4 with H.264 | `colr` and every parameter set, 1-1-1 | the same, 1-13-1 | |
//!
//! What is to be changed is worked out as [`Patches`] of the file's bytes; whoever has the file applies them.

mod exr;
mod movie;
mod patch;
mod png;

pub use patch::{Patch, Patches, Segment};

use crate::color::{Chromaticities, named};
use crate::exr::ByteSource;
use crate::{Error, Result};

/// What a file's numbers are to be taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// Display values for a Rec.709 monitor: H.273 codes 1-1-1, or 1-1-0 where they are RGB.
    Rec709,
    /// Display values for an sRGB monitor: 1-13-1, or 1-13-0.
    Srgb,
    /// Scene-linear light with AP1 primaries.
    AcesCg,
    /// Scene-linear light with AP0 primaries.
    Aces2065,
}

impl Profile {
    /// Every profile there is.
    pub const ALL: [Self; 4] = [Self::Rec709, Self::Srgb, Self::AcesCg, Self::Aces2065];

    /// The name in commands and reports.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Rec709 => "rec709",
            Self::Srgb => "srgb",
            Self::AcesCg => "acescg",
            Self::Aces2065 => "aces2065-1",
        }
    }

    /// The name of the space for EXR files (ASWF Color Interop Forum) and its primaries; `None` for display values.
    const fn scene_linear(self) -> Option<(&'static str, Chromaticities)> {
        match self {
            Self::AcesCg => Some(("lin_ap1_scene", named::AP1)),
            Self::Aces2065 => Some(("lin_ap0_scene", named::AP0)),
            Self::Rec709 | Self::Srgb => None,
        }
    }

    /// ColourPrimaries and TransferCharacteristics (ITU-T H.273, tables 2 and 3); `None` for scene-linear light.
    const fn display(self) -> Option<[u8; 2]> {
        match self {
            Self::Rec709 => Some([1, 1]),
            Self::Srgb => Some([1, 13]),
            Self::AcesCg | Self::Aces2065 => None,
        }
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id())
    }
}

/// The kinds of file that can be tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// OpenEXR.
    Exr,
    /// PNG.
    Png,
    /// QuickTime or MP4.
    Movie,
}

impl FileKind {
    /// The kind of a file, by its first bytes and not by its name.
    ///
    /// # Errors
    /// If it is none of them.
    pub fn of<S: ByteSource + ?Sized>(source: &S) -> Result<Self> {
        let mut scratch = Vec::new();
        match source.read(0..source.len().min(8), &mut scratch)? {
            [0x76, 0x2f, 0x31, 0x01, ..] => Ok(Self::Exr),
            b"\x89PNG\r\n\x1a\n" => Ok(Self::Png),
            // The first box; files without `ftyp` are QuickTime's of old.
            [_, _, _, _, b'f', b't', b'y', b'p'] => Ok(Self::Movie),
            [_, _, _, _, kind @ ..]
                if [b"moov", b"mdat", b"wide", b"free", b"skip"].iter().any(|known| kind == *known) =>
            {
                Ok(Self::Movie)
            }
            _ => Err(Error::wrong_kind("this is no EXR, PNG, QuickTime or MP4 file")),
        }
    }

    /// What its files can be tagged with.
    pub const fn profiles(self) -> &'static [Profile] {
        match self {
            Self::Exr => &[Profile::AcesCg, Profile::Aces2065],
            Self::Png | Self::Movie => &[Profile::Rec709, Profile::Srgb],
        }
    }

    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exr => "EXR",
            Self::Png => "PNG",
            Self::Movie => "QuickTime or MP4",
        }
    }
}

/// What has to change for the file to say that it is of that profile; nothing where it says so already.
///
/// # Errors
/// If it is of another kind, cannot be of that profile, or is damaged where the tags are.
pub fn patches<S: ByteSource + ?Sized>(source: &S, profile: Profile) -> Result<Patches> {
    let kind = FileKind::of(source)?;
    let refused = || {
        let what = format!("{} files cannot be tagged {profile}", kind.name());
        Error::spec(what, format!("They can be {}", ids(kind.profiles())))
    };
    match (kind, profile.scene_linear(), profile.display()) {
        (FileKind::Exr, Some((id, chromaticities)), _) => exr::patches(source, id, &chromaticities),
        (FileKind::Png, _, Some(codes)) => png::patches(source, codes),
        (FileKind::Movie, _, Some(codes)) => movie::patches(source, codes),
        _ => Err(refused()),
    }
}

fn ids(profiles: &[Profile]) -> String {
    profiles.iter().map(|profile| profile.id()).collect::<Vec<_>>().join(", ")
}
