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
    /// The modulus, in base64url without padding; only an RSA key has one.
    pub n: Option<String>,
}

/// The keys of a JWKS: `{keys: […]}`. A key without `kid` is left out; `None` where it is no JWKS, or has keys
/// and none with a name.
pub fn keys(body: &Value) -> Option<Vec<Jwk>> {
    let list = body.get("keys")?.as_array()?;
    let keys: Vec<Jwk> = list.iter().take(MOST).filter_map(key).collect();
    (list.is_empty() || !keys.is_empty()).then_some(keys)
}

fn key(value: &Value) -> Option<Jwk> {
    let n = value.get("n").and_then(Value::as_str);
    let n = n.map(|n| n.trim_end_matches('='));
    let n = n.filter(|n| !n.is_empty() && n.len() <= LONGEST_MODULUS);
    Some(Jwk {
        kid: Screen::default().token(value.get("kid")?.as_str()?)?,
        n: n.map(str::to_owned),
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
            {"kty": "EC", "kid": "ins_2b", "crv": "P-256"}, {"n": "AA"}, 7, {"kid": "two words", "n": "AA"},
        ]});
        let key = |kid: &str, n: Option<&str>| Jwk {
            kid: kid.to_owned(),
            n: n.map(str::to_owned),
        };
        let expected = vec![key("ins_2a", Some("q83v")), key("ins_2b", None)];
        assert_eq!(keys(&body), Some(expected));
        assert_eq!(keys(&json!({"keys": [{"n": "AA"}]})), None);
        assert_eq!(keys(&json!({"keys": []})), Some(Vec::new()));
        for none in [json!([]), json!({}), json!({"keys": {}}), json!(null)] {
            assert_eq!(keys(&none), None);
        }
    }
}
