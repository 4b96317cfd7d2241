"""The use-cases of operations: health, plugins, dead letters, jobs, configurations, API keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalicelib.bootstrap.once import once
from chalicelib.bootstrap.outside import Outside, now
from chalicelib.functions import QUEUES

if TYPE_CHECKING:
    from chalicelib.bootstrap.intake import IntakeUseCases
    from chalicelib.domain.operations.plugin_view import PluginView
    from chalicelib.pipeline.operations.redrive import Redrive
    from chalicelib.pipeline.operations.resume_jobs import ResumeJobs
    from chalicelib.pipeline.operations.run_job import RunJob
    from chalicelib.pipeline.operations.start_job import StartJob
    from chalicelib.pipeline.operations.tell_troubles import TellTroubles
    from chalicelib.ports.idempotency import Idempotency
    from chalicelib.ports.operations import Configurations, JobKinds, Jobs
    from chalicelib.services.dynamodb.api_keys import DynamoApiKeys


class OperationsUseCases:
    """Each is made on first use."""

    def __init__(self, outside: Outside, intake: IntakeUseCases, job_kinds: JobKinds) -> None:
        self._outside, self._intake, self.job_kinds = outside, intake, job_kinds

    @property
    def configurations(self) -> Configurations:
        return self._outside.configurations

    @property
    def api_keys(self) -> DynamoApiKeys:
        return self._outside.api_keys

    @property
    def idempotency(self) -> Idempotency:
        return self._outside.idempotency

    @property
    def jobs(self) -> Jobs:
        return self._outside.jobs

    @once
    def start_job(self) -> StartJob:
        from chalicelib.pipeline.operations.start_job import StartJob

        out = self._outside
        return StartJob(jobs=out.jobs, kinds=self.job_kinds, queue=out.queue("jobs"), now=now)

    @once
    def run_job(self) -> RunJob:
        from chalicelib.pipeline.operations.run_job import RunJob

        out = self._outside
        return RunJob(jobs=out.jobs, kinds=self.job_kinds, queue=out.queue("jobs"), now=now)

    @once
    def resume_jobs(self) -> ResumeJobs:
        from chalicelib.pipeline.operations.resume_jobs import ResumeJobs

        return ResumeJobs(jobs=self._outside.jobs, queue=self._outside.queue("jobs"), now=now)

    @once
    def tell_troubles(self) -> TellTroubles:
        from chalicelib.pipeline.operations.tell_troubles import TellTroubles

        out = self._outside
        return TellTroubles(
            plugins=out.quarantine,
            dead={name: out.queue(f"{name}-dlq") for name in (*QUEUES, "async")},
            marks=out.marks,
            bus=out.bus,
            now=now,
        )

    @once
    def dead_letters(self) -> Redrive:
        from chalicelib.pipeline.operations.redrive import Pair, Redrive
        from chalicelib.services.s3_notification import uploads_in_failure

        out = self._outside
        return Redrive(
            pairs={name: Pair(out.queue(name), out.queue(f"{name}-dlq")) for name in QUEUES},
            asynchronous=out.queue("async-dlq"),
            uploads_in=uploads_in_failure,
            register=self._intake.register_upload,
            remembered=out.quarantine,
        )

    def plugins(self) -> tuple[PluginView, ...]:
        """What GET /plugins shows."""
        from chalicelib.registry.listing import plugin_views

        return plugin_views(self._outside.registry, self._outside.quarantine.plugin_failures())

    def health(self) -> Mapping[str, str]:
        """Each dependency: "ok", or what is wrong with it."""
        from chalicelib.pipeline.operations.check_health import check_health

        out = self._outside
        return check_health(
            {
                "postgres": lambda: out.ticket_reader.check(),
                "dynamodb": lambda: out.claims.check(),
                "s3": lambda: out.artifacts.check(),
                "sqs": lambda: out.queue("feedback").count(),
                "bus": lambda: out.bus.check(),
                "kms": lambda: out.connections.check(),
            }
        )
