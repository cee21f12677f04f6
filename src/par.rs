//! Parallelism over rows and bands: threads where they exist, a plain loop where they do not.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::platform;

/// Runs `job` on every item and returns the results in the items' order.
///
/// `init` makes the working state (scratch buffers) that jobs on the same thread share one after another.
pub fn map_init<T, S, R>(
    items: Vec<T>,
    init: impl Fn() -> S + Sync + Send,
    job: impl Fn(&mut S, T) -> R + Sync + Send,
) -> Vec<R>
where
    T: Send,
    R: Send,
{
    platform::map_init(items, init, job)
}

/// Working state that is kept from one job to the next, and from one frame to the next: buffers of megabytes cost more to
/// get from the system, page by page, than to fill.
#[derive(Debug)]
pub struct Pool<S>(Mutex<Vec<S>>);

impl<S> Default for Pool<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S> Pool<S> {
    /// Runs `job` on a state that nobody else uses, one that `make` makes if there is none.
    pub fn with<R>(&self, make: impl FnOnce() -> S, job: impl FnOnce(&mut S) -> R) -> R {
        let idle = self.idle().pop();
        let mut state = idle.unwrap_or_else(make);
        let result = job(&mut state);
        self.idle().push(state);
        result
    }

    fn idle(&self) -> MutexGuard<'_, Vec<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
