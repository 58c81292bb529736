//! Panics that are caught before anybody hears of them.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
}

static HOOK: Once = Once::new();

/// What `work` gives, or what a panic in it said and where; nothing of it reaches stderr. Panics of
/// other threads are reported as ever, so `work` starts none.
///
/// # Errors
/// The words of the panic.
pub fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    if !std::thread::panicking() {
        HOOK.call_once(|| {
            let before = take_hook();
            set_hook(Box::new(move |panic| match QUIET.get() {
                true => SAID.with_borrow_mut(|said| *said = Some(words(panic))),
                false => before(panic),
            }));
        });
    }
    let outer = QUIET.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    QUIET.set(outer);
    done.map_err(|_| SAID.take().unwrap_or_else(|| "no word of why".into()))
}

/// So much of a panic's message is told; it may hold the data that it is about.
const TOLD: usize = 200;

fn words(panic: &PanicHookInfo<'_>) -> String {
    let payload = panic.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let message = text.unwrap_or("a panic without words");
    let message: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut told: String = message.chars().take(TOLD).collect();
    if told.len() < message.len() {
        told.push('…');
    }
    // The file's own name says which library; the folders before it are those of a build's machine.
    match panic.location() {
        Some(place) => {
            let file = place.file().rsplit(['/', '\\']).next().unwrap_or_default();
            format!("{told}, {file}:{}", place.line())
        }
        None => told,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic)]

    use super::*;

    #[test]
    fn a_panic_is_its_words() {
        let said = quietly(|| panic!("no {}", "luck"));
        assert!(said.as_ref().is_err_and(|words| words.starts_with("no luck, panics.rs:")), "{said:?}");
        assert_eq!(quietly(|| 1), Ok(1));
        let inner = quietly(|| quietly(|| panic!("within")).is_err());
        assert_eq!(inner, Ok(true));
    }
}
