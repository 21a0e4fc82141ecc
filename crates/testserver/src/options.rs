//! The program's command line.
//!
//! Imports the library's configuration.

use aerospike_testserver::UserConfig;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
An in-memory Aerospike server for tests. Listens on loopback and prints one line when ready:
listening 127.0.0.1:PORT[,127.0.0.1:PORT...]

Usage: aerospike-testserver [options]

  --port N            port of the first node, the others follow it; 0 for free ports (default 3000)
  --nodes N           number of nodes, 1 to 16 (default 1)
  --seconds N         stop after N seconds
  --stdin-guard       stop when standard input closes
  --ipv6              listen on [::1]
  --cluster-name NAME name of the cluster (default testserver)
  --user NAME:PASSWORD:ROLES  switches security on and adds a user; ROLES joined by commas; repeatable
  --session-ttl N     seconds that a session lasts (default 86400); 0 for ever
  --help              this text

Data live in memory in the namespaces test and bar. For tests of clients there are info commands that no real
server has, such as test-fault, test-node and test-clock; the crate's documentation describes them.
";

/// How long a session lasts unless said, as in the Enterprise Edition.
const DAY_SECONDS: u32 = 86_400;
const MAX_NODES: usize = 16;

/// How to run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Options {
    pub(crate) port: u16,
    pub(crate) nodes: usize,
    pub(crate) seconds: Option<u64>,
    pub(crate) stdin_guard: bool,
    pub(crate) ipv6: bool,
    pub(crate) cluster_name: String,
    pub(crate) users: Vec<UserConfig>,
    pub(crate) session_ttl: u32,
}

/// What the command line asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Wanted {
    Run(Options),
    Help,
}

impl Options {
    /// Reads the arguments after the program's name.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Wanted, String> {
        let mut options = Self {
            port: 3000,
            nodes: 1,
            seconds: None,
            stdin_guard: false,
            ipv6: false,
            cluster_name: "testserver".into(),
            users: Vec::new(),
            session_ttl: DAY_SECONDS,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            let mut value =
                || inline.clone().or_else(|| arguments.next()).ok_or_else(|| format!("{name} needs a value"));
            match name.as_str() {
                "--help" | "-h" => return Ok(Wanted::Help),
                "--stdin-guard" => options.stdin_guard = true,
                "--ipv6" => options.ipv6 = true,
                "--port" => options.port = number(&name, &value()?)?,
                "--nodes" => options.nodes = number(&name, &value()?)?,
                "--seconds" => options.seconds = Some(number(&name, &value()?)?),
                "--cluster-name" => options.cluster_name = value()?,
                "--user" => options.users.push(
                    UserConfig::parse(&value()?)
                        .ok_or("--user needs NAME:PASSWORD:ROLES, with roles that a server has")?,
                ),
                "--session-ttl" => options.session_ttl = number(&name, &value()?)?,
                _ => return Err(format!("unknown option {name}")),
            }
        }
        if !(1..=MAX_NODES).contains(&options.nodes) {
            return Err(format!("--nodes must be 1 to {MAX_NODES}"));
        }
        let last_port = usize::from(options.port) + options.nodes - 1;
        if last_port > usize::from(u16::MAX) {
            return Err(format!("--port {} leaves no room for {} nodes", options.port, options.nodes));
        }
        if options.cluster_name.is_empty() || options.cluster_name.contains(['\t', '\n', ';', ':', '=']) {
            return Err("--cluster-name must be a plain name".into());
        }
        Ok(Wanted::Run(options))
    }
}

fn number<T: core::str::FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name} {value}: not a number in range"))
}
