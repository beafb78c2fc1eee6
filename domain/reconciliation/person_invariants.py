"""What must be true of who customers are: identities, sessions, and of those who were erased."""

from domain.reconciliation.invariant import Invariant

PEOPLE = (
    Invariant(
        "session.of_the_identity",
        "an open session that came by a WeChat identity is of the customer the identity belongs to",
        """SELECT s.id, s.customer_id, i.customer_id AS of_identity FROM customer_session s
           LEFT JOIN identity i ON i.id = s.identity_id
           WHERE s.revoked_at IS NULL AND s.identity_id IS NOT NULL AND i.customer_id IS DISTINCT FROM s.customer_id""",
    ),
    Invariant(
        "identity.bound_to_a_card",
        "a bound identity belongs to somebody with a card, a loose one to a visitor",
        """SELECT i.id, i.customer_id FROM identity i JOIN customer c ON c.id = i.customer_id
           WHERE (i.bound_at IS NOT NULL) <> (c.customer_no IS NOT NULL)""",
    ),
    Invariant(
        "customer.erased_is_gone",
        "of an erased customer nothing is left that says who they were, where they were, or what they were told",
        """SELECT c.id FROM customer c WHERE c.erased_at IS NOT NULL AND (
             c.customer_no NOT LIKE '~%'
             OR EXISTS (SELECT FROM identity i WHERE i.customer_id = c.id)
             OR EXISTS (SELECT FROM binding_code b WHERE b.customer_id = c.id)
             OR EXISTS (SELECT FROM data_export x WHERE x.customer_id = c.id AND x.sealed IS NOT NULL)
             OR EXISTS (SELECT FROM message m
                        WHERE m.customer_id = c.id AND m.created_at < c.erased_at AND m.body <> '')
             OR EXISTS (SELECT FROM event e WHERE e.customer_id = c.id
                        AND num_nonnulls(e.merchant_name, e.merchant_id, e.card_token, e.card_last4, e.auth_code,
                                         e.attributes) > 0))""",
    ),
    Invariant(
        "customer.erased_as_asked",
        "who was erased had asked for it a week before, and whose deletion is done was erased",
        """SELECT c.id FROM customer c
           LEFT JOIN (SELECT DISTINCT customer_id FROM account_deletion WHERE state = 'done') d ON d.customer_id = c.id
           WHERE (c.erased_at IS NOT NULL) <> (d.customer_id IS NOT NULL)""",
    ),
)
