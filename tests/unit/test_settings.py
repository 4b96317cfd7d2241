from __future__ import annotations

import pytest

from chalicelib.domain.operations import access
from chalicelib.settings import SCOPES, IamCaller, SettingError, Settings, from_env


def test_without_variables_everything_has_a_default():
    settings = from_env({"PATH": "/bin", "AWS_REGION": "eu-central-1"})
    assert settings == Settings(
        uploads_bucket="triggeriq-dev-uploads",
        artifacts_bucket="triggeriq-dev-artifacts",
        kms_key="alias/triggeriq-dev",
        cors_origins=("*",),
    )


def test_defaults_follow_the_stage():
    settings = from_env({"TRIGGERIQ_STAGE": "prod"})
    assert settings.uploads_bucket == "triggeriq-prod-uploads"
    assert settings.kms_key == "alias/triggeriq-prod"
    assert settings.cors_origins == ()
    assert settings.delivery_allow == ()
    assert from_env({"TRIGGERIQ_STAGE": "local"}).delivery_allow == ("127.0.0.0/8", "::1/128")


def test_what_is_set_wins():
    settings = from_env(
        {
            "TRIGGERIQ_STAGE": "prod",
            "TRIGGERIQ_UPLOADS_BUCKET": "triggeriq-prod-uploads-123456789012-eu-central-1",
            "TRIGGERIQ_CORS_ORIGINS": "https://a.example, https://b.example",
            "TRIGGERIQ_PUBLIC_URL": "https://api.example.com/",
            "TRIGGERIQ_LOAD_PLUGINS": "zendesk,csv",
            "TRIGGERIQ_PARK_SECONDS": "1,2,2",
            "TRIGGERIQ_PLUGIN_SECONDS": " 0.5 ",
            "TRIGGERIQ_TRACE_PLUGINS": "1",
            "TRIGGERIQ_DELIVERY_ALLOW": "10.1.0.0/16, fd12::/16",
            "TRIGGERIQ_DATABASE": "postgresql://app@/app?host=/tmp/sockets",
        }
    )
    assert settings.uploads_bucket == "triggeriq-prod-uploads-123456789012-eu-central-1"
    assert settings.cors_origins == ("https://a.example", "https://b.example")
    assert settings.public_url == "https://api.example.com"
    assert settings.load_plugins == ("zendesk", "csv")
    assert settings.park_seconds == (1, 2, 2)
    assert settings.plugin_seconds == 0.5
    assert settings.trace_plugins is True
    assert settings.delivery_allow == ("10.1.0.0/16", "fd12::/16")
    assert settings.database == "postgresql://app@/app?host=/tmp/sockets"


WRONG = {
    "STAGE": ["", "Prod", "a b", "x" * 21, "1st"],
    "FUNCTION": ["", "router"],
    "DATABASE": ["mysql://x", "host=localhost", "postgresql://a b"],
    "LOAD_PLUGINS": ["a b", "a/b"],
    "UPLOADS_BUCKET": ["", "UPPER", "a"],
    "KMS_KEY": ["", "a b"],
    "CORS_ORIGINS": ["desk.example", "https://a.example/path"],
    "PUBLIC_URL": ["api.example.com", "ftp://a", "https://", "https://a b", "https://a?x=1", "https://u@a"],
    "IAM_CALLERS": [
        "[]",
        "{",
        '{"arn:aws:iam::123456789012:role/desk": {"scopes": ["read"]}}',
        '{"arn:aws:iam::123456789012:role/desk": {"owner": "desk", "scopes": ["all"]}}',
        '{"arn:aws:iam::123456789012:role/desk": {"owner": "desk", "scopes": "read"}}',
        '{"arn:aws:iam::123456789012:role/desk": {"owner": 1, "scopes": ["read"]}}',
        '{"arn:aws:iam::123456789012:role/desk": {"owner": "triggeriq", "scopes": ["read"]}}',
        '{"arn:aws:iam::123456789012:role/desk": {"owner": "desk", "scopes": ["read"], "connection": []}}',
        '{"arn:aws:iam::123456789012:role/desk": {"owner": "d", "scopes": ["read"], "connections": ["*"]}}',
        '{"arn:aws:sts::123456789012:assumed-role/desk/ada": {"owner": "desk", "scopes": ["read"]}}',
        '{"*": {"owner": "desk", "scopes": ["read"]}}',
    ],
    "CONNECTION_CACHE_SECONDS": ["", "-1", "ten", "inf", "nan", "1e3", "4000"],
    "PLUGIN_SECONDS": ["0", "61"],
    "PARK_SECONDS": ["", "30,10", "a", "901", "1,,2"],
    "TRACE_PLUGINS": ["", "2", "yes", "01"],
    "DELIVERY_ALLOW": ["10.1.0.0/33", "10.1.2.3/16", "inside", "10.1.0.0/16 10.2.0.0/16"],
    "UNPACKED_LIMIT": ["0", "1.5", "1_000", "9" * 16],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_wrong_setting_is_one_message_that_names_it(name, text):
    with pytest.raises(SettingError, match=f"^TRIGGERIQ_{name} is .*must be") as raised:
        from_env({f"TRIGGERIQ_{name}": text})
    assert "\n" not in str(raised.value)


def test_aws_identities_are_named_with_what_they_may():
    text = """{
        "arn:aws:iam::123456789012:role/team/desk": {"owner": "desk", "scopes": ["read", "write"]},
        "arn:aws:iam::123456789012:user/ada": {"owner": "ada", "scopes": ["read"], "connections": ["csv/*"]}
    }"""
    assert from_env({"TRIGGERIQ_IAM_CALLERS": text}).iam_callers == (
        IamCaller("arn:aws:iam::123456789012:role/team/desk", "desk", ("read", "write")),
        IamCaller("arn:aws:iam::123456789012:user/ada", "ada", ("read",), ("csv/*",)),
    )


def test_the_scopes_are_those_of_callers():
    assert SCOPES == access.SCOPES


def test_a_password_is_not_repeated():
    with pytest.raises(SettingError) as raised:
        from_env({"TRIGGERIQ_DATABASE": "mysql://app:hunter2@host/app"})
    assert "hunter2" not in str(raised.value)


def test_a_misspelt_setting_is_refused_with_a_hint():
    with pytest.raises(
        SettingError, match=r"TRIGGERIQ_STGAE is no setting \(did you mean TRIGGERIQ_STAGE\?\)"
    ):
        from_env({"TRIGGERIQ_STGAE": "prod"})
    with pytest.raises(SettingError, match="did you mean TRIGGERIQ_STAGE"):
        from_env({"TRIGGERIQ_stage": "prod"})


def test_a_setting_unlike_any_other_is_refused_too():
    with pytest.raises(SettingError, match=r"TRIGGERIQ_ZZZZ is no setting; docs/settings\.md"):
        from_env({"TRIGGERIQ_ZZZZ": "1"})
