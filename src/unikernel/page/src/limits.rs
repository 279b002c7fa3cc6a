//! What one client may cost. Times are milliseconds.

/// A longer request head is answered 431.
pub const MAX_HEAD_BYTES: usize = 16_384;
/// A longer request body is not read; the connection closes after the answer.
pub const MAX_BODY_BYTES: u64 = 65_536;
/// A client that keeps its connection alive never resolves the name again, so it would miss new replicas.
pub const MAX_REQUESTS_PER_CONNECTION: u32 = 1_000;
pub const MAX_CONNECTION_AGE: u64 = 60_000;
/// From the first byte of a request to the end of its head.
pub const HEAD_TIMEOUT: u64 = 10_000;
/// From the first byte of a request to the end of its body.
pub const REQUEST_TIMEOUT: u64 = 15_000;
/// Between two requests.
pub const IDLE_TIMEOUT: u64 = 5_000;
/// While a client takes nothing of its response.
pub const STALL_TIMEOUT: u64 = 30_000;
/// When draining, a connection that has been idle for so long is closed: a request is unlikely to be under way.
pub const DRAIN_IDLE: u64 = 1_000;
/// For a client to close its side after ours.
pub const LINGER_TIMEOUT: u64 = 2_000;
/// For the last step of a handshake.
pub const HANDSHAKE_TIMEOUT: u64 = 5_000;
/// Before, a client is not to blame that a handshake is not over: most round trips are shorter. In a flood first packets
/// that find no place are dropped, and clients send them again.
pub const HANDSHAKE_GRACE: u64 = 200;
/// How often time-outs are looked for.
pub const SWEEP_INTERVAL: u64 = 250;

/// Connections when the command line says nothing and memory allows.
pub const DEFAULT_MAX_CONNECTIONS: usize = 1_024;
pub const LARGEST_MAX_CONNECTIONS: usize = 65_536;
