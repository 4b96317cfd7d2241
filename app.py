"""TriggerIQ on Chalice. The HTTP routes are the table in chalicelib/api/routes.py; the event functions are
here, one call each. functions.json says what triggers them, and a test compares the two. Each imports its
handler only when it is called, so that the HTTP functions do not load what the others need."""

import gc
import os

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    gc.disable()  # until all is loaded: nothing of it is garbage
if "AWS_CHALICE_CLI_MODE" in os.environ:  # a developer's machine; AWS never sets it
    from local import start

    start.whole_system()

from chalicelib.api.app import App

app = App("triggeriq")


@app.on_sqs_message(queue="ingest", batch_size=10, name="ingest")
def ingest(event):
    from chalicelib.handlers import sqs

    return sqs.ingest(event.to_dict(), event.context)


@app.on_s3_event(bucket="uploads", name="uploads")
def uploads(event):
    from chalicelib.handlers import s3

    return s3.uploads(event.to_dict(), event.context)


@app.on_sqs_message(queue="files", batch_size=1, name="files")
def files(event):
    from chalicelib.handlers import sqs

    return sqs.files(event.to_dict(), event.context)


@app.on_sqs_message(queue="feedback", batch_size=10, name="process")
def process(event):
    from chalicelib.handlers import sqs

    return sqs.process(event.to_dict(), event.context)


@app.schedule("rate(1 minute)", name="relay")
def relay(event):
    from chalicelib.handlers import schedule

    return schedule.relay(event.to_dict(), event.context)


@app.on_sqs_message(queue="delivery", batch_size=10, name="deliver")
def deliver(event):
    from chalicelib.handlers import sqs

    return sqs.deliver(event.to_dict(), event.context)


@app.schedule("rate(1 minute)", name="deliver_due")
def deliver_due(event):
    from chalicelib.handlers import schedule

    return schedule.deliver_due(event.to_dict(), event.context)


@app.schedule("rate(1 minute)", name="sweep")
def sweep(event):
    from chalicelib.handlers import schedule

    return schedule.sweep(event.to_dict(), event.context)


@app.schedule("rate(5 minutes)", name="poll")
def poll(event):
    from chalicelib.handlers import schedule

    return schedule.poll(event.to_dict(), event.context)


@app.on_sqs_message(queue="jobs", batch_size=1, name="jobs")
def jobs(event):
    from chalicelib.handlers import sqs

    return sqs.jobs(event.to_dict(), event.context)


@app.lambda_function(name="migrate")
def migrate(event, context):
    from chalicelib.handlers import deploy

    return deploy.migrate(event, context)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    from chalicelib import start

    start.start()
