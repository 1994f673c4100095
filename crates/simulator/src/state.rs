//! What all handlers share: the world and what was written to it behind one lock, faults and counters behind others.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use chrono::{DateTime, Utc};

use crate::faults::FaultDesk;
use crate::jira::SearchMemory;
use crate::settings::SimulatorSettings;
use crate::sso::AccessTokens;
use crate::world::World;
use crate::written::Written;

pub(crate) type Shared = Arc<Sim>;

/// One running simulator.
#[derive(Debug)]
pub(crate) struct Sim {
    pub(crate) settings: SimulatorSettings,
    /// Its address, without a slash at the end.
    pub(crate) base: String,
    /// Where it takes mail.
    pub(crate) mail: SocketAddr,
    ground: RwLock<Ground>,
    faults: Mutex<FaultDesk>,
    requests: Mutex<BTreeMap<String, u64>>,
}

/// The world, and what the API's users did to it.
#[derive(Debug)]
pub(crate) struct Ground {
    pub(crate) world: World,
    pub(crate) written: Written,
    pub(crate) tokens: AccessTokens,
    pub(crate) searches: SearchMemory,
}

impl Ground {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.world.now()
    }
}

impl Sim {
    pub(crate) fn new(settings: SimulatorSettings, base: String, mail: SocketAddr) -> Self {
        let world = World::new(&settings.world, settings.time.clone());
        let tokens = AccessTokens::new(settings.token_lifetime);
        let faults = FaultDesk::new(settings.world.seed);
        let searches = SearchMemory::default();
        Self {
            settings,
            base,
            mail,
            ground: RwLock::new(Ground { world, written: Written::default(), tokens, searches }),
            faults: Mutex::new(faults),
            requests: Mutex::default(),
        }
    }

    // A handler that failed while it held a lock has been answered with 500; the data is still whole enough
    // for a simulator, so poisoning is no reason to stop.

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Ground> {
        self.ground.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, Ground> {
        self.ground.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, FaultDesk> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Requests so far by method and route; as many entries as there are routes.
    pub(crate) fn requests(&self) -> MutexGuard<'_, BTreeMap<String, u64>> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
