//! `vintner schema`: JSON Schemas of the files that people write.

use vintner_package::description_schema;
use vintner_stages::{claims_schema, pipeline_schema, vintage_schema};

use super::print_json;
use crate::arguments::{SchemaOf, Written};
use crate::error::Result;

pub(crate) fn run(arguments: &SchemaOf) -> Result<()> {
    print_json(&match arguments.file {
        Written::Pipeline => pipeline_schema(),
        Written::Vintage => vintage_schema(),
        Written::Claims => claims_schema(),
        Written::Package => description_schema(),
    })
}
