"""Who the customers are: created when first heard of, signed in, bound to their WeChat identity."""

from domain.customers.bind import bind, send_binding_code
from domain.customers.profile import Profile, id_of, ids_of, lock, profile, profiles
from domain.customers.purge import purge_credentials
from domain.customers.seen_by import seen_by
from domain.customers.sessions import CustomerSubject, end_session, load_session
from domain.customers.sign_in import SignedIn, sign_in_by_ticket, sign_in_by_wechat
from domain.customers.take_profiles import ProfileTold, take_profiles

__all__ = [
    "CustomerSubject",
    "Profile",
    "ProfileTold",
    "SignedIn",
    "bind",
    "end_session",
    "id_of",
    "ids_of",
    "load_session",
    "lock",
    "profile",
    "profiles",
    "purge_credentials",
    "seen_by",
    "send_binding_code",
    "sign_in_by_ticket",
    "sign_in_by_wechat",
    "take_profiles",
]
