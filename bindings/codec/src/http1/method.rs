//! Request methods, by llhttp's numbers: Node shows them to programs (`allMethods`).

macro_rules! methods {
    ($($variant:ident $name:literal,)*) => {
        /// Every method llhttp knows. `as u8` is llhttp's number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Method { $($variant,)* }

        impl Method {
            /// In the order of llhttp's numbers (Node's `allMethods`).
            pub const ALL: [Method; METHODS_COUNT] = [$(Method::$variant,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Method::$variant => $name,)* }
            }
        }
    };
}

const METHODS_COUNT: usize = 47;
const METHODS_HTTP_COUNT: usize = 35;

methods! {
    Delete "DELETE", Get "GET", Head "HEAD", Post "POST", Put "PUT", Connect "CONNECT",
    Options "OPTIONS", Trace "TRACE", Copy "COPY", Lock "LOCK", Mkcol "MKCOL", Move "MOVE",
    Propfind "PROPFIND", Proppatch "PROPPATCH", Search "SEARCH", Unlock "UNLOCK", Bind "BIND",
    Rebind "REBIND", Unbind "UNBIND", Acl "ACL", Report "REPORT", Mkactivity "MKACTIVITY",
    Checkout "CHECKOUT", Merge "MERGE", MSearch "M-SEARCH", Notify "NOTIFY",
    Subscribe "SUBSCRIBE", Unsubscribe "UNSUBSCRIBE", Patch "PATCH", Purge "PURGE",
    Mkcalendar "MKCALENDAR", Link "LINK", Unlink "UNLINK", Source "SOURCE", Pri "PRI",
    Describe "DESCRIBE", Announce "ANNOUNCE", Setup "SETUP", Play "PLAY", Pause "PAUSE",
    Teardown "TEARDOWN", GetParameter "GET_PARAMETER", SetParameter "SET_PARAMETER",
    Redirect "REDIRECT", Record "RECORD", Flush "FLUSH", Query "QUERY",
}

impl Method {
    /// What `http.METHODS` is made from: those that HTTP itself may use, without HTTP/2's preface.
    pub const HTTP: [Method; METHODS_HTTP_COUNT] = {
        let mut list = [Method::Query; METHODS_HTTP_COUNT];
        let mut index = 0;
        while index < METHODS_HTTP_COUNT - 1 {
            list[index] = Method::ALL[index];
            index += 1;
        }
        list
    };

    pub const fn index(self) -> u8 {
        self as u8
    }

    pub fn from_index(index: u8) -> Option<Method> {
        Method::ALL.get(usize::from(index)).copied()
    }

    /// May a request line with this method end in `HTTP/x.x`?
    pub(crate) fn allows_http(self) -> bool {
        self.index() <= Method::Pri.index() || self == Method::Query
    }

    /// May a request line with this method end in `RTSP/x.x`?
    pub(crate) fn allows_rtsp(self) -> bool {
        matches!(self, Method::Options | Method::Get | Method::Post)
            || (self.index() > Method::Pri.index() && self != Method::Query)
    }
}

/// What the first bytes of a request line say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A method and a byte after it that cannot make it another one.
    Method(Method),
    /// Some method begins like this.
    More,
    /// No method begins like this; the count of bytes that still fitted one.
    Nothing(usize),
}

/// Reads a method off the front of `bytes`.
pub(crate) fn find(bytes: &[u8]) -> Found {
    let mut best = Found::Nothing(0);
    let mut fitting_bytes = 0;
    for method in Method::ALL {
        let name = method.name().as_bytes();
        let same = name.iter().zip(bytes).take_while(|(a, b)| a == b).count();
        fitting_bytes = fitting_bytes.max(same);
        if same == name.len() && bytes.len() > same {
            best = longer(best, method);
        } else if same == bytes.len() {
            return Found::More;
        }
    }
    match best {
        // GET_ can only be the beginning of GET_PARAMETER.
        Found::Method(Method::Get) if bytes.get(3) == Some(&b'_') => Found::Nothing(fitting_bytes),
        Found::Nothing(_) => Found::Nothing(fitting_bytes),
        found => found,
    }
}

fn longer(best: Found, method: Method) -> Found {
    match best {
        Found::Method(before) if before.name().len() >= method.name().len() => best,
        Found::Method(_) | Found::More | Found::Nothing(_) => Found::Method(method),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_llhttps() {
        let list = |methods: &[Method]| {
            let names: Vec<_> = methods.iter().map(|method| method.name()).collect();
            names.join(" ")
        };
        assert_eq!(
            list(&Method::ALL),
            "DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND \
             PROPPATCH SEARCH UNLOCK BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE \
             M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PATCH PURGE MKCALENDAR LINK UNLINK SOURCE PRI \
             DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT \
             RECORD FLUSH QUERY"
        );
        assert_eq!(list(&Method::HTTP[33..]), "SOURCE QUERY");
        for (index, method) in Method::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(method.index()), index);
            assert_eq!(Method::from_index(method.index()), Some(method));
        }
        assert_eq!(Method::from_index(47), None);
    }

    #[test]
    fn every_method_is_found_and_every_prefix_waits() {
        for method in Method::ALL {
            let line = format!("{} /", method.name());
            let length = method.name().len();
            assert_eq!(find(line.as_bytes()), Found::Method(method));
            for cut in 0..length {
                let found = find(&line.as_bytes()[..cut]);
                assert_eq!(found, Found::More, "{line} cut at {cut}");
            }
        }
    }

    #[test]
    fn strangers_are_told_where_they_left_the_road() {
        assert_eq!(find(b"get /"), Found::Nothing(0));
        assert_eq!(find(b"GEX"), Found::Nothing(2));
        assert_eq!(find(b"GETX"), Found::Method(Method::Get));
        assert_eq!(find(b"GET_X"), Found::Nothing(4));
        assert_eq!(find(b"GET_"), Found::More);
        assert_eq!(find(b"GET"), Found::More);
        assert_eq!(find(b"PUR/"), Found::Nothing(3));
        assert_eq!(find(b"\x00"), Found::Nothing(0));
    }
}
