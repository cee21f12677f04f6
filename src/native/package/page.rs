//! `review.html`: the review page as one file, carrying the package's report, metadata and thumbnails.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::describe::Description;
use super::pictures::sheet;
use crate::native::{atomic, server};
use crate::{Error, Result};

/// Its name, in the package and among the page's files.
pub(super) const NAME: &str = "review.html";
/// Where the data goes.
const MARKER: &str = "<!--gsd-package-->";
/// Thumbnails of scenes that are longer stay beside the page.
const MOST: usize = 1000;

/// The page without data: the file that is named, else the one that is built into the program, if it is.
///
/// # Errors
/// If the named one cannot be read, or has no place for data.
pub(super) fn template(named: Option<&Path>) -> Result<Option<String>> {
    let page = match named {
        Some(path) => {
            Some(fs::read_to_string(path).map_err(|error| Error::io("cannot be read", path.display(), error))?)
        }
        None => server::built_page(NAME).map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
    };
    match page {
        Some(page) if page.matches(MARKER).count() != 1 => {
            let error = Error::spec(
                format!("this page has no place for a package: {MARKER}"),
                "Build it with `make review-html`",
            );
            Err(named.into_iter().fold(error, |error, path| error.in_file(path.display())))
        }
        page => Ok(page),
    }
}

/// Writes the page with everything that is in the package's folder already.
///
/// # Errors
/// If the system refuses.
pub(super) fn write(folder: &Path, page: &str, of: &Description<'_>) -> Result<()> {
    let path = folder.join(NAME);
    let Some((before, after)) = page.split_once(MARKER) else { return Ok(()) };
    atomic::write_with(&path, |file| {
        let refused = |error| Error::io("cannot be written", path.display(), error);
        let mut file = BufWriter::new(file);
        file.write_all(before.as_bytes()).map_err(refused)?;
        file.write_all(b"<script type=\"application/json\" id=\"gsd-package\">").map_err(refused)?;
        data(&mut Escaped(&mut file), folder, of).map_err(refused)?;
        file.write_all(b"</script>").map_err(refused)?;
        file.write_all(after.as_bytes()).map_err(refused)?;
        file.flush().map_err(refused)
    })
}

/// One JSON object, put together of the files that are there: a long scene's metadata need not lie in memory at once.
fn data(to: &mut impl Write, folder: &Path, of: &Description<'_>) -> io::Result<()> {
    let copy = |to: &mut dyn Write, path: &str| io::copy(&mut File::open(folder.join(path))?, to).map(|_| ());
    write!(to, "{{\"qc_report\":")?;
    copy(to, "qc_report.json")?;
    write!(to, ",\"files\":[")?;
    for (place, file) in of.delivered.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(to, "{comma}{{\"path\":{},\"bytes\":{}}}", serde_json::to_string(&file.path)?, file.bytes)?;
    }
    write!(to, "],\"metadata\":{{\"scene\":")?;
    copy(to, "metadata/scene_metadata.json")?;
    write!(to, ",\"shots\":{{")?;
    for (place, event) in of.timeline.events.iter().enumerate() {
        let comma = if place == 0 { "" } else { "," };
        write!(to, "{comma}\"{}\":", event.clip.shot)?;
        copy(to, &format!("metadata/shots/{}.json", event.clip.shot))?;
    }
    write!(to, "}}}},\"thumbnails\":{{")?;
    if of.timeline.events.len() <= MOST {
        for (place, event) in of.timeline.events.iter().enumerate() {
            let comma = if place == 0 { "" } else { "," };
            let bytes = fs::read(folder.join(sheet::thumbnail(&event.clip.shot)))?;
            write!(to, "{comma}\"{}\":\"data:image/jpeg;base64,{}\"", event.clip.shot, base64(&bytes))?;
        }
    }
    write!(to, "}}}}")
}

/// JSON that stands in a script element: what could end the element, or begin a comment in it, is written as JSON's own
/// escape. These characters stand in JSON only inside strings.
struct Escaped<W>(W);

impl<W: Write> Write for Escaped<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for part in bytes.split_inclusive(|byte| matches!(byte, b'<' | b'>' | b'&')) {
            match part.split_last() {
                Some((last @ (b'<' | b'>' | b'&'), plain)) => {
                    self.0.write_all(plain)?;
                    write!(self.0, "\\u{last:04x}")?;
                }
                _ => self.0.write_all(part)?,
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Escaped, base64};

    #[test]
    fn what_could_end_the_element_is_escaped_and_reads_back() {
        let text = serde_json::json!({ "</script>": "<!--<script>&amp;]]>" }).to_string();
        let mut written = Vec::new();
        assert!(Escaped(&mut written).write_all(text.as_bytes()).is_ok());
        assert!(!written.iter().any(|byte| b"<>&".contains(byte)));
        let read = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
        assert_eq!(read(&written), read(text.as_bytes()));
    }

    /// RFC 4648, section 10.
    #[test]
    fn bytes_become_text_as_the_standard_says() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(|text| base64(text.as_bytes()));
        assert_eq!(texts, ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]);
    }
}
