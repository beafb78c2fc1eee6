"""Configurations in a file: taken out of one environment, brought into another as drafts."""

from domain.bundles.bring_in import BroughtIn, bring_in
from domain.bundles.bundle import FORMAT, Bundle, BundleDocument
from domain.bundles.take_out import take_out

__all__ = ["FORMAT", "BroughtIn", "Bundle", "BundleDocument", "bring_in", "take_out"]
