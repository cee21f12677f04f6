use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::{Answer, folder, program};

/// A running server; it ends with its test.
struct Server {
    child: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
struct Response {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Response {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.lines().filter_map(|line| line.split_once(':'));
        found.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl Server {
    fn start(folder: Option<&Path>) -> Self {
        Self::with_models(folder, Path::new("/nowhere/at/all"))
    }

    /// With its models for text in a folder.
    fn with_models(folder: Option<&Path>, models: &Path) -> Self {
        let mut command = program();
        command.env("BLENDER_GSD_MODELS", models);
        command.args(["serve", "--port", "0"]).args(folder).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line
            .trim()
            .strip_prefix("http://127.0.0.1:")
            .and_then(|rest| rest.trim_end_matches("#files").strip_suffix('/'))
            .unwrap();
        Self { child, port: port.parse().unwrap() }
    }

    /// Bytes as they are, so that nothing tidies a path on its way.
    fn raw(&self, request: &str) -> Response {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let headers = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
        Response { status, headers, body: bytes[end + 4..].to_vec() }
    }

    fn send(&self, method: &str, path: &str, more: &str) -> Response {
        let port = self.port;
        self.raw(&format!("{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n{more}\r\n"))
    }

    fn get(&self, path: &str) -> Response {
        self.send("GET", path, "")
    }
}

#[test]
fn every_answer_carries_the_headers_that_keep_the_page_alone() {
    let folder = folder();
    fs::write(folder.path().join("a.txt"), "text").unwrap();
    let server = Server::start(Some(folder.path()));
    for path in ["/", "/files/", "/files/a.txt", "/nothing", "/files/../a"] {
        let answer = server.get(path);
        let csp = answer.header("content-security-policy").unwrap();
        assert_eq!(
            csp,
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; \
             img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; frame-ancestors 'none'"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-cache"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}: {}", answer.headers);
        }
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()));
    }
}

#[test]
fn the_page_or_a_word_about_it_is_at_the_root() {
    let server = Server::start(None);
    let root = server.get("/");
    assert_eq!(root.header("content-type"), Some("text/html; charset=utf-8"));
    let page = String::from_utf8(root.body).unwrap();
    match root.status {
        200 => assert_eq!(server.get("/index.html").body, page.as_bytes()),
        503 => assert!(page.contains("make web"), "{page}"),
        other => panic!("{other}"),
    }
    // Without a folder there are no files.
    assert_eq!(server.get("/files/").status, 404);
    assert_eq!(server.get("/.gitignore").status, 404);
    assert_eq!(server.get("/css").status, 404);
}

#[test]
fn types_follow_from_names() {
    let folder = folder();
    let types = [
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.html", "text/html; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.svg", "image/svg+xml"),
        ("a.PNG", "image/png"),
        ("a.exr", "image/x-exr"),
        ("a.mp4", "video/mp4"),
        ("a.mov", "video/quicktime"),
        ("a.js.bin", "application/octet-stream"),
        ("js", "application/octet-stream"),
    ];
    for (name, _) in types {
        fs::write(folder.path().join(name), name).unwrap();
    }
    let server = Server::start(Some(folder.path()));
    for (name, expected) in types {
        let answer = server.get(&format!("/files/{name}"));
        let found = (answer.status, answer.header("content-type"), answer.body.as_slice());
        assert_eq!(found, (200, Some(expected), name.as_bytes()));
    }
}

#[test]
fn nothing_outside_the_folder_is_reached() {
    let outer = folder();
    let inner = outer.path().join("inner");
    fs::create_dir_all(inner.join("below/.git")).unwrap();
    for place in ["secret.txt", "inner/open.txt", "inner/.hidden", "inner/below/.git/config", "inner/below/deep.txt"] {
        fs::write(outer.path().join(place), place).unwrap();
    }
    #[cfg(unix)]
    for (target, link) in [("../secret.txt", "link.txt"), ("..", "up"), ("open.txt", "inside.txt"), ("/etc", "etc")] {
        std::os::unix::fs::symlink(target, inner.join(link)).unwrap();
    }
    let server = Server::start(Some(&inner));
    assert_eq!(server.get("/files/open.txt").body, b"inner/open.txt");
    assert_eq!(server.get("/files/below/deep.txt").body, b"inner/below/deep.txt");
    assert_eq!(server.get("/files/%6Fpen.txt?query#fragment").status, 200);
    let absolute = outer.path().join("secret.txt");
    let mut bad: Vec<String> = [
        "/files/../secret.txt",
        "/files/%2e%2e/secret.txt",
        "/files/..%2fsecret.txt",
        "/files/%2e%2e%2fsecret.txt",
        "/files/..%5csecret.txt",
        "/files/..\\secret.txt",
        "/files/below/../../secret.txt",
        "/files/below/../open.txt",
        "/files/.//../secret.txt",
        "/files//etc/passwd",
        "/files/%2fetc%2fpasswd",
        "/files/open.txt%00.png",
        "/files/open.txt/",
        "/files/%252e%252e/secret.txt",
        "/files/.hidden",
        "/files/%2ehidden",
        "/files/below/.git/config",
        "/files/below",
        "/files/below/",
        "/files/link.txt",
        "/files/up/secret.txt",
        "/files/etc/passwd",
        "/files",
        "/../secret.txt",
        "/secret.txt",
        "/files/open.tx%",
        "/files/%zz",
        "/files/nothing.txt",
    ]
    .map(str::to_owned)
    .into();
    bad.push(format!("/files/{}", absolute.display()));
    bad.push(format!("/files{}", absolute.display()));
    for path in bad {
        let answer = server.get(&path);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.body.ends_with(b"secret.txt"), "{path}");
    }
    let listing: Value = serde_json::from_slice(&server.get("/files/").body).unwrap();
    let mut files = vec![("below/deep.txt", 20)];
    if cfg!(unix) {
        files.push(("inside.txt", 14));
        assert_eq!(server.get("/files/inside.txt").status, 200);
    }
    files.push(("open.txt", 14));
    let entry = |(path, bytes): (&str, u64)| json!({ "path": path, "url": format!("/files/{path}"), "bytes": bytes });
    let files: Vec<Value> = files.into_iter().map(entry).collect();
    assert_eq!(listing, json!({ "folder": "inner", "files": files, "truncated": false }));
}

#[cfg(unix)]
#[test]
fn every_listed_address_leads_to_its_file() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let names: [&[u8]; 5] = [b"a b#?%.exr", b"quote\".exr", "ä日.exr".as_bytes(), b"\xff.exr", b"$(x)&'+;.exr"];
    for name in names {
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(name)), name).unwrap();
    }
    let server = Server::start(Some(folder.path()));
    let listing: Value = serde_json::from_slice(&server.get("/files/").body).unwrap();
    let mut found: Vec<Vec<u8>> = Vec::new();
    for entry in listing["files"].as_array().unwrap() {
        let answer = server.get(entry["url"].as_str().unwrap());
        assert_eq!(answer.status, 200, "{entry}");
        found.push(answer.body);
    }
    let mut expected = names.map(<[u8]>::to_vec);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn only_this_machines_own_names_are_answered() {
    let server = Server::start(None);
    let port = server.port;
    let ask = |host: &str| server.raw(&format!("GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).status;
    for name in ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"] {
        assert_ne!(ask(&format!("Host: {name}:{port}\r\n")), 403, "{name}");
    }
    for host in [
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: localhost.evil.example:{port}\r\n"),
        format!("Host: localhost:{}\r\n", port ^ 1),
        "Host: localhost\r\n".into(),
        "Host: \r\n".into(),
        "Host: ::1\r\n".into(),
        format!("Host: user@localhost:{port}\r\n"),
        format!("Host: localhost:{port}\r\nHost: evil.example:{port}\r\n"),
    ] {
        assert!(matches!(ask(&host), 400 | 403), "{host:?}");
    }
    let absolute = format!("GET http://evil.example/ HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(server.raw(&absolute).status, 403);
    assert!(matches!(server.raw("GET / HTTP/1.0\r\n\r\n").status, 400 | 403));
}

/// Every address of 127.0.0.0/8 is this machine's on Linux, and only the one that it listens on answers.
#[test]
#[cfg(target_os = "linux")]
fn it_listens_on_loopback_only() {
    let server = Server::start(None);
    assert!(TcpStream::connect(("127.0.0.1", server.port)).is_ok());
    for other in ["127.0.0.2", "127.255.255.254"] {
        let refused = TcpStream::connect((other, server.port)).unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused, "{other}");
    }
    // As the kernel lists it: 0100007F is 127.0.0.1.
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| fs::read_to_string(path).unwrap_or_default()).concat();
    let port = format!(":{:04X}", server.port);
    let listening = tables.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        (*fields.get(3)? == "0A").then(|| fields[1].to_owned())
    });
    let addresses: Vec<String> = listening.filter(|address| address.ends_with(&port)).collect();
    assert_eq!(addresses, [format!("0100007F{port}")]);
}

#[test]
fn models_are_offered_where_all_are_installed() {
    let models = folder();
    let names = ["ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx"];
    fs::write(models.path().join("secret.txt"), "secret").unwrap();
    fs::write(models.path().join(names[0]), "detector").unwrap();
    let server = Server::with_models(None, models.path());
    let offered = || serde_json::from_slice::<Value>(&server.get("/models/index.json").body).unwrap();
    assert_eq!(offered(), json!([]));
    fs::write(models.path().join(names[1]), "recognizer").unwrap();
    assert_eq!(offered(), json!(names));
    assert_eq!(server.get(&format!("/models/{}", names[1])).body, b"recognizer");
    for path in ["/models/secret.txt", "/models/", "/models", "/models/a/b", "/models/%2e%2e/secret.txt"] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    let none = Server::start(None).get("/models/index.json");
    assert_eq!((none.status, none.body.as_slice()), (200, &b"[]"[..]));
}

#[test]
fn files_can_be_read_and_nothing_else() {
    let folder = folder();
    fs::write(folder.path().join("a.txt"), "0123456789").unwrap();
    let server = Server::start(Some(folder.path()));
    let head = server.send("HEAD", "/files/a.txt", "");
    assert_eq!((head.status, head.header("content-length"), head.body.len()), (200, Some("10"), 0));
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "MKCOL"] {
        let answer = server.send(method, "/files/a.txt", "Content-Length: 0\r\n");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
    }
    assert_eq!(fs::read(folder.path().join("a.txt")).unwrap(), b"0123456789");
}

#[test]
fn ranges_give_parts_of_files() {
    let folder = folder();
    let bytes: Vec<u8> = (0..700_000_u32).map(|i| (u64::from(i).pow(2) >> 7) as u8).collect();
    fs::write(folder.path().join("a.mov"), &bytes).unwrap();
    fs::write(folder.path().join("empty.exr"), b"").unwrap();
    let server = Server::start(Some(folder.path()));
    assert_eq!(server.get("/files/a.mov").body, bytes);
    assert_eq!(server.get("/files/empty.exr").status, 200);
    let ask = |range: &str| server.send("GET", "/files/a.mov", &format!("Range: {range}\r\n"));
    for (range, part, about) in [
        ("bytes=0-0", 0..1, "bytes 0-0/700000"),
        ("bytes=300000-", 300_000..700_000, "bytes 300000-699999/700000"),
        ("bytes=-5", 699_995..700_000, "bytes 699995-699999/700000"),
        ("bytes=10-99999999", 10..700_000, "bytes 10-699999/700000"),
    ] {
        let answer = ask(range);
        assert_eq!((answer.status, answer.header("content-range")), (206, Some(about)));
        assert_eq!(answer.body, bytes[part]);
    }
    let none = ask("bytes=700000-");
    assert_eq!((none.status, none.header("content-range")), (416, Some("bytes */700000")));
    for ignored in ["bytes=5-1", "bytes=0-1,5-6", "frames=1-2"] {
        assert_eq!(ask(ignored).status, 200, "{ignored}");
    }
}

#[test]
fn a_port_that_is_taken_is_told_with_the_next_step() {
    let server = Server::start(None);
    let port = server.port.to_string();
    let answer = Answer::of(program().args(["serve", "--port", &port]).output().unwrap());
    answer.assert_refused(&format!("port {port}"));
    assert!(answer.stderr.contains("next: ") && answer.stderr.contains("--port 0"), "{answer:?}");
    let answer = Answer::of(program().args(["serve", "/nowhere/at/all", "--port", "0"]).output().unwrap());
    answer.assert_refused("/nowhere/at/all");
}

#[cfg(unix)]
#[test]
fn signals_end_it_cleanly() {
    for signal in ["-INT", "-TERM"] {
        let mut server = Server::start(None);
        // An answer proves that it runs, and so listens for signals.
        server.get("/");
        let sent = std::process::Command::new("kill").arg(signal).arg(server.child.id().to_string()).status();
        assert!(sent.unwrap().success());
        assert_eq!(server.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}
