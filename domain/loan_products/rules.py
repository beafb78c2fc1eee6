"""Which product a loan is of, and what is wrong with a document. Pure."""

from collections.abc import Iterator

import msgspec

from domain.loan_products.definition import LoanProducts, Party, Product
from kit.errors import Fault


class Situation(msgspec.Struct, frozen=True):
    """Where and as whom a customer asks: `scope` as in a product; type and mode as the core knows them."""

    channel: str | None
    scope: str
    customer_type: str | None = None
    credit_mode: str | None = None


def product_for(products: LoanProducts, situation: Situation) -> Product | None:
    """The first product that fits."""
    return next((product for product in products.products if _fits(product, situation)), None)


def _fits(product: Product, situation: Situation) -> bool:
    asked = (
        (product.channels, situation.channel),
        (product.scopes, situation.scope),
        (product.customer_types, situation.customer_type),
        (product.credit_modes, situation.credit_mode),
    )
    return all(not allowed or given in allowed for allowed, given in asked)


def faults_of(products: LoanProducts) -> list[Fault]:
    """Everything that is wrong with the document, by path."""
    return [
        *_party_faults("asset_parties", products.asset_parties),
        *_party_faults("funding_parties", products.funding_parties),
        *_product_faults(products),
    ]


def _party_faults(name: str, parties: list[Party]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, party in enumerate(parties):
        if party.code in seen:
            yield Fault(f"{name}[{place}].code", "loan_products.repeated", f"{party.code} stands there twice")
        seen.add(party.code)


def _product_faults(products: LoanProducts) -> Iterator[Fault]:
    known = {
        "asset_party": {party.code for party in products.asset_parties},
        "funding_party": {party.code for party in products.funding_parties},
    }
    for place, product in enumerate(products.products):
        for name, codes in known.items():
            if getattr(product, name) not in codes:
                detail = f"not one of {', '.join(sorted(codes))}"
                yield Fault(f"products[{place}].{name}", "loan_products.unknown_party", detail)
        if any(_covers(earlier, product) for earlier in products.products[:place]):
            yield Fault(f"products[{place}]", "loan_products.unreachable", "an earlier product fits whenever it does")


def _covers(earlier: Product, later: Product) -> bool:
    """Whether `earlier` fits every situation `later` fits."""
    return all(
        not getattr(earlier, name)
        or (getattr(later, name) and set(getattr(later, name)) <= set(getattr(earlier, name)))
        for name in ("channels", "scopes", "customer_types", "credit_modes")
    )
