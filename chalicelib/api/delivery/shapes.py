"""The shapes of requests and answers about events and their delivery, under the names that routes.py and
event_forms.py use. Each resource has them in a module of its own. /openapi.json is made from them."""

from __future__ import annotations

from chalicelib.api.delivery.delivery_shapes import DeliveryPage as DeliveryPage
from chalicelib.api.delivery.delivery_shapes import DeliveryQuery as DeliveryQuery
from chalicelib.api.delivery.delivery_shapes import DeliverySources as DeliverySources
from chalicelib.api.delivery.delivery_shapes import RecoverRequest as RecoverRequest
from chalicelib.api.delivery.delivery_shapes import Recovery as Recovery
from chalicelib.api.delivery.event_data import CustomerUpdated as CustomerUpdated
from chalicelib.api.delivery.event_data import DeadLettersEvent as DeadLettersEvent
from chalicelib.api.delivery.event_data import EndpointEvent as EndpointEvent
from chalicelib.api.delivery.event_data import ExhaustedDelivery as ExhaustedDelivery
from chalicelib.api.delivery.event_data import FailedPlugin as FailedPlugin
from chalicelib.api.delivery.event_data import InteractionRecorded as InteractionRecorded
from chalicelib.api.delivery.event_data import OrderUpdated as OrderUpdated
from chalicelib.api.delivery.event_data import ReceivedFile as ReceivedFile
from chalicelib.api.delivery.event_data import Release as Release
from chalicelib.api.delivery.event_data import SilentSource as SilentSource
from chalicelib.api.delivery.event_data import TicketEvent as TicketEvent
from chalicelib.api.delivery.event_data import TrialSend as TrialSend
from chalicelib.api.delivery.event_shapes import Event as Event
from chalicelib.api.delivery.event_shapes import EventPage as EventPage
from chalicelib.api.delivery.event_shapes import EventQuery as EventQuery
from chalicelib.api.delivery.event_shapes import WhichEvent as WhichEvent
from chalicelib.api.delivery.event_type_shapes import EventForm as EventForm
from chalicelib.api.delivery.event_type_shapes import EventSamples as EventSamples
from chalicelib.api.delivery.event_type_shapes import EventTypeList as EventTypeList
from chalicelib.api.delivery.event_type_shapes import EventTypeShown as EventTypeShown
from chalicelib.api.delivery.event_type_shapes import SampleQuery as SampleQuery
from chalicelib.api.delivery.inbox_shapes import Acks as Acks
from chalicelib.api.delivery.inbox_shapes import AckWith as AckWith
from chalicelib.api.delivery.inbox_shapes import InboxPage as InboxPage
from chalicelib.api.delivery.inbox_shapes import InboxPut as InboxPut
from chalicelib.api.delivery.inbox_shapes import InboxQuery as InboxQuery
from chalicelib.api.delivery.inbox_shapes import InboxShown as InboxShown
from chalicelib.api.delivery.posted_shapes import PostedAnswer as PostedAnswer
from chalicelib.api.delivery.posted_shapes import PostedEvents as PostedEvents
from chalicelib.api.delivery.subscription_shapes import KeptSubscription as KeptSubscription
from chalicelib.api.delivery.subscription_shapes import NewSecret as NewSecret
from chalicelib.api.delivery.subscription_shapes import NewSubscription as NewSubscription
from chalicelib.api.delivery.subscription_shapes import Resume as Resume
from chalicelib.api.delivery.subscription_shapes import SubscriptionChange as SubscriptionChange
from chalicelib.api.delivery.subscription_shapes import SubscriptionMake as SubscriptionMake
from chalicelib.api.delivery.subscription_shapes import SubscriptionPage as SubscriptionPage
from chalicelib.api.delivery.subscription_shapes import SubscriptionPut as SubscriptionPut
from chalicelib.api.delivery.subscription_shapes import SubscriptionQuery as SubscriptionQuery
from chalicelib.api.delivery.subscription_shapes import SubscriptionShown as SubscriptionShown
from chalicelib.api.delivery.subscription_shapes import TestDelivery as TestDelivery
from chalicelib.api.field_types import PageQuery as PageQuery
from chalicelib.domain.delivery.delivery import DeliveryView as DeliveryView
from chalicelib.pipeline.delivery.inbox import Acked as Acked
