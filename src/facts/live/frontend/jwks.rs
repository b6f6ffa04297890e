//! The public keys of an instance. Both APIs publish them, so they tell whether two keys are of one
//! instance: a `kid` is the id of the instance (clerk/javascript `packages/backend/src/tokens/keys.ts`).

use serde_json::Value;

use crate::facts::api::Screen;

/// An RSA modulus of 4096 bits has 683 characters; what is longer is none.
const LONGEST_MODULUS: usize = 4096;

/// No instance has as many keys.
const MOST: usize = 100;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    /// `ins_…`, fit to show.
    pub kid: String,
    /// The modulus, in base64url without padding.
    pub n: String,
}

/// The keys of a JWKS: `{keys: […]}`. `None` where it is none; a key without `kid` or `n` is left out.
pub fn keys(body: &Value) -> Option<Vec<Jwk>> {
    let list = body.get("keys")?.as_array()?;
    Some(list.iter().take(MOST).filter_map(key).collect())
}

fn key(value: &Value) -> Option<Jwk> {
    let n = value.get("n")?.as_str()?.trim_end_matches('=');
    let kid = Screen::default().token(value.get("kid")?.as_str()?)?;
    (!n.is_empty() && n.len() <= LONGEST_MODULUS).then(|| Jwk {
        kid,
        n: n.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_keys_and_leaves_out_what_is_none() {
        let body = json!({"keys": [
            {"use": "sig", "kty": "RSA", "kid": "ins_2a", "alg": "RS256", "n": "q83v==", "e": "AQAB"},
            {"kid": "ins_2b"}, {"n": "AA"}, 7, {"kid": "two words", "n": "AA"}, {"kid": "ins_2c", "n": ""},
        ]});
        let expected = Jwk {
            kid: "ins_2a".to_owned(),
            n: "q83v".to_owned(),
        };
        assert_eq!(keys(&body), Some(vec![expected]));
        assert_eq!(keys(&json!({"keys": []})), Some(Vec::new()));
        for none in [json!([]), json!({}), json!({"keys": {}}), json!(null)] {
            assert_eq!(keys(&none), None);
        }
    }
}
