//! How long packets to some clients may be, where that is less than the network card's own network carries.

use alloc::vec::Vec;
use core::net::IpAddr;

/// The oldest is forgotten for another; its clients have it said again.
const MOST_PATHS: usize = 64;
/// RFC 1191 section 6.3 and RFC 8201 section 4: after so long a larger packet is tried again, in microseconds.
const FORGET_AFTER: u64 = 600_000_000;

#[derive(Default)]
pub struct Paths(Vec<Path>);

struct Path {
    client: IpAddr,
    mtu: usize,
    since: u64,
}

impl Paths {
    /// `false` when that is known.
    pub fn learn(&mut self, client: IpAddr, mtu: usize, now: u64) -> bool {
        if self.limit(client).is_some_and(|known| known <= mtu) {
            return false;
        }
        self.0.retain(|path| path.client != client && now - path.since < FORGET_AFTER);
        if self.0.len() == MOST_PATHS {
            self.0.remove(0);
        }
        self.0.push(Path { client, mtu, since: now });
        true
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn limit(&self, client: IpAddr) -> Option<usize> {
        self.0.iter().find(|path| path.client == client).map(|path| path.mtu)
    }

    pub fn forget_old(&mut self, now: u64) {
        self.0.retain(|path| now - path.since < FORGET_AFTER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::net::Ipv4Addr;

    #[test]
    fn a_path_only_gets_narrower_until_it_is_forgotten() {
        let client = |index: u32| IpAddr::V4(Ipv4Addr::from_bits(index));
        let mut paths = Paths::default();
        assert!(paths.learn(client(1), 1_400, 0));
        assert!(!paths.learn(client(1), 1_450, 1));
        assert!(paths.learn(client(1), 1_300, 2));
        assert_eq!((paths.limit(client(1)), paths.limit(client(2))), (Some(1_300), None));
        paths.forget_old(FORGET_AFTER + 1);
        assert_eq!(paths.limit(client(1)), Some(1_300));
        paths.forget_old(FORGET_AFTER + 2);
        assert_eq!(paths.limit(client(1)), None);
        for index in 0..100 {
            assert!(paths.learn(client(index), 1_400, 3));
        }
        assert_eq!((paths.limit(client(35)), paths.limit(client(36))), (None, Some(1_400)));
    }
}
