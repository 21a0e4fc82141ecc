//! What a run is made of: the cluster, the client's settings, the weather on the network, the odds of each fault.
//!
//! Imports `random`. Everything follows from the seed. Each run has some kinds of faults and not others, so that rare
//! ones are not drowned by frequent ones.

use std::sync::LazyLock;

use aerospike_testserver::{SecurityConfig, UserConfig};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::admin::{AdminCommand, AdminField, write_entry};
use aerospike_wasm::{Auth, Config, Endpoint, Policy, Replica};

use super::random::Random;

/// The first port of the nodes; node `n` listens at this plus `n`.
pub(super) const FIRST_PORT: u16 = 3_000;
/// A host name that leads to any node, as a load balancer does.
pub(super) const ANY_NODE: &str = "cluster.test";
/// Who the client is, where servers ask.
pub(super) const USER: &str = "alice";
/// Who holds the client's map against that of the servers.
const JUDGE: &str = "judge";
const PASSWORD: &str = "correct horse";
/// Made once: hashing a password takes long on purpose.
static AUTH: LazyLock<Auth> =
    LazyLock::new(|| Auth::internal(USER, PASSWORD.as_bytes()).unwrap_or(Auth::None));
static USERS: LazyLock<Vec<UserConfig>> = LazyLock::new(|| {
    vec![UserConfig::new(USER, PASSWORD, &["read-write"]), UserConfig::new(JUDGE, PASSWORD, &["read"])]
});

/// What servers with sessions of so many seconds know.
pub(super) fn security(session_ttl_seconds: u32) -> SecurityConfig {
    SecurityConfig { users: USERS.clone(), session_ttl_seconds, certificate_user: None }
}

/// Appends the login of the judge.
pub(super) fn write_judge_login(out: &mut Vec<u8>) {
    let credential = USERS.iter().find(|user| user.name == JUDGE).map(|user| user.credential.as_bytes());
    write_entry(out, AdminCommand::LOGIN, ResultCode::OK, |fields| {
        fields.field(AdminField::USER, JUDGE.as_bytes());
        fields.field(AdminField::CREDENTIAL, credential.unwrap_or_default());
    });
}

/// One virtual millisecond.
pub(super) const MS: u64 = 1_000_000;

/// How the network behaves when nothing is wrong.
#[derive(Clone, Debug)]
pub(super) struct Weather {
    /// One-way latency of a connection, ns: from, to.
    pub(super) latency: (u64, u64),
    /// What may be added to it, message by message, ns.
    pub(super) jitter: u64,
    /// Sizes of the pieces in which bytes arrive; a connection has one of them.
    pub(super) pieces: Vec<usize>,
    /// How long a request keeps a server busy, ns.
    pub(super) service: u64,
    /// How late the host may be with a timer, ns.
    pub(super) lateness: u64,
    /// Whether the host tells the client of connections that the client has closed.
    pub(super) tells_stale: bool,
    /// Whether the host polls after each input, or once per turn.
    pub(super) polls_eagerly: bool,
}

/// Odds in 1,000, unless said otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Odds {
    /// Of a connection that is asked for: refused, or never answered.
    pub(super) refuse: u32,
    pub(super) never_connect: u32,
    /// Of a request: answered with an error and not executed.
    pub(super) refused_request: u32,
    /// Executed, and answered with a server timeout.
    pub(super) late_request: u32,
    /// Executed, and the connection silent from then on.
    pub(super) silence: u32,
    /// Executed, and the reply cut, replaced by garbage, or followed by the end of the connection.
    pub(super) cut: u32,
    pub(super) garbage: u32,
    pub(super) end_after: u32,
    /// Not executed, and the connection closed.
    pub(super) dropped: u32,
    /// A batch reply with rows that fail, are missing, come twice or belong to nobody.
    pub(super) batch: u32,
    /// An info reply that lies.
    pub(super) lie: u32,
    /// Weights of what happens to the world from time to time.
    pub(super) mischief: Vec<(Mischief, u32)>,
}

/// What may happen to the world.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mischief {
    /// A connection is reset.
    Reset,
    /// All connections of a node are reset.
    ResetNode,
    /// A connection carries nothing any more, and nobody says so.
    HalfOpen,
    /// A connection carries nothing for a while.
    Stall,
    /// A node's process ends; it comes back later.
    NodeDown,
    /// A node's machine loses power: its connections just fall silent.
    PowerOff,
    /// A node takes long for each request for a while.
    SlowNode,
    /// A node has no partition map for a while.
    Unbalanced,
    /// For a while, nodes answer 11 for partitions they do not own, in place of proxying.
    NoProxy,
    /// A server sends something that nobody asked for.
    Unasked,
    /// The client's process stands still for a while: it reads nothing, and its timers come late.
    HeldUp,
    /// A node does not know its sessions any more.
    ForgetSessions,
    /// No node lets the client log in for a while.
    RefuseLogins,
}

/// Everything that the seed decides before a run starts.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) nodes: usize,
    pub(super) replication: usize,
    /// The rack of each node; empty where there are no racks.
    pub(super) racks: Vec<u32>,
    pub(super) client: Config,
    pub(super) keys: usize,
    /// How many turns of the application submit commands, how many each at most, and the time between turns, ns.
    pub(super) turns: usize,
    pub(super) burst: u64,
    pub(super) pause: (u64, u64),
    /// Odds of a batch, a read and a cancel.
    pub(super) batch: u32,
    pub(super) read: u32,
    pub(super) cancel: u32,
    /// Most rows of a batch.
    pub(super) rows: u64,
    pub(super) timeouts: Timeouts,
    pub(super) weather: Weather,
    pub(super) odds: Odds,
    /// Time between two pieces of mischief, ns.
    pub(super) mischief_pause: (u64, u64),
    /// Whether the client is closed in the middle of everything.
    pub(super) closes_early: bool,
    /// Whether many commands with the same policy leave together, such that the client may merge them.
    pub(super) is_crowded: bool,
    /// Where servers want a login, how long a session lasts, s; 0 for ever.
    pub(super) session_ttl: Option<u32>,
}

/// What timeouts and retries the commands of a run have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Timeouts {
    /// The defaults.
    Standard,
    /// So short that many commands meet them.
    Short,
    /// Anything, also none.
    Any,
}

impl Plan {
    pub(super) fn new(random: &mut Random) -> Self {
        let nodes = random.range(1, 5) as usize;
        let calm = random.chance(60);
        Self {
            nodes,
            replication: random.range(1, 3) as usize,
            racks: racks(random, nodes),
            client: client(random, nodes),
            keys: random.range(2, 20) as usize,
            turns: random.range(10, 60) as usize,
            burst: random.pick(&[1, 2, 4, 10]),
            pause: random.pick(&[(1, 1_000), (100_000, 5 * MS), (MS, 40 * MS), (MS, 150 * MS)]),
            batch: random.pick(&[0, 100, 300]),
            read: random.pick(&[200, 400, 700]),
            cancel: random.pick(&[0, 0, 50, 200]),
            rows: random.pick(&[3, 10, 50]),
            timeouts: random.pick(&[Timeouts::Standard, Timeouts::Short, Timeouts::Any]),
            weather: weather(random),
            odds: if calm { Odds::default() } else { odds(random) },
            mischief_pause: random.pick(&[(MS, 30 * MS), (10 * MS, 200 * MS), (100 * MS, 900 * MS)]),
            closes_early: random.chance(150),
            is_crowded: false,
            session_ttl: None,
        }
    }

    /// Makes the plan one of a crowd, in some runs. `random` is another stream than that of the rest.
    pub(super) fn crowd(&mut self, random: &mut Random) {
        if !random.chance(400) {
            return;
        }
        self.is_crowded = true;
        // Writes that wait for different replicas are not merged.
        self.replication = random.pick(&[1, 1, 2]);
        self.keys = random.range(80, 160) as usize;
        self.turns = random.range(5, 15) as usize;
        self.burst = random.pick(&[60, 120, 240]);
        self.pause = random.pick(&[(100_000, 5 * MS), (MS, 40 * MS)]);
        self.batch = random.pick(&[0, 0, 50]);
        self.client.merge_commands = true;
        self.client.pipeline_depth = random.pick(&[64, 64, 64, 16]);
        self.client.pipeline_connections = random.pick(&[1, 1, 2, 3]);
        self.client.max_concurrent_operations = random.pick(&[0, 0, 0, 30]);
    }

    /// Makes the servers want a login, in some runs. `random` is another stream than that of the rest.
    pub(super) fn secure(&mut self, random: &mut Random) {
        if !random.chance(250) {
            return;
        }
        self.session_ttl = Some(random.pick(&[0, 8, 8, 60]));
        self.client.auth = AUTH.clone();
        // A token is good at one node; behind a name that leads to several it is refused now and then, in the best of times.
        self.client.seeds.retain(|seed| seed.host != ANY_NODE);
        let is_calm = self.odds.mischief.is_empty();
        for (mischief, weight) in MISCHIEF_WITH_SESSIONS {
            if !is_calm && random.chance(600) {
                self.odds.mischief.push((mischief, weight));
            }
        }
    }

    /// Has the client's process stand still now and then, in some runs. `random` is another stream than that of the rest.
    pub(super) fn hold_up(&mut self, random: &mut Random) {
        if !self.odds.mischief.is_empty() && random.chance(250) {
            self.odds.mischief.push((Mischief::HeldUp, 6));
        }
    }
}

/// The racks of the nodes; in half of all runs there are none.
fn racks(random: &mut Random, nodes: usize) -> Vec<u32> {
    let nodes = if random.chance(500) { nodes } else { 0 };
    (0..nodes).map(|_| random.below(3) as u32).collect()
}

fn client(random: &mut Random, nodes: usize) -> Config {
    let endpoint = |host: &str, port| Endpoint { host: host.into(), port, tls_name: String::new() };
    let mut seeds = vec![endpoint("127.0.0.1", FIRST_PORT + random.index(nodes) as u16)];
    if random.chance(300) {
        seeds.push(endpoint(ANY_NODE, FIRST_PORT));
    }
    if random.chance(200) {
        seeds.insert(0, endpoint("127.0.0.1", 9_999));
    }
    Config {
        seeds,
        cluster_name: random.pick(&["", "testserver"]).into(),
        connect_timeout_ms: random.pick(&[100, 300, 1_000]),
        tend_interval_ms: random.pick(&[50, 100, 250, 1_000]),
        idle_timeout_ms: random.pick(&[0, 200, 1_000, 55_000]),
        max_conns_per_node: random.pick(&[1, 2, 4, 16, 100]),
        min_conns_per_node: random.pick(&[0, 0, 0, 1, 3]),
        opening_connection_threshold: random.pick(&[0, 0, 1, 3]),
        rack_ids: (0..random.below(3) as u32).collect(),
        pipeline_depth: random.pick(&[1, 2, 8, 64]),
        pipeline_connections: random.range(1, 4) as u16,
        merge_commands: random.chance(800),
        max_error_rate: random.pick(&[100, 100, 0, 2, 10]),
        error_rate_window: random.range(1, 3) as u32,
        max_concurrent_operations: random.pick(&[0, 0, 0, 1, 5, 50]),
        operation_queue_timeout_ms: random.pick(&[0, 0, 5, 100]),
        ..Config::default()
    }
}

fn weather(random: &mut Random) -> Weather {
    let pieces = match random.below(4) {
        0 => vec![1, 2, 7],
        1 => vec![usize::MAX],
        _ => vec![usize::MAX, 1_460, 64, 3],
    };
    Weather {
        latency: random.pick(&[(10_000, 20_000), (100_000, MS), (MS, 10 * MS)]),
        jitter: random.pick(&[0, 100_000, 2 * MS, 30 * MS]),
        pieces,
        service: random.pick(&[0, 10_000, 100_000, MS]),
        lateness: random.pick(&[0, 0, 100_000, 3 * MS]),
        tells_stale: random.chance(200),
        polls_eagerly: random.chance(500),
    }
}

fn odds(random: &mut Random) -> Odds {
    let strength: u32 = random.pick(&[5, 30, 150]);
    let mut some = |limit: u32| {
        let most = strength.min(limit);
        if random.chance(350) { random.range(1, u64::from(most)) as u32 } else { 0 }
    };
    let mut odds = Odds {
        refuse: some(150),
        never_connect: some(150),
        refused_request: some(150),
        late_request: some(100),
        silence: some(60),
        cut: some(60),
        garbage: some(40),
        end_after: some(80),
        dropped: some(60),
        batch: some(150) * 2,
        lie: some(150),
        mischief: Vec::new(),
    };
    for (mischief, weight) in MISCHIEF {
        if random.chance(350) {
            odds.mischief.push((mischief, weight));
        }
    }
    odds
}

/// Every kind of mischief, and how often it comes when a run has it.
const MISCHIEF: [(Mischief, u32); 10] = [
    (Mischief::Reset, 10),
    (Mischief::ResetNode, 3),
    (Mischief::HalfOpen, 4),
    (Mischief::Stall, 6),
    (Mischief::NodeDown, 3),
    (Mischief::PowerOff, 2),
    (Mischief::SlowNode, 3),
    (Mischief::Unbalanced, 2),
    (Mischief::NoProxy, 3),
    (Mischief::Unasked, 3),
];

/// What comes on top where there are sessions.
const MISCHIEF_WITH_SESSIONS: [(Mischief, u32); 2] =
    [(Mischief::ForgetSessions, 5), (Mischief::RefuseLogins, 2)];

/// The policy of one command, and how many retries it promises: unless asked for, none to a write and two to a read.
pub(super) fn policy(random: &mut Random, timeouts: Timeouts, writes: bool) -> (Policy, u16) {
    let mut retries = if writes { 0 } else { 2 };
    let base = if writes { Policy::write() } else { Policy::read() };
    let mut policy = Policy {
        replica: random.pick(&[Replica::Sequence, Replica::Any, Replica::Master, Replica::PreferRack]),
        sequential: random.chance(200),
        respond_all_keys: random.chance(900),
        ..base
    };
    match timeouts {
        Timeouts::Standard => {}
        Timeouts::Short => {
            policy.total_timeout_ms = random.pick(&[5, 20, 80]);
            policy.socket_timeout_ms = random.pick(&[0, 2, 10, 30_000]);
            policy.timeout_delay_ms = random.pick(&[0, 1, 50, 3_000]);
        }
        Timeouts::Any => {
            policy.total_timeout_ms = random.pick(&[0, 10, 100, 1_000, 3_000]);
            policy.socket_timeout_ms = random.pick(&[0, 5, 50, 500, 30_000]);
            policy.timeout_delay_ms = random.pick(&[0, 10, 200, 3_000]);
        }
    }
    if random.chance(300) {
        retries = random.pick(&[0, 1, 3, 10]);
        policy.max_retries = retries;
        policy.sleep_between_retries_ms = random.pick(&[0, 0, 1, 20]);
    }
    (policy, retries)
}
