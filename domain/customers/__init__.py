"""Who the customers are: created when first heard of, signed in, bound to their WeChat identity."""

from domain.customers.bind import bind, send_binding_code
from domain.customers.erase import erase
from domain.customers.gate import Gate, Newcomer
from domain.customers.identities import BoundIdentity, identities
from domain.customers.identities_of import identities_of
from domain.customers.note_followers import Follow, note_followers
from domain.customers.profile import (
    CAME_BACK,
    Profile,
    erased,
    forget,
    forget_remembered,
    hide_erased_behind,
    id_of,
    ids_of,
    known_ids,
    lock,
    profile,
    profiles,
)
from domain.customers.purge import purge_credentials
from domain.customers.seen_by import seen_by
from domain.customers.sessions import CustomerSubject, end_session, load_session
from domain.customers.sign_in import SignedIn, sign_in_by_ticket, sign_in_by_wechat, ticket_of
from domain.customers.take_profiles import ProfileTold, take_profiles
from domain.customers.unbind import unbind
from domain.customers.web_sign_in import STATE_LIVES, Departure, leave_for_wechat, return_from_wechat

__all__ = [
    "CAME_BACK",
    "STATE_LIVES",
    "BoundIdentity",
    "CustomerSubject",
    "Departure",
    "Follow",
    "Gate",
    "Newcomer",
    "Profile",
    "ProfileTold",
    "SignedIn",
    "bind",
    "end_session",
    "erase",
    "erased",
    "forget",
    "forget_remembered",
    "hide_erased_behind",
    "id_of",
    "identities",
    "identities_of",
    "ids_of",
    "known_ids",
    "leave_for_wechat",
    "load_session",
    "lock",
    "note_followers",
    "profile",
    "profiles",
    "purge_credentials",
    "return_from_wechat",
    "seen_by",
    "send_binding_code",
    "sign_in_by_ticket",
    "sign_in_by_wechat",
    "take_profiles",
    "ticket_of",
    "unbind",
]
