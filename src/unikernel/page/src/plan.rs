//! How the memory that is left goes to connections.

use crate::pool::BACKLOG;

/// A request's head is a few hundred bytes; what does not fit waits at the client.
pub const RECEIVE_BYTES: usize = 2_048;
/// Of the socket itself, and for a head that comes in pieces.
const EXTRA_BYTES: usize = 2_048;
/// Below, even the head of a response and what follows would take turns.
const LEAST_SEND_BYTES: usize = 8_192;
/// As much as a client without window scaling takes at once.
const MOST_SEND_BYTES: usize = 65_536;
const LEAST_CONNECTIONS: usize = 16;
/// More connections than this are worth less than room for what they send.
const PLENTY_OF_CONNECTIONS: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Of each connection, for what its client has not acknowledged: no response needs more than its length.
    pub send_bytes: usize,
    pub max_connections: usize,
}

/// What is needed beside the page for connections.
pub const LEAST_BYTES: usize = (LEAST_CONNECTIONS + BACKLOG) * cost(LEAST_SEND_BYTES);

const fn cost(send_bytes: usize) -> usize {
    RECEIVE_BYTES + send_bytes + EXTRA_BYTES
}

/// `wanted` is the number of connections that somebody asked for, else `most` are enough. `None`: too little memory.
pub fn plan(free_bytes: usize, response_bytes: usize, wanted: Option<usize>, most: usize) -> Option<Plan> {
    let connections = |send_bytes| (free_bytes / cost(send_bytes)).saturating_sub(BACKLOG);
    let enough = wanted.unwrap_or(PLENTY_OF_CONNECTIONS);
    let mut send_bytes = response_bytes.next_multiple_of(1_024).clamp(LEAST_SEND_BYTES, MOST_SEND_BYTES);
    while send_bytes > LEAST_SEND_BYTES && connections(send_bytes) < enough {
        send_bytes = (send_bytes / 2).max(LEAST_SEND_BYTES);
    }
    let max_connections = connections(send_bytes).min(wanted.unwrap_or(most));
    (free_bytes >= LEAST_BYTES && max_connections > 0).then_some(Plan { send_bytes, max_connections })
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn a_small_page_leaves_memory_for_many_connections() {
        assert_eq!(
            plan(15 * MIB, 2_000, None, 1_024),
            Some(Plan { send_bytes: 8_192, max_connections: 1_024 })
        );
    }

    #[test]
    fn a_large_page_gets_large_buffers_while_there_are_plenty_of_connections() {
        let sizes = [8, 16, 32].map(|mib| plan(mib * MIB, 4 * MIB, None, 1_024).unwrap().send_bytes);
        assert_eq!(sizes, [16_384, 32_768, 65_536]);
        let wanted = plan(32 * MIB, 4 * MIB, Some(1_000), 1_024).unwrap();
        assert_eq!(wanted, Plan { send_bytes: 16_384, max_connections: 1_000 });
    }

    #[test]
    fn what_is_planned_fits() {
        for free in (0..40 * MIB).step_by(MIB / 3) {
            let Some(plan) = plan(free, 100_000, None, 1_024) else {
                assert!(free < LEAST_BYTES);
                continue;
            };
            assert!((plan.max_connections + BACKLOG) * cost(plan.send_bytes) <= free);
            assert!(plan.max_connections >= LEAST_CONNECTIONS);
        }
    }
}
