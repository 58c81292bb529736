//! Shared stores in buckets of S3, on a server for tests: `moto_server` (pip install "moto[server]"), which is looked
//! for on PATH and under VINTNER_S3_SERVER; skipped where it isn't there.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use vintner_pipeline::{Digest, SharedStore};
use vintner_remote::{Bucket, Remote, S3Bucket, Trouble};

use crate::every_store::{Place, object, suite};
use crate::running::Running;

/// A server that ends with the test.
struct Server {
    _running: Running,
    endpoint: String,
}

impl Server {
    fn start() -> Option<Self> {
        let program =
            std::env::var_os("VINTNER_S3_SERVER").map_or(PathBuf::from("moto_server"), PathBuf::from);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(&program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(child) = started else {
            println!("skipped: {} isn't here", program.display());
            return None;
        };
        let server = Self { _running: Running(child), endpoint: format!("http://127.0.0.1:{port}") };
        for _ in 0..600 {
            let made = Command::new("curl")
                .args(["--silent", "--fail", "--request", "PUT", &format!("{}/results", server.endpoint)])
                .output()
                .unwrap();
            if made.status.success() {
                return Some(server);
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("{} doesn't answer", program.display());
    }

    fn bucket(&self, address: &str) -> S3Bucket {
        let variable = |name: &str| match name {
            "AWS_ENDPOINT_URL" => Some(self.endpoint.clone()),
            "AWS_ACCESS_KEY_ID" => Some("key".to_owned()),
            "AWS_SECRET_ACCESS_KEY" => Some("s3cret".to_owned()),
            "AWS_SESSION_TOKEN" => Some("token".to_owned()),
            _ => None,
        };
        S3Bucket::of_environment(address, variable).unwrap()
    }
}

struct InS3 {
    server: Server,
    kept_in: tempfile::TempDir,
}

impl Place for InS3 {
    fn client(&self) -> Box<dyn SharedStore> {
        let own = tempfile::Builder::new().tempdir_in(self.kept_in.path()).unwrap().keep();
        Box::new(Remote::new(Box::new(self.server.bucket("results/a paper/数据")), &own))
    }

    fn damage(&self, digest: &Digest, bytes: &[u8]) {
        let file = self.kept_in.path().join("damaged");
        std::fs::write(&file, bytes).unwrap();
        let put = vintner_remote::Put { name: object(digest), from: file };
        assert_eq!(self.server.bucket("results/a paper/数据").put(&[put]), [Ok(())]);
    }
}

#[test]
fn a_bucket_of_s3() {
    let Some(server) = Server::start() else { return };
    // Where there is no such bucket, that is said.
    let none = server.bucket("none/x").list(&["v1/".to_owned()]);
    assert_eq!(none, Err(Trouble::Lasting("there is no bucket `none`".into())));
    suite(&InS3 { server, kept_in: tempfile::tempdir().unwrap() });
}

/// A listing of more than a page.
#[test]
fn many_names_in_s3() {
    let Some(server) = Server::start() else { return };
    let (bucket, folder) = (server.bucket("results/many"), tempfile::tempdir().unwrap());
    let file = folder.path().join("one");
    std::fs::write(&file, "1").unwrap();
    let puts: Vec<vintner_remote::Put> = (0..1_100)
        .map(|at| vintner_remote::Put { name: format!("v1/x/{at:04}"), from: file.clone() })
        .collect();
    assert!(bucket.put(&puts).iter().all(Result::is_ok));
    let listed = bucket.list(&["v1/x/".to_owned()]).unwrap();
    assert_eq!(listed.len(), 1_100);
    assert!(listed.iter().all(|one| one.bytes == 1 && one.modified.is_some()));
    let names: Vec<String> = listed.into_iter().map(|one| one.name).collect();
    assert!(bucket.remove(&names).iter().all(Result::is_ok));
    assert!(bucket.list(&["v1/".to_owned()]).unwrap().is_empty());
}
