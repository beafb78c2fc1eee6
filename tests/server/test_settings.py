"""Settings fail at start with the names of all that is missing or impossible."""

import pytest

from server.settings import SettingsError, from_environment

GIVEN = {
    "DATABASE_URL": "postgres://u:p@db/cardquest",
    "REDIS_URL": "redis://cache",
    "SESSION_KEYS": "k1:" + "a" * 32,
    "VAULT_KEYS": "v1:" + "a" * 32,
    "CARD_CORE_URL": "https://core",
    "CARD_CORE_PUBLIC_KEY_FILE": "/keys/core.pem",
    "BANK_APP_URL": "http://app",
    "BANK_APP_PUBLIC_KEY_FILE": "/keys/app.pem",
    "SUPPLIER_SIGNING_KEY_FILE": "/keys/ours.pem",
    "WECHAT_URL": "https://wechat",
    "WECHAT_APP_ID": "wx1",
    "WECHAT_SECRET": "s",
    "WECHAT_ACCOUNT_APP_ID": "wx2",
    "WECHAT_ACCOUNT_SECRET": "s",
    "WECHAT_CALLBACK_TOKENS": "tok1,tok2",
    "WECHAT_CALLBACK_KEYS": "k" * 43,
    "SMS_URL": "https://sms",
    "SMS_PUBLIC_KEY_FILE": "/keys/sms.pem",
    "PUSH_URL": "https://push",
    "PUSH_PUBLIC_KEY_FILE": "/keys/push.pem",
}


def test_what_is_given_is_typed() -> None:
    settings = from_environment({**GIVEN, "PORT": "9000", "COOKIE_SECURE": "false", "LATENESS_DAYS": "3"})
    assert (settings.port, settings.cookie_secure, settings.lateness_days) == (9000, False, 3)
    assert settings.session_keys == {"k1": "a" * 32}
    assert settings.wechat_callback_tokens == ("tok1", "tok2")
    assert settings.clock_file is None
    assert settings.trusted_proxies == ()
    networks = from_environment({**GIVEN, "TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32"}).trusted_proxies
    assert networks == ("10.0.0.0/8", "2001:db8::/32")


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({})
    assert all(name in str(refused.value) for name in GIVEN)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "our-proxy"),
        ("SESSION_KEYS", "k1:short"),
        ("SESSION_KEYS", "no-colon"),
        ("VAULT_KEYS", "v1:short"),
        ("PORT", "http"),
        ("COOKIE_SECURE", "maybe"),
        ("WECHAT_CALLBACK_TOKENS", "present,k1:short"),
        ("WECHAT_CALLBACK_KEYS", "too short"),
        ("WECHAT_CALLBACK_KEYS", "k" * 43 + ","),
    ],
)
def test_the_impossible_is_named_and_no_secret_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refused:
        from_environment({**GIVEN, name: value})
    assert "k1:short" not in str(refused.value)
