//! Pages from templates.

use std::io::Write;

use serde::Serialize;
use tera::{Context, Kwargs, State, Tera, TeraResult, Value};
use vintner_stages::escape_html;

use crate::error::{Result, SiteError};
use crate::links::Link;

const TEMPLATES: [(&str, &str); 13] = [
    ("base.html", include_str!("../templates/base.html.tera")),
    ("index.html", include_str!("../templates/index.html.tera")),
    ("stage.html", include_str!("../templates/stage.html.tera")),
    ("branch.html", include_str!("../templates/branch.html.tera")),
    ("sources.html", include_str!("../templates/sources.html.tera")),
    ("claims.html", include_str!("../templates/claims.html.tera")),
    ("differences.html", include_str!("../templates/differences.html.tera")),
    ("difference.html", include_str!("../templates/difference.html.tera")),
    ("numbers.html", include_str!("../templates/numbers.html.tera")),
    ("trace.html", include_str!("../templates/trace.html.tera")),
    ("rows.html", include_str!("../templates/rows.html.tera")),
    ("table.html", include_str!("../templates/table.html.tera")),
    ("search.html", include_str!("../templates/search.html.tera")),
];

/// What every page says.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Common {
    /// The pipeline's name.
    pub(crate) pipeline: String,
    /// The vintage's name.
    pub(crate) vintage: String,
    /// Whether the data are no evidence.
    pub(crate) synthetic: bool,
    /// What the manifest says of that.
    pub(crate) notice: String,
    /// The main pages.
    pub(crate) pages: Vec<Link>,
}

/// Templates and what every page says.
pub(crate) struct Renderer {
    tera: Tera,
    common: Common,
}

impl Renderer {
    pub(crate) fn new(common: Common) -> Result<Self> {
        let mut tera = Tera::new();
        // The empty suffix is one that every name has.
        tera.autoescape_on([""]);
        tera.set_escape_fn(|text: &str, output: &mut dyn Write| {
            output.write_all(escape_html(text).as_bytes())
        });
        tera.register_filter("link", |of: &Value, _: Kwargs, state: &State| {
            Ok::<_, tera::Error>(Value::safe_string(&link(of, state)?))
        });
        tera.register_filter("prose", |text: &str, _: Kwargs, _: &State| Value::safe_string(&prose(text)));
        tera.register_filter("links", |of: &[Value], _: Kwargs, state: &State| links(of, state));
        tera.add_raw_templates(TEMPLATES).map_err(|error| failed("templates", &error))?;
        Ok(Self { tera, common })
    }

    /// A page at a path, of a template that is given `it`.
    pub(crate) fn page(
        &self,
        path: &str,
        template: &str,
        title: &str,
        it: &impl Serialize,
    ) -> Result<String> {
        let mut context = Context::new();
        context.insert("site", &self.common);
        context.insert("path", path);
        context.insert("root", &"../".repeat(path.matches('/').count()));
        context.insert("title", title);
        context.insert("it", it);
        self.tera.render(template, &context).map_err(|error| failed(path, &error))
    }
}

/// A [`Link`] as markup, from wherever the page lies.
fn link(of: &Value, state: &State) -> TeraResult<String> {
    let (text, note) =
        (escape_html(field(of, "text").unwrap_or_default()), field(of, "note").unwrap_or_default());
    let note = match note {
        "" => String::new(),
        note => format!(" <span class=\"note\">{}</span>", escape_html(note)),
    };
    let Some(href) = field(of, "href") else { return Ok(format!("{text}{note}")) };
    // A place of the page itself is the same from everywhere.
    let root = if href.starts_with('#') { None } else { state.get::<String>("root")? };
    Ok(format!("<a href=\"{}{}\">{text}</a>{note}", root.unwrap_or_default(), escape_html(href)))
}

/// Sentences as markup: what stands between backquotes is code, and one without a partner is itself.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = !parts.len().is_multiple_of(2);
    if !paired {
        return escape_html(text);
    }
    let pieces = parts.iter().enumerate().map(|(at, part)| match at.is_multiple_of(2) || part.is_empty() {
        true => escape_html(part),
        false => format!("<code>{}</code>", escape_html(part)),
    });
    pieces.collect()
}

fn field<'a>(of: &'a Value, name: &'a str) -> Option<&'a str> {
    of.get_from_path(name).and_then(Value::as_str)
}

/// Links as a list; a dash where there are none.
fn links(of: &[Value], state: &State) -> TeraResult<Value> {
    if of.is_empty() {
        return Ok(Value::safe_string("<p class=\"none\">\u{2013}</p>"));
    }
    let mut list = String::from("<ul class=\"links\">");
    for one in of {
        list.push_str(&format!("<li>{}</li>", link(one, state)?));
    }
    list.push_str("</ul>");
    Ok(Value::safe_string(&list))
}

fn failed(page: &str, error: &tera::Error) -> SiteError {
    // What is underneath says more than that rendering failed.
    let mut message = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        message = format!("{message}: {inner}");
        source = inner.source();
    }
    SiteError::Page { page: page.to_owned(), message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backquotes_is_code() {
        assert_eq!(prose("`x` is 1 < 2"), "<code>x</code> is 1 &lt; 2");
        assert_eq!(prose("one ` alone"), "one ` alone");
        assert_eq!(prose("`<b>`"), "<code>&lt;b&gt;</code>");
    }
}
