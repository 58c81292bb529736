//! What a person sees: how wide a screen is, in which colours, where lines are folded, and what stands
//! at its end while a run goes on.
//!
//! A stream that is no terminal gets text as it is: no colours, no folding, nothing that is taken back.

mod cut;
mod excerpt;
mod fold;
mod live;
mod page;
mod screen;

pub(crate) use cut::cut;
pub(crate) use fold::fold_words;
#[cfg(test)]
pub(crate) use fold::width;
pub(crate) use live::{Stderr, draw, say, take_away};
pub(crate) use page::{Page, page};
pub(crate) use screen::{Screen, Tone};
