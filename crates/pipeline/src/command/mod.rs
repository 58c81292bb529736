//! stub
use std::sync::Arc;
use vintner_diagnostics::{Document, Faults, Node};
use crate::{Digest, Operation, Stage};
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct CommandError;
impl CommandError { pub fn is_cancelled(&self)->bool{false} pub fn log(&self)->&str{""} }
pub struct CommandOperation;
impl CommandOperation { pub const NAME: &'static str = "run"; }
impl Operation for CommandOperation {
    fn name(&self)->&'static str { Self::NAME }
    fn summary(&self)->&'static str {"x"}
    fn code(&self)->Digest{Digest::of(b"")}
    fn configure(&self, _: &Document, _: &Node) -> Result<Arc<dyn Stage>, Faults> { Err(Faults::default()) }
}
