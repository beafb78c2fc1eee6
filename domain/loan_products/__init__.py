"""Loan products: whose asset a loan is and who funds it, by channel, scope, customer type and credit mode."""

from domain.loan_products.catalogue import catalogue
from domain.loan_products.definition import CreditMode, CustomerType, LoanProducts, Party, Product
from domain.loan_products.kind import LOAN_PRODUCTS
from domain.loan_products.rules import Situation, product_for

__all__ = [
    "LOAN_PRODUCTS",
    "CreditMode",
    "CustomerType",
    "LoanProducts",
    "Party",
    "Product",
    "Situation",
    "catalogue",
    "product_for",
]
