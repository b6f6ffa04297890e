//! How many people did something in a time. Numbers only: no person is read.

/// What they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Signed up.
    Created,
    /// Signed in.
    SignedIn,
    /// Were active.
    Active,
}

/// Which people to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Users {
    /// What they did.
    pub moment: Moment,
    /// From when on, in milliseconds since 1970.
    pub after: Option<u64>,
    /// Until when.
    pub before: Option<u64>,
}

/// The path below the version prefix that counts them.
pub fn users_path(users: Option<Users>) -> String {
    let Some(users) = users else {
        return "/users/count".to_owned();
    };
    let name = match users.moment {
        Moment::Created => "created_at",
        Moment::SignedIn => "last_sign_in_at",
        Moment::Active => "last_active_at",
    };
    let bounds = [("after", users.after), ("before", users.before)];
    let given = bounds
        .iter()
        .filter_map(|(end, at)| Some(format!("{name}_{end}={}", (*at)?)));
    let query: Vec<String> = given.collect();
    if query.is_empty() {
        "/users/count".to_owned()
    } else {
        format!("/users/count?{}", query.join("&"))
    }
}
