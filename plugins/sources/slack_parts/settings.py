"""What a connection to Slack must say."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings:
    """The connection's secret is the Signing Secret of your Slack app, from its Basic Information
    (https://api.slack.com/apps).

    The address of this connection is the Request URL of all that you use there: Event Subscriptions with the
    bot events message.channels, message.groups, message.im, message.mpim or app_mention (Slack adds the
    scopes that each needs); Slash Commands; Interactivity, with a shortcut on messages or a form. Make the
    connection first, since Slack tries the address at once. Then install the app, and invite it into each
    channel that it is to read.
    """

    staff: tuple[str, ...] = ()
    """Ids of colleagues, such as U012AB3CD, where they share a workspace with customers. What they say is not
    kept; where they answer in a thread, its ticket counts as answered."""
    staff_teams: tuple[str, ...] = ()
    """Ids of workspaces, such as T012AB3CD, whose members are all colleagues: yours, where customers write in
    channels of Slack Connect."""
    thanks: str = field(default="Thank you, your feedback was received.", metadata={"max_length": 1000})
    """What is shown to the sender of a slash command, and to nobody else; empty: nothing."""
