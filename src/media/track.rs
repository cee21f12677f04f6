//! The pictures of a QuickTime or MP4 file, and what its boxes and its codec's own headers say of them: what a front without
//! ffprobe has in its place.
//!
//! Source: ISO/IEC 14496-12, "QuickTime File Format Specification" (Apple).

use std::collections::BTreeMap;

use super::boxes::{Atom, children, find, find_in_entry, media, read, top_level};
use super::movie::Movie;
use super::samples::{Sample, listed};
use super::times::Times;
use super::{ColorTags, MediaInfo, h264, prores};
use crate::error::Place;
use crate::exr::ByteSource;
use crate::spec::FrameRate;
use crate::timecode::Timecode;
use crate::{Error, Result};

/// Pictures of a movie: a day of 24 a second.
const MOST_PICTURES: u32 = 2_100_000;
/// Bytes of a coded picture: 8K in ProRes 4444 XQ has a tenth.
const LARGEST_PICTURE: u32 = 256 << 20;
/// What ffprobe calls the demuxer of these files.
const FAMILY: &str = "mov,mp4,m4a,3gp,3g2,mj2";

/// The first video track of a file.
#[derive(Debug, Clone, PartialEq)]
pub struct VideoTrack {
    /// What ffprobe would say of the file, with the colour of the codec's own headers.
    pub info: MediaInfo,
    /// The decoder's name (RFC 6381, `avc1.640028`); of codecs other than H.264 the sample entry's four characters.
    pub codec: String,
    /// What the decoder is told beforehand (`avcC`); empty where it needs nothing.
    pub configuration: Vec<u8>,
    /// The coded pictures, in the order of decoding.
    pub pictures: Vec<Picture>,
}

/// One coded picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// Where it lies, in bytes from the start of the file; it may be beyond the end of one that was cut short.
    pub at: u64,
    /// In bytes.
    pub bytes: u32,
    /// When it is shown, in ticks of the track.
    pub shown_at: i64,
    /// Whether it can be decoded without any other.
    pub is_key: bool,
    /// Whether the file's edit shows it; what it does not show is decoded only because others need it.
    pub is_shown: bool,
}

impl VideoTrack {
    /// Reads boxes and headers, and no picture.
    ///
    /// # Errors
    /// If there is no index or no video in it, or the index contradicts itself.
    pub fn read<S: ByteSource + ?Sized>(source: &S) -> Result<Self> {
        let movie = Movie::read(source)?;
        let top = top_level(source)?;
        let index = top.iter().find(|atom| atom.kind == *b"moov");
        let index = index.ok_or_else(|| Error::wrong_kind("this is no QuickTime or MP4 file"))?;
        let tracks: Vec<Track> = children(source, index.body.clone())?
            .iter()
            .filter(|atom| atom.kind == *b"trak")
            .filter_map(|atom| Track::read(source, atom).transpose())
            .collect::<Result<_>>()?;
        let video = tracks.iter().find(|track| track.handler == *b"vide");
        let video = video.ok_or_else(|| Error::wrong_kind("there is no video track in this file"))?;
        let times = Times::read(source, index, &video.atom, &video.table)?;
        let samples = listed(source, &video.table, MOST_PICTURES, u64::MAX)?;
        let coded = Coded::read(source, &video.entry, samples.first())?;
        let timecode = tracks.iter().find(|track| track.handler == *b"tmcd");
        let brand =
            top.iter().find(|atom| atom.kind == *b"ftyp").map(|atom| read(source, atom.body.start)).transpose()?;
        let name = |kind: &[u8; 4]| String::from_utf8_lossy(kind).into_owned();
        let info = MediaInfo {
            container: FAMILY.into(),
            brand: brand.map(|brand: [u8; 4]| name(&brand)).unwrap_or_default(),
            codec: coded.name.clone(),
            codec_tag: name(&video.entry.kind),
            profile: coded.profile.into(),
            size: coded.size.unwrap_or(movie.size),
            pixel_aspect: aspect(source, &video.entry)?.or(coded.aspect),
            pixel_format: coded.pixel_format,
            field_order: coded.field_order.into(),
            frame_rate: times.rate(),
            frame_count: Some(times.count()),
            duration: times.duration(),
            start_time: None,
            bytes: Some(source.len()),
            container_color: movie.color,
            container_size: Some(movie.size).filter(|size| !size.contains(&0)),
            codec_color: coded.color,
            timecode: timecode.map(|track| start_of(source, track)).transpose()?.flatten(),
            reel: None,
            is_fast_start: Some(movie.is_fast_start),
            tags: BTreeMap::new(),
            audio_streams: tracks.iter().filter(|track| track.handler == *b"soun").count(),
        };
        let pictures = samples.iter().zip(times.moments()).map(|(sample, moment)| Picture {
            at: sample.at,
            bytes: sample.size,
            shown_at: moment.shown_at,
            is_key: moment.is_key,
            is_shown: moment.is_shown,
        });
        Ok(Self { info, codec: coded.codec, configuration: coded.configuration, pictures: pictures.collect() })
    }

    /// The bytes of a coded picture, in `scratch` where they do not lie in memory already.
    ///
    /// # Errors
    /// If there is no such picture, or the file ends before it does.
    pub fn picture<'a, S: ByteSource + ?Sized>(
        &self,
        source: &'a S,
        place: usize,
        scratch: &'a mut Vec<u8>,
    ) -> Result<&'a [u8]> {
        let Some(picture) = self.pictures.get(place) else {
            return Err(Error::spec(format!("there is no picture {place}"), ""));
        };
        if picture.bytes > LARGEST_PICTURE {
            let what = format!("picture {place} has {} bytes, the limit is {LARGEST_PICTURE}", picture.bytes);
            return Err(Error::limit(what, "Encode the movie again"));
        }
        let end = picture.at.saturating_add(picture.bytes.into());
        if end > source.len() {
            let what = format!("the file ends inside picture {place}");
            return Err(Error::truncated(Place::at(picture.at), what).with_next("Copy it again: it is cut short"));
        }
        source.read(picture.at..end, scratch)
    }
}

/// What every track has.
struct Track {
    atom: Atom,
    /// `vide`, `tmcd`, `soun` …
    handler: [u8; 4],
    /// `stbl`.
    table: Atom,
    /// The first sample entry, which stands for all.
    entry: Atom,
}

impl Track {
    /// `None` where it has no samples.
    fn read<S: ByteSource + ?Sized>(source: &S, atom: &Atom) -> Result<Option<Self>> {
        let Some((media, handler)) = media(source, atom)? else { return Ok(None) };
        let Some(information) = find(source, &media, b"minf")? else { return Ok(None) };
        let Some(table) = find(source, &information, b"stbl")? else { return Ok(None) };
        let Some(entries) = find(source, &table, b"stsd")? else { return Ok(None) };
        let entries = entries.body.start.saturating_add(8)..entries.body.end;
        let Some(entry) = children(source, entries)?.into_iter().next() else { return Ok(None) };
        Ok(Some(Self { atom: atom.clone(), handler, table, entry }))
    }
}

/// What the codec's headers say.
struct Coded {
    name: String,
    codec: String,
    configuration: Vec<u8>,
    profile: &'static str,
    size: Option<[u32; 2]>,
    aspect: Option<[u32; 2]>,
    pixel_format: String,
    field_order: &'static str,
    color: ColorTags,
}

impl Coded {
    fn read<S: ByteSource + ?Sized>(source: &S, entry: &Atom, first: Option<&Sample>) -> Result<Self> {
        if let Some((body, configuration)) = h264::configuration(source, entry)? {
            let set = &configuration.set;
            // Supplements stand at a picture's start; of one that is cut off nothing is known.
            let head = first.filter(|_| set.may_have_fields).map(|sample| head(source, sample)).unwrap_or_default();
            let [profile, compatibility, level] = configuration.code;
            return Ok(Self {
                name: "h264".into(),
                codec: format!("avc1.{profile:02x}{compatibility:02x}{level:02x}"),
                configuration: body,
                profile: set.profile(),
                size: Some(set.size),
                aspect: set.aspect,
                pixel_format: set.pixel_format(),
                field_order: configuration.field_order(&head),
                color: set.color,
            });
        }
        let tag = String::from_utf8_lossy(&entry.kind).into_owned();
        let header = match (prores::profile(&entry.kind), first) {
            (Some(_), Some(sample)) if sample.size as usize >= prores::HEADER => {
                read(source, sample.at).ok().and_then(|bytes| prores::Header::read(&bytes))
            }
            _ => None,
        };
        Ok(Self {
            name: codec_name(&entry.kind).map_or_else(|| tag.trim().to_owned(), str::to_owned),
            codec: tag,
            configuration: Vec::new(),
            profile: prores::profile(&entry.kind).unwrap_or_default(),
            size: header.as_ref().map(|header| header.size),
            aspect: None,
            pixel_format: header.as_ref().map(|header| header.pixel_format(&entry.kind)).unwrap_or_default().into(),
            field_order: header.as_ref().map_or("unknown", |header| header.field_order),
            color: header.map(|header| header.color).unwrap_or_default(),
        })
    }
}

/// `pasp` (14496-12, 12.1.4): width and height of a pixel.
fn aspect<S: ByteSource + ?Sized>(source: &S, entry: &Atom) -> Result<Option<[u32; 2]>> {
    let Some(atom) = find_in_entry(source, entry, b"pasp")? else { return Ok(None) };
    let start = atom.body.start;
    let ratio = [u32::from_be_bytes(read(source, start)?), u32::from_be_bytes(read(source, start + 4)?)];
    Ok(Some(ratio).filter(|ratio| !ratio.contains(&0)))
}

/// The first bytes of a picture, as far as they are there.
fn head<S: ByteSource + ?Sized>(source: &S, sample: &Sample) -> Vec<u8> {
    const ENOUGH: u64 = 4096;
    let end = sample.at.saturating_add(u64::from(sample.size).min(ENOUGH)).min(source.len());
    let mut scratch = Vec::new();
    source.read(sample.at.min(end)..end, &mut scratch).map(<[u8]>::to_vec).unwrap_or_default()
}

/// The time code that the track begins with: its first sample is a number of frames (QuickTime, "Timecode Media").
fn start_of<S: ByteSource + ?Sized>(source: &S, track: &Track) -> Result<Option<String>> {
    const DROPS_FRAMES: u32 = 1;
    let field = |at: u64| Ok::<_, Error>(u32::from_be_bytes(read(source, track.entry.start.saturating_add(at))?));
    // Flags, ticks a second, and ticks a frame, after the sample entry's header and a reserved word.
    let [flags, scale, ticks] = [field(20)?, field(24)?, field(28)?];
    let Some(first) = listed(source, &track.table, MOST_PICTURES, u64::MAX)?.first().copied() else { return Ok(None) };
    let Ok(number) = read(source, first.at).map(i32::from_be_bytes) else { return Ok(None) };
    if scale == 0 || ticks == 0 || scale / ticks > 1000 {
        return Ok(None);
    }
    let rate = FrameRate { numerator: scale, denominator: ticks };
    let drops = flags & DROPS_FRAMES != 0 && rate.counted().is_multiple_of(30);
    Ok(Some(if drops { Timecode::dropping(number, rate) } else { Timecode::of_frame(number, rate).to_string() }))
}

/// ffprobe's names of codecs that movies come in.
fn codec_name(entry: &[u8; 4]) -> Option<&'static str> {
    match entry {
        b"avc1" | b"avc3" => Some("h264"),
        b"hvc1" | b"hev1" => Some("hevc"),
        b"av01" => Some("av1"),
        b"vp09" => Some("vp9"),
        b"mp4v" => Some("mpeg4"),
        b"AVdn" | b"AVdh" => Some("dnxhd"),
        b"jpeg" | b"mjpa" | b"mjpb" => Some("mjpeg"),
        b"CFHD" => Some("cfhd"),
        kind if prores::profile(kind).is_some() => Some("prores"),
        _ => None,
    }
}
