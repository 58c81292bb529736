//! Shared stores in containers of Azure's Blob storage, on a server for tests: `azurite-blob` (npm install azurite), which is
//! looked for on PATH and under VINTNER_AZURE_SERVER; skipped where it isn't there.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use vintner_pipeline::{Digest, SharedStore};
use vintner_remote::{AzureBucket, Bucket, Put, Remote, Trouble};

use crate::every_store::{Place, object, suite};
use crate::running::Running;

/// The account of servers for tests, and a key that this test begins its own with.
const ACCOUNT: &str = "vintner";
const KEY: &str = "dGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgYWxvbmU=";

/// A server that ends with the test.
struct Server {
    _running: Running,
    endpoint: String,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Option<Self> {
        let program =
            std::env::var_os("VINTNER_AZURE_SERVER").map_or(PathBuf::from("azurite-blob"), PathBuf::from);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(&program);
        command.args([
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            &port.to_string(),
            "--silent",
            "--disableTelemetry",
        ]);
        command.arg("--location").arg(folder.path()).env("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{KEY}"));
        let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let Ok(child) = started else {
            println!("skipped: {} isn't here", program.display());
            return None;
        };
        let server = Self {
            _running: Running(child),
            endpoint: format!("http://127.0.0.1:{port}/{ACCOUNT}"),
            _folder: folder,
        };
        for _ in 0..600 {
            let bucket = server.bucket("results", KEY);
            match bucket.list(&["v1/".to_owned()]) {
                Err(Trouble::Lasting(said)) if said.contains("no container") => {
                    bucket.make_container().unwrap();
                    return Some(server);
                }
                Ok(_) => return Some(server),
                Err(_) => thread::sleep(Duration::from_millis(100)),
            }
        }
        panic!("{} doesn't answer", program.display());
    }

    fn bucket(&self, address: &str, key: &str) -> AzureBucket {
        let variable = |name: &str| match name {
            "AZURE_STORAGE_SERVICE_ENDPOINT" => Some(self.endpoint.clone()),
            "AZURE_STORAGE_ACCOUNT" => Some(ACCOUNT.to_owned()),
            "AZURE_STORAGE_KEY" => Some(key.to_owned()),
            _ => None,
        };
        AzureBucket::of_environment(address, variable).unwrap()
    }
}

struct InAzure {
    server: Server,
    kept_in: tempfile::TempDir,
}

impl Place for InAzure {
    fn client(&self) -> Box<dyn SharedStore> {
        let own = tempfile::Builder::new().tempdir_in(self.kept_in.path()).unwrap().keep();
        Box::new(Remote::new(Box::new(self.server.bucket("results/a paper/数据", KEY)), &own))
    }

    fn damage(&self, digest: &Digest, bytes: &[u8]) {
        let file = self.kept_in.path().join("damaged");
        std::fs::write(&file, bytes).unwrap();
        let put = Put { name: object(digest), from: file };
        assert_eq!(self.server.bucket("results/a paper/数据", KEY).put(&[put]), [Ok(())]);
    }
}

#[test]
fn a_container_of_azure() {
    let Some(server) = Server::start() else { return };
    let none = server.bucket("none/x", KEY).list(&["v1/".to_owned()]);
    assert_eq!(none, Err(Trouble::Lasting("there is no container `none`".into())));
    // Another's key is refused, as the server checks signatures.
    let wrong = server.bucket("results", "c29tZWJvZHkgZWxzZQ==").list(&["v1/".to_owned()]);
    assert!(wrong.unwrap_err().to_string().contains("credentials"));
    suite(&InAzure { server, kept_in: tempfile::tempdir().unwrap() });
}

/// A listing of more than a page.
#[test]
fn many_names_in_azure() {
    let Some(server) = Server::start() else { return };
    let (bucket, folder) = (server.bucket("results/many", KEY), tempfile::tempdir().unwrap());
    let file = folder.path().join("one");
    std::fs::write(&file, "1").unwrap();
    let puts: Vec<Put> =
        (0..5_100).map(|at| Put { name: format!("v1/x/{at:04}"), from: file.clone() }).collect();
    assert!(bucket.put(&puts).iter().all(Result::is_ok));
    let listed = bucket.list(&["v1/x/".to_owned()]).unwrap();
    assert_eq!(listed.len(), 5_100);
    assert!(listed.iter().all(|one| one.bytes == 1 && one.modified.is_some()));
    let names: Vec<String> = listed.into_iter().take(10).map(|one| one.name).collect();
    assert!(bucket.remove(&names).iter().all(Result::is_ok));
    assert_eq!(bucket.list(&["v1/".to_owned()]).unwrap().len(), 5_090);
}
