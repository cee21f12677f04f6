//! Parallelism over rows and bands: threads where they exist, a plain loop where they do not.

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
