"""Every hook of TriggerIQ: the table of contents of what a plugin can do.

Each implementation is called on its own, with a time budget; if one raises or overruns, only its own answer
is lost. `None` always means: no opinion. Built-in implementations come last, so that a team's own answer
wins. Wrappers are refused when they are loaded.

The hooks of triage are told the names of the feedback's source and connection; both are "" where a text is
previewed that came by none. An implementation leaves out each parameter that it does not need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from triggeriq.source import Source
    from triggeriq.values import JSON, Feedback
    from triggeriq.verdicts import Draft, PriorityRule, Review, Verdict, Verdicts

hookspec = pluggy.HookspecMarker("triggeriq")
hookimpl = pluggy.HookimplMarker("triggeriq")


@hookspec
def register_sources(register: Callable[[type[Source]], None]) -> None:
    """Called once, when the plugin is loaded. Call `register(cls)` for each source.

    A name that another plugin has claimed already is an error that names both. A plugin that raises here has
    failed to load: GET /plugins lists it, and everything else goes on without it.
    """


@hookspec
def classify(feedback: Feedback, source: str, connection: str) -> Verdict | Iterable[Verdict] | None:
    """First stage. Say what it is: category, sentiment, language, or a facet of your own.

    Return one verdict or several, each on another facet; the first opinion on a facet wins. A facet that is
    left out is answered by the next implementation. If a plugin fails, the ticket is marked for review.

    A facet of your own is shown in the ticket's `facets`, is found by `GET /tickets?facet.<name>=<label>` and
    counted by `GET /tickets/facets`. Its name is of A-Z, a-z, 0-9, "_", "." and "-", 50 at most; its label is
    one line of 100 characters at most. Else the verdict is refused, as a failure of the plugin. A ticket has
    room for 20.
    """


@hookspec
def extract(
    feedback: Feedback, verdicts: Verdicts, source: str, connection: str
) -> Mapping[str, JSON] | None:
    """Second stage. Find facts: device, OS, app version, steps, severity, order numbers, amounts.

    Return them by name; the first to name a fact wins. They are shown in the ticket's `details`. Each is
    JSON: a text, a finite number, a boolean, None, or a list or mapping by str of these; 20 levels and 50,000
    characters at most. If one is anything else (a Decimal, a datetime), the whole answer is refused, as a
    failure of the plugin that names the fact.
    """


@hookspec
def prioritise(
    feedback: Feedback, verdicts: Verdicts, rules: Sequence[PriorityRule], source: str, connection: str
) -> Verdict | None:
    """Third stage. Say how urgent it is, with reasons; facet "priority".

    rules: the configuration `priority` in force. The first opinion wins.
    """


@hookspec
def draft(feedback: Feedback, verdicts: Verdicts, source: str, connection: str) -> Draft | None:
    """Fourth stage. Write the ticket's title, description and tags; the first opinion on each wins."""


@hookspec
def review(
    feedback: Feedback, verdicts: Verdicts, draft: Draft, source: str, connection: str
) -> Review | None:
    """Last stage. The quality critic: is the ticket complete and consistent, or must a person look?

    Every answer counts: one that asks for a person is enough, and all reasons are kept.
    """
