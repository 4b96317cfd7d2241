"""Objects of the local AWS that nobody has to wait for until they are old."""

from __future__ import annotations

import re
import time

from tests.functional.aws_door import Answered, Asked, AwsDoor

HOURS_AGO = 2 * 60 * 60
_LISTED_TIME = re.compile(rb"(?<=<LastModified>)[^<]*")


class Aging(AwsDoor):
    """Objects were written two hours ago when they are listed: the sweep leaves alone what is younger than
    two minutes."""

    def forward(self, asked: Asked) -> Answered:
        answered = super().forward(asked)
        if "list-type" not in asked.path:
            return answered
        then = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - HOURS_AGO))
        return answered._replace(body=_LISTED_TIME.sub(then.encode(), answered.body))
