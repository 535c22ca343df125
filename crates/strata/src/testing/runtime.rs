//! A runtime for an asynchronous test.

use std::future::Future;

/// What `test` gives, run on a tokio runtime of its own, which has ended then with all that the
/// test has left to do. `#[diesel_strata::test]` runs an `async fn` so.
///
/// # Panics
///
/// The test panics, or the machine gives no runtime.
pub fn block_on<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap_or_else(|error| panic!("no runtime for the test: {error}")).block_on(test)
}
