//! Operations that do little, each for one thing that an engine has to cope with.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{Column, DataFrame};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use vintner_diagnostics::{Document, Faults, Node};
use vintner_pipeline::{
    Artifact, Digest, InputDeclaration, Inputs, Kind, Operation, OutputDeclaration, Outputs, Registry, Stage,
    StageError,
};

/// An operation whose parameters are a `P`.
struct Toy<P> {
    name: &'static str,
    inputs: fn(&P) -> Vec<InputDeclaration>,
    outputs: fn(&P) -> Vec<OutputDeclaration>,
    run: fn(&P, &Inputs) -> Result<Outputs, StageError>,
}

impl<P> Clone for Toy<P> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

struct Configured<P> {
    toy: Toy<P>,
    params: P,
}

impl<P: Serialize + DeserializeOwned + Send + Sync + 'static> Operation for Toy<P> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        "a toy"
    }

    fn code(&self) -> Digest {
        Digest::of(self.name.as_bytes())
    }

    fn configure(&self, document: &Document, params: &Node) -> Result<Arc<dyn Stage>, Faults> {
        Ok(Arc::new(Configured { toy: self.clone(), params: document.decode_node(params)? }))
    }
}

impl<P: Serialize + Send + Sync> Stage for Configured<P> {
    fn params(&self) -> Value {
        serde_json::to_value(&self.params).unwrap()
    }

    fn inputs(&self) -> Vec<InputDeclaration> {
        (self.toy.inputs)(&self.params)
    }

    fn outputs(&self) -> Vec<OutputDeclaration> {
        (self.toy.outputs)(&self.params)
    }

    fn run(&self, inputs: &Inputs) -> Result<Outputs, StageError> {
        (self.toy.run)(&self.params, inputs)
    }
}

/// Columns of whole numbers, in the order of their names or the other way round; with `group`, also
/// a column of texts by which the rows are grouped.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    values: BTreeMap<String, Vec<i32>>,
    #[serde(default)]
    backwards: bool,
    #[serde(default)]
    group: Option<Vec<String>>,
}

fn numbers(params: &Numbers, _: &Inputs) -> Result<Outputs, StageError> {
    let mut columns: Vec<Column> =
        params.values.iter().map(|(name, values)| Column::new(name.as_str().into(), values)).collect();
    if params.backwards {
        columns.reverse();
    }
    if let Some(group) = &params.group {
        columns.push(Column::new("group".into(), group));
    }
    let height = columns.first().map_or(0, Column::len);
    Ok(Outputs::new().with("frame", Artifact::Frame(DataFrame::new(height, columns)?)))
}

/// The columns that are read, or the rows, exactly as the engine hands them over.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Select {
    #[serde(default)]
    columns: Option<Vec<String>>,
    #[serde(default)]
    groups: Option<Vec<String>>,
}

impl Select {
    fn declaration(&self) -> InputDeclaration {
        let mut declaration = InputDeclaration::frame("from");
        if let Some(columns) = &self.columns {
            declaration = declaration.columns(columns.iter().map(String::as_str));
        }
        if let Some(groups) = &self.groups {
            declaration = declaration.rows("group", groups.iter().map(String::as_str));
        }
        declaration
    }
}

/// The sum of a column, and something more.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sum {
    column: String,
    #[serde(default)]
    add: i64,
}

fn sum(params: &Sum, inputs: &Inputs) -> Result<Outputs, StageError> {
    let frame = inputs.frame("from")?;
    let column = frame.column(&params.column)?;
    let sum: i64 = column.i32()?.iter().flatten().map(i64::from).sum();
    Ok(Outputs::new().with("sum", Artifact::Json(json!(sum + params.add))))
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    message: String,
}

fn json_output(_: &Nothing) -> Vec<OutputDeclaration> {
    vec![OutputDeclaration::new("value", Kind::Json)]
}

fn value_and_text(params: &Nothing) -> Vec<OutputDeclaration> {
    let mut outputs = json_output(params);
    outputs.push(OutputDeclaration::new("text", Kind::Text));
    outputs
}

/// The sum of all numbers given, and a text that lists them.
fn total(_: &Nothing, inputs: &Inputs) -> Result<Outputs, StageError> {
    let (mut sum, mut text) = (0, String::new());
    for role in inputs.other_roles(&[]) {
        for (key, number) in inputs.jsons::<i64>(role)? {
            sum += number;
            text.push_str(&format!("{role}[{key}] {number}\n"));
        }
    }
    Ok(Outputs::new().with("value", Artifact::Json(json!(sum))).with("text", Artifact::Text(text)))
}

/// All toys.
pub fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.register(Toy::<Numbers> {
        name: "numbers",
        inputs: |_| Vec::new(),
        outputs: |params| {
            let frame = OutputDeclaration::new("frame", Kind::Frame);
            vec![if params.group.is_some() { frame.grouped_by("group") } else { frame }]
        },
        run: numbers,
    });
    registry.register(Toy::<Select> {
        name: "select",
        inputs: |params| vec![params.declaration()],
        outputs: |_| vec![OutputDeclaration::new("frame", Kind::Frame)],
        run: |_, inputs| Ok(Outputs::new().with("frame", Artifact::Frame(inputs.frame("from")?))),
    });
    registry.register(Toy::<Sum> {
        name: "sum",
        inputs: |params| vec![InputDeclaration::frame("from").columns([params.column.as_str()])],
        outputs: |_| vec![OutputDeclaration::new("sum", Kind::Json)],
        run: sum,
    });
    registry.register(Toy::<Nothing> {
        name: "total",
        inputs: |_| vec![InputDeclaration::any(Kind::Json).in_order()],
        outputs: value_and_text,
        run: total,
    });
    // The same, without seeing in which order the branches are listed.
    registry.register(Toy::<Nothing> {
        name: "gather",
        inputs: |_| vec![InputDeclaration::any(Kind::Json)],
        outputs: value_and_text,
        run: total,
    });
    // What comes out is often the same as before.
    registry.register(Toy::<Nothing> {
        name: "tens",
        inputs: |_| vec![InputDeclaration::json("from")],
        outputs: json_output,
        run: |_, inputs| {
            let number: i64 = inputs.json("from")?;
            Ok(Outputs::new().with("value", Artifact::Json(json!(number.div_euclid(10) * 10))))
        },
    });
    registry.register(Toy::<Nothing> {
        name: "seed",
        inputs: |_| Vec::new(),
        outputs: json_output,
        run: |_, inputs| Ok(Outputs::new().with("value", Artifact::Json(json!(inputs.seed)))),
    });
    // The files of a folder, one after another.
    registry.register(Toy::<Nothing> {
        name: "lines",
        inputs: |_| vec![InputDeclaration::file("folder")],
        outputs: |_| vec![OutputDeclaration::new("text", Kind::Text)],
        run: |_, inputs| {
            let texts = inputs.texts("folder")?;
            let text = texts.iter().map(|(name, text)| format!("{name}: {text}\n")).collect();
            Ok(Outputs::new().with("text", Artifact::Text(text)))
        },
    });
    // The number in a source.
    registry.register(Toy::<Nothing> {
        name: "source",
        inputs: |_| vec![InputDeclaration::file("source"), InputDeclaration::file("declaration")],
        outputs: json_output,
        run: |_, inputs| {
            let declaration: Value = inputs.json("declaration")?;
            let number: i64 = inputs.text("source")?.trim().parse()?;
            let warnings = (number < 0).then(|| format!("{} is below zero", declaration["name"]));
            Ok(Outputs::new().with("value", Artifact::Json(json!(number))).warn(warnings))
        },
    });
    registry.register(Toy::<Message> {
        name: "fail",
        inputs: |_| vec![InputDeclaration::any(Kind::Json)],
        outputs: |_| json_output(&Nothing {}),
        run: |params, _| Err(params.message.clone().into()),
    });
    registry.register(Toy::<Message> {
        name: "panic",
        inputs: |_| vec![InputDeclaration::any(Kind::Json)],
        outputs: |_| json_output(&Nothing {}),
        run: |params, _| std::panic::panic_any(params.message.clone()),
    });
    // An output that isn't declared, and not the one that is.
    registry.register(Toy::<Nothing> {
        name: "careless",
        inputs: |_| Vec::new(),
        outputs: json_output,
        run: |_, _| Ok(Outputs::new().with("other", Artifact::Json(json!(1)))),
    });
    registry
}
