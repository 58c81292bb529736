//! Parameters of operations: from YAML to a stage.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use vintner_diagnostics::{Document, Faults, Node};
use vintner_pipeline::{
    Digest, InputDeclaration, Inputs, Operation, OutputDeclaration, Outputs, Stage, StageError,
};

use crate::error::StagesError;
use crate::places::Places;

/// An operation whose stage is a struct of parameters: all that most operations need to say.
pub(crate) trait Parameters:
    Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
    const NAME: &'static str;
    const SUMMARY: &'static str;

    fn code() -> Digest;

    /// Faults that serde can't see.
    fn check(&self, _document: &Document, _params: &Node) -> Faults {
        Faults::new()
    }

    fn inputs(&self) -> Vec<InputDeclaration>;

    fn outputs(&self) -> Vec<OutputDeclaration>;

    /// The same, where names of files say what files they are.
    fn outputs_of(&self, _files: &BTreeMap<String, PathBuf>) -> Vec<OutputDeclaration> {
        self.outputs()
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StagesError>;
}

/// The [`Operation`] of some [`Parameters`].
pub(crate) struct Of<P>(pub(crate) std::marker::PhantomData<fn() -> P>);

impl<P> Of<P> {
    pub(crate) fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

impl<P: Parameters> Operation for Of<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn summary(&self) -> &'static str {
        P::SUMMARY
    }

    fn code(&self) -> Digest {
        P::code()
    }

    fn schema(&self) -> Value {
        SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<P>().to_value()
    }

    fn configure(&self, document: &Document, params: &Node) -> Result<Arc<dyn Stage>, Faults> {
        let parameters: P = document.decode_node(params)?;
        let faults = parameters.check(document, params);
        let places = Places::of(document, params);
        faults.or(Arc::new(Configured { parameters, places }) as Arc<dyn Stage>)
    }
}

struct Configured<P> {
    parameters: P,
    places: Places,
}

impl<P: Parameters> Stage for Configured<P> {
    fn params(&self) -> Value {
        serde_json::to_value(&self.parameters).unwrap_or_default()
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        self.parameters.inputs()
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        self.parameters.outputs()
    }

    fn outputs_of(&self, files: &BTreeMap<String, PathBuf>) -> Vec<OutputDeclaration> {
        self.parameters.outputs_of(files)
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StageError> {
        self.parameters.run(inputs).map_err(|error| self.places.put(error).into())
    }
}
