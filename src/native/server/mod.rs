//! The review page on loopback: the page that is built into the binary, and beside it a folder's files and the installed
//! models for text, to read only.
//!
//! Pages of the whole web run in the same browser. So: nothing is listened to but loopback, a request must name this
//! server as its host (else any site could point its own name here), nothing may embed or load what is served
//! here, and nothing is ever written.

mod answer;
mod body;
mod folder;
mod models;
mod page;
mod path;
mod range;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::Response;

use crate::{Error, Result};
use answer::{Answer, with_headers};
use folder::Folder;
pub(super) use page::find as built_page;

/// The port where none is chosen.
pub const DEFAULT_PORT: u16 = 8098;

/// A server that holds its port and answers once it runs.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    folder: Option<Folder>,
}

/// What every request needs to know.
struct Shared {
    port: u16,
    folder: Option<Folder>,
}

impl Server {
    /// Takes the port (0: a free one) and opens the folder whose files are to be served.
    ///
    /// # Errors
    /// If the port is taken, or the folder is none.
    pub fn bind(folder: Option<&Path>, port: u16) -> Result<Self> {
        let folder = folder.map(Folder::open).transpose()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
        let taken = |error| {
            Error::io("cannot be listened to", format!("port {port}"), error)
                .with_next("Choose another with --port N, or any free one with --port 0")
        };
        let listener = listener.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        Ok(Self { listener, address, folder })
    }

    /// Where the page is.
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Whether the page was there when this binary was built.
    pub fn has_page(&self) -> bool {
        page::is_built()
    }

    /// Answers until the process is asked to end (Ctrl-C, or a polite kill).
    ///
    /// # Errors
    /// If the system refuses.
    pub fn run(self) -> Result<()> {
        let place = format!("port {}", self.address.port());
        let refused = |error| Error::io("cannot be served", &place, error);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(refused)?;
        self.listener.set_nonblocking(true).map_err(refused)?;
        let shared = Arc::new(Shared { port: self.address.port(), folder: self.folder });
        let result = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            let router = Router::new().fallback(respond).with_state(shared);
            // Whatever is still being sent is dropped: a download that hangs must not keep the process alive.
            first(async { axum::serve(listener, router).await }, ended()).await
        });
        runtime.shutdown_background();
        result.map_err(refused)
    }
}

/// Waits for a signal to end.
async fn ended() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        first(tokio::signal::ctrl_c(), async move {
            terminate.recv().await;
            Ok(())
        })
        .await
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

/// The result of whichever is ready first; the other is dropped.
async fn first<T>(a: impl Future<Output = T>, b: impl Future<Output = T>) -> T {
    let (mut a, mut b) = (pin!(a), pin!(b));
    std::future::poll_fn(|context| match a.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(result),
        Poll::Pending => b.as_mut().poll(context),
    })
    .await
}

async fn respond(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (request, _body) = request.into_parts();
    let answer = match answer::admit(&request, shared.port) {
        Some(refusal) => refusal,
        None => route(&shared, &request).await,
    };
    with_headers(answer, &request.method)
}

async fn route(shared: &Arc<Shared>, request: &Parts) -> Answer {
    let Some(segments) = path::segments(request.uri.path()) else { return Answer::not_found() };
    let range = range::requested(request);
    match (segments.split_first(), &shared.folder) {
        (Some((first, rest)), Some(_)) if first == b"files" => {
            let (rest, shared) = (rest.to_vec(), Arc::clone(shared));
            from_disk(move || match &shared.folder {
                Some(folder) => folder.answer(&rest, range),
                None => Answer::not_found(),
            })
            .await
        }
        (Some((first, rest)), _) if first == b"models" => {
            let rest = rest.to_vec();
            from_disk(move || models::answer(&rest, range)).await
        }
        _ => page::answer(&segments),
    }
}

/// The disk can be slow; other answers must not wait for it.
async fn from_disk(answer: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    tokio::task::spawn_blocking(answer).await.unwrap_or_else(|_| Answer::failed())
}
