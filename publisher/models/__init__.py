"""What is kept: announcements, channels, approvals, deliveries, people and the audit of all that happened to them."""

from publisher.models.absence import Absence
from publisher.models.announcement import Announcement, Version
from publisher.models.approval import Approval, Kind, Manifest
from publisher.models.audit import Audit
from publisher.models.channel import ChannelState, Holder, Hook, Pause
from publisher.models.delivery import Attempt, Delivery, DeliveryStep, Receipt
from publisher.models.draft import Draft
from publisher.models.identity import Identity
from publisher.models.notice import AccountNotice, Notice, Told
from publisher.models.people import Actor, Person, Role
from publisher.models.token import Scope, Submission, Token
from publisher.models.trouble import Trouble

__all__ = [
    "Absence",
    "AccountNotice",
    "Actor",
    "Announcement",
    "Approval",
    "Attempt",
    "Audit",
    "ChannelState",
    "Delivery",
    "DeliveryStep",
    "Draft",
    "Holder",
    "Hook",
    "Identity",
    "Kind",
    "Manifest",
    "Notice",
    "Pause",
    "Person",
    "Receipt",
    "Role",
    "Scope",
    "Submission",
    "Token",
    "Told",
    "Trouble",
    "Version",
]
