//! The environment variables, shared by the cores of one process. Read once at start: the C
//! library's own table cannot be changed safely while other threads read it.

use std::collections::BTreeMap;
use std::sync::Mutex;

pub struct Environment(Mutex<BTreeMap<String, String>>);

impl Default for Environment {
    fn default() -> Environment {
        let variables = std::env::vars_os().map(|(name, value)| {
            (
                name.to_string_lossy().into_owned(),
                value.to_string_lossy().into_owned(),
            )
        });
        Environment(Mutex::new(variables.collect()))
    }
}

impl Environment {
    /// name, value, name, value...
    pub fn of(words: &[String]) -> Environment {
        let pairs = words.chunks_exact(2);
        let variables = pairs.map(|pair| (pair[0].clone(), pair[1].clone()));
        Environment(Mutex::new(variables.collect()))
    }

    /// The process's own variables and these.
    pub fn with(variables: BTreeMap<String, String>) -> Environment {
        let environment = Environment::default();
        environment.lock().extend(variables);
        environment
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.0
            .lock()
            .expect("no core panics while it holds the lock")
    }

    pub fn get(&self, name: &str) -> Option<String> {
        self.lock().get(name).cloned()
    }

    /// False: a name that no environment can hold; nothing was set.
    pub fn set(&self, name: String, value: String) -> bool {
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            return false;
        }
        self.lock().insert(name, value);
        true
    }

    pub fn delete(&self, name: &str) {
        self.lock().remove(name);
    }

    pub fn all(&self) -> BTreeMap<String, String> {
        self.lock().clone()
    }

    pub fn names(&self) -> Vec<String> {
        self.lock().keys().cloned().collect()
    }
}
