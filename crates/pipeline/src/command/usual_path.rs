//! Where programs are looked for if the caller has no `PATH`.

pub(super) const USUAL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";
