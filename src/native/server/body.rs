//! A file as the body of an answer, read piece by piece as the other side takes it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use tokio::task::JoinHandle;

/// Bytes that are read at a time.
const PIECE: u64 = 256 << 10;

/// A range of a file.
#[derive(Debug)]
pub(super) struct FileBody {
    /// Bytes still to come.
    left: u64,
    state: State,
}

#[derive(Debug)]
enum State {
    Idle(File),
    Reading(JoinHandle<io::Result<(File, Bytes)>>),
    Done,
}

impl FileBody {
    /// The bytes of `range`, which must lie in the file.
    pub(super) fn new(mut file: File, range: Range<u64>) -> io::Result<Self> {
        file.seek(SeekFrom::Start(range.start))?;
        Ok(Self { left: range.end - range.start, state: State::Idle(file) })
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Done) {
                State::Idle(file) if self.left > 0 => {
                    let length = self.left.min(PIECE);
                    self.state = State::Reading(tokio::task::spawn_blocking(move || piece(file, length)));
                }
                State::Idle(_) | State::Done => return Poll::Ready(None),
                State::Reading(mut handle) => {
                    let Poll::Ready(result) = Pin::new(&mut handle).poll(context) else {
                        self.state = State::Reading(handle);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(result.unwrap_or_else(|error| Err(io::Error::other(error))).map(
                        |(file, bytes)| {
                            self.left -= bytes.len() as u64;
                            self.state = State::Idle(file);
                            Frame::data(bytes)
                        },
                    )));
                }
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// A file that has become shorter ends the answer in an error, which the other side sees as a broken connection.
fn piece(mut file: File, length: u64) -> io::Result<(File, Bytes)> {
    let mut bytes = vec![0; length as usize];
    file.read_exact(&mut bytes)?;
    Ok((file, bytes.into()))
}
