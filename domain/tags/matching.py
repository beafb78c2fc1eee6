"""A test as SQL over `tag_value`: who fits it."""

from typing import Any

from domain.tags.definition import TagTest
from domain.tags.parameters import Parameters


def matching(test: TagTest) -> tuple[str, list[Any]]:
    """A query with the column `customer_id`, and its values for `$1` and on: the cardholders for whom `holds` does.

    Tests that those fit who do not have the tag (`is` false, `exists` false) look through every customer.
    """
    values = Parameters()
    value_test, fits = row_test(test, "v", values)
    if fits:
        return f"SELECT v.customer_id FROM tag_value v WHERE {value_test}", values
    return (
        "SELECT c.id AS customer_id FROM customer c WHERE c.customer_no IS NOT NULL AND c.erased_at IS NULL"
        f" AND NOT EXISTS (SELECT FROM tag_value v WHERE v.customer_id = c.id AND {value_test})",
        values,
    )


def row_test(test: TagTest, row: str, values: Parameters) -> tuple[str, bool]:
    """A condition on a row of `tag_value` called `row`, and whether those fit who have such a row, or those who have
    none.
    """
    of_tag = f"{row}.tag = {values.at(test.tag, 'text')}"
    if test.exists is not None:
        return of_tag, test.exists
    if isinstance(test.is_, bool):
        return f"{of_tag} AND {row}.flag", test.is_
    if test.is_ is not None:
        return f"{of_tag} AND {row}.text = {values.at(test.is_, 'text')}", True
    if test.in_ is not None:
        return f"{of_tag} AND {row}.text = ANY({values.at(test.in_, 'text[]')})", True
    if test.at_least is not None:
        return f"{of_tag} AND {row}.number >= {values.at(test.at_least, 'bigint')}", True
    return f"{of_tag} AND {row}.number <= {values.at(test.at_most, 'bigint')}", True
